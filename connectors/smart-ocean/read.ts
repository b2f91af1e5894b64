import type { BesideRecords, RawRecord, ReadBatch, ReadContext } from '../../runtime/connector.ts';
import { type HubError, toHubError } from '../../runtime/errors.ts';
import type { AisMessage } from '../parsing/ais/decode.ts';
import { type AisSource, type MessageOrigin, readAis } from '../transports/ais-tcp/index.ts';
import { mergeReads } from '../transports/merge-reads.ts';
import { readWebhook, type WebhookEndpoint } from '../transports/webhook/index.ts';
import { distressOf } from './distress.ts';
import { DistressWatch, type OpenDistress } from './distress-watch.ts';
import { AlarmIntervals, type OpenAlarm } from './intervals.ts';
import { Vessels } from './vessels.ts';

/** What must survive a restart; neither way in has anything that could be read again. */
export interface OceanPosition {
  readonly distress: readonly OpenDistress[];
  readonly alarms: readonly OpenAlarm[];
  /** Connections lost since the first start, by receiver: what was sent meanwhile is gone. */
  readonly gaps: Readonly<Record<string, number>>;
}

export interface OceanSource extends AisSource, WebhookEndpoint {
  /** Silence after which a distress, or an alarm without a number, is over. */
  readonly endsAfterMs: number;
}

type Context = Pick<ReadContext<unknown, OceanPosition>, 'position' | 'signal' | 'clock' | 'log'>;
type PartialBatch = ReadBatch<Partial<OceanPosition>>;

/** A receiver's clock that is further off is not believed. */
const clockToleranceMs = 10 * 60_000;
const countsEveryMs = 3_600_000;
const reopenAfterMs = 5_000;

const nothing: OceanPosition = { distress: [], alarms: [], gaps: {} };

/** Both ways in as one: each brings its part of the position with what it has read, and neither waits for the other. */
export async function* readOcean(
  source: OceanSource,
  context: Context,
): AsyncGenerator<ReadBatch<OceanPosition>, void, void> {
  let position = { ...nothing, ...context.position };
  const start = position;
  const ways = mergeReads(context.signal, [
    (signal) => listenToShips(source, { ...context, signal }, start),
    (signal) => receiveAlarms(source, { ...context, signal }, start),
  ]);
  for await (const batch of ways) {
    position = { ...position, ...batch.position };
    yield { ...batch, position };
  }
}

async function* listenToShips(
  source: OceanSource,
  { clock, signal, log }: Omit<Context, 'position'>,
  start: OceanPosition,
): AsyncGenerator<PartialBatch, void, void> {
  const vessels = new Vessels(source.connector);
  const watch = new DistressWatch(source.endsAfterMs, start.distress);
  let countedAt = clock.now();

  function hear(message: AisMessage, origin: MessageOrigin, receiver: string): void {
    const now = clock.now();
    const at = Math.abs(origin.at - now) <= clockToleranceMs ? origin.at : now;
    vessels.hear(message, at, receiver);
    const distress = distressOf(message);
    if (distress !== null) watch.hear(distress, at, receiver, origin.lines());
  }

  for await (const { pieces, counts } of readAis(source, { clock, signal, log }, hear)) {
    const { records, open } = watch.take(clock.now());
    const beside: BesideRecords = { vessels: vessels.take(), stream: pieces };
    const gaps = { ...start.gaps };
    for (const [receiver, count] of counts) gaps[receiver] = (gaps[receiver] ?? 0) + count.gaps;
    yield { records, beside, position: { distress: open, gaps } };
    if (clock.now() - countedAt >= countsEveryMs) {
      countedAt = clock.now();
      for (const [receiver, count] of counts)
        log.info('received by AIS since the start', { receiver, ...count });
    }
  }
}

/** A webhook that cannot listen is opened again: the ships are not to wait for it. What fails behind a batch ends the reading, as it must. */
async function* receiveAlarms(
  source: OceanSource,
  { clock, signal, log }: Omit<Context, 'position'>,
  start: OceanPosition,
): AsyncGenerator<PartialBatch, void, void> {
  const intervals = new AlarmIntervals(source.endsAfterMs, start.alarms);
  while (!signal.aborted) {
    try {
      for await (const { records } of readWebhook(source, { clock, signal, log })) {
        const marked: readonly RawRecord[] = intervals.mark(records);
        yield { records: marked, position: { alarms: intervals.open } };
      }
    } catch (thrown) {
      const error: HubError = toHubError(thrown);
      if (!error.retriable) throw error;
      log.warn('alarms are not received, the webhook is opened again', {
        code: error.code,
        message: error.message,
      });
      await clock.sleep(reopenAfterMs, signal);
    }
  }
}
