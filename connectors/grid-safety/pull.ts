import type { ReadBatch, ReadContext } from '../../runtime/connector.ts';
import { type ErrorCode, HubError } from '../../runtime/errors.ts';
import { checkDayList, type DayList, readDay } from './day-list.ts';
import { dayOf, type PullPlan, type PullPosition, planPull, withoutDay } from './days.ts';

export interface PullSource extends DayList, PullPlan {
  /** How often it is looked whether a pull is due. */
  readonly pollIntervalMs: number;
  /** After a pull of which a day, or all, failed. */
  readonly retryPauseMs: number;
}

type Io = Pick<ReadContext<unknown, unknown>, 'clock' | 'signal' | 'log' | 'leads'>;

/** What is wrong with the platform as a whole, and not with one of its days. */
const ofThePlatform: ReadonlySet<ErrorCode> = new Set([
  'HUB_SOURCE_UNREACHABLE',
  'HUB_SOURCE_TIMEOUT',
  'HUB_SOURCE_RATE_LIMITED',
  'HUB_SOURCE_REFUSED',
  'HUB_SOURCE_LOGIN_PAGE',
]);

/**
 * Tries address and secret. Throws HUB_SOURCE_REFUSED: with a wrong secret no push is accepted either. A platform that is down, or slow,
 * is told in the log only: it must not keep the hub from receiving.
 */
export async function checkPull(source: PullSource, io: Io): Promise<void> {
  try {
    await checkDayList(source, dayOf(io.clock.now()), io);
  } catch (thrown) {
    io.signal.throwIfAborted();
    if (!(thrown instanceof HubError) || !thrown.retriable) throw thrown;
    io.log.warn('the list of events cannot be read now', { code: thrown.code, message: thrown.message });
  }
}

/**
 * Once a day, from `timeOfDay` on, reads the lists of the last days, for what the pushes missed, and for what they brought in the wrong order.
 * Until `signal` aborts. What fails is told in the log and tried again after `retryPauseMs`, and nothing else waits for it: a day that cannot be read
 * does not keep the others from being read, and the position says which are missing. While another worker leads, it pulls nothing. Throws nothing but bugs.
 */
export async function* readPull(
  source: PullSource,
  { position: from, ...io }: Io & { readonly position: PullPosition | null },
): AsyncGenerator<ReadBatch<PullPosition>, void, void> {
  const { clock, signal, log, leads = () => true } = io;
  let position = from;
  while (!signal.aborted) {
    if (!leads()) {
      await clock.sleep(source.pollIntervalMs, signal);
      continue;
    }
    let planned = planPull(position, clock.now(), source);
    const failed: { readonly day: string; readonly error: HubError }[] = [];
    for (const day of planned.todo) {
      try {
        for await (const { events, completes } of readDay(source, day, io)) {
          if (completes) planned = withoutDay(planned, day);
          yield {
            records: events.map((bytes) => ({ bytes, format: 'JSON', correlationId: `list-${day}` })),
            position: planned,
          };
          position = planned;
        }
      } catch (thrown) {
        if (signal.aborted) return;
        if (!(thrown instanceof HubError)) throw thrown;
        failed.push({ day, error: thrown });
        if (ofThePlatform.has(thrown.code)) break;
      }
    }
    const last = failed.at(-1)?.error;
    if (last !== undefined) {
      const days = failed.map(({ day }) => day).slice(0, mostDaysTold);
      const facts = { days, code: last.code, message: last.message, pauseMs: pauseAfter(last, source) };
      log.warn('daily pull failed', { ...facts, ...last.context });
    }
    await clock.sleep(last === undefined ? source.pollIntervalMs : pauseAfter(last, source), signal);
  }
}

const mostDaysTold = 10;
/** A platform may ask for more patience than that, but not for ever. */
const longestToldMs = 3_600_000;

function pauseAfter({ context }: HubError, { retryPauseMs }: PullSource): number {
  const told = context.retryAfterMs;
  return typeof told === 'number' ? Math.min(Math.max(told, retryPauseMs), longestToldMs) : retryPauseMs;
}
