import { z } from 'zod';
import type { Origin, RawFormat } from '../../schemas/types.ts';
import type { AttachmentStore } from '../attachment-store/index.ts';
import type { Clock } from '../clock.ts';
import type { Normalized, RawRecord } from '../connector.ts';
import type { Commands } from '../core/commands.ts';
import type { Intake } from '../core/intake.ts';
import { HubError } from '../errors.ts';
import type { Log, LogRecord } from '../log/index.ts';
import { topics } from '../topics.ts';
import { isConsumed, type LaneEnds, laneEnds, waitUntil } from './consumed.ts';
import { recordsFrom } from './dead-letters.ts';

/** The letters are safe whatever happens; the wait is for the answer. */
const consumedWithinMs = 30_000;

export const redriveAsk = z.object({
  actor: z.string().min(1),
  reason: z.string(),
  letters: z.array(
    z.object({
      id: z.string(),
      partition: z.int().min(0),
      offset: z.int().min(0),
      /**
       * For stage `normalize`: what the connector's normalize makes of the bytes now, worked out by the asking process, since
       * no code of a connector runs in the writer's thread. Null for the other stages.
       */
      outcome: z.custom<Normalized>((value) => typeof value === 'object').nullable(),
    }),
  ),
});
export type RedriveAsk = z.infer<typeof redriveAsk>;

export interface RedriveResult {
  readonly id: string;
  /** redriven: it went through; dead: it died again and stays open; waiting: it is in its lane, and stays open until seen through. */
  readonly outcome: 'redriven' | 'dead' | 'waiting';
  /** Why it died again. */
  readonly code: string | null;
  readonly reason: string | null;
}

export interface RedriveDeps {
  readonly log: Log;
  readonly commands: Commands;
  readonly clock: Clock;
  readonly attachments: AttachmentStore;
  openIntake(name: string): Promise<Intake>;
}

/** One letter on its way. */
interface Going {
  readonly id: string;
  readonly partition: number;
  /** End of the dead letters of its partition before it went: a death after that is a new one. */
  readonly deadEnd: number;
  /** An input was made of it: whatever becomes of that, this letter is done with. */
  readonly isThrough: boolean;
}

/**
 * Sends dead letters through the whole pipeline again: raw bytes by the intake, inputs back into their lane. A letter is marked
 * only after it was seen through, so that a crash in between leaves it open: sending it again does no harm.
 *
 * Throws HUB_DEADLETTER_UNKNOWN, HUB_ATTACHMENT_MISSING (nothing of this letter was sent, the ones before it were).
 */
export async function redrive(deps: RedriveDeps, ask: RedriveAsk): Promise<readonly RedriveResult[]> {
  const { log, commands, clock } = deps;
  const intakes = new Map<string, Promise<Intake>>();
  const going: Going[] = [];
  for (const { id, partition, offset, outcome } of ask.letters) {
    const [letter] = await log.read(topics.deadLetters, partition, offset, 1);
    if (letter?.offset !== offset || letter.key !== id || letter.value === null) {
      throw new HubError('HUB_DEADLETTER_UNKNOWN', `no dead letter ${id} at ${partition}/${offset}`);
    }
    const { end: deadEnd } = await log.range(topics.deadLetters, partition);
    const { stage, topic = topics.input, baseId = '' } = letter.headers;
    const isThrough = stage === 'normalize' && (await intoIntake(deps, intakes, letter, outcome));
    if (stage !== 'normalize') await commands.again(topic, baseId, letter.value);
    going.push({ id, partition, deadEnd, isThrough });
  }
  const consumed = await consumption(log, clock, new Set(going.map(({ partition }) => partition)));
  const results: RedriveResult[] = [];
  for (const { id, partition, deadEnd, isThrough } of going) {
    const death = await deathSince(log, id, partition, deadEnd);
    if (death !== null) results.push(death);
    else if (!consumed && !isThrough) results.push({ id, outcome: 'waiting', code: null, reason: null });
    else {
      await commands.resolve(id, partition, 'redriven', ask.actor, ask.reason);
      results.push({ id, outcome: 'redriven', code: null, reason: null });
    }
  }
  return results;
}

/** True when an input was made of it, false when it died again. */
async function intoIntake(
  deps: RedriveDeps,
  intakes: Map<string, Promise<Intake>>,
  letter: LogRecord,
  outcome: Normalized | null,
): Promise<boolean> {
  const { source = '', origin = 'LIVE' } = letter.headers;
  if (outcome === null) {
    throw new HubError(
      'HUB_CONTROL_REFUSED',
      `letter ${letter.key} comes without what normalize makes of it`,
    );
  }
  // An intake of its own: that of the running connector keeps its position and its identity.
  const name = `redrive-${source}`;
  const opening = intakes.get(name) ?? deps.openIntake(name);
  intakes.set(name, opening);
  const raw = await rawOf(letter, deps.attachments);
  const { dead } = await (await opening).accept({
    source,
    origin: origin as Origin,
    ingestedAt: deps.clock.now(),
    records: [{ raw, outcome }],
    position: undefined,
  });
  return dead === 0;
}

/** The raw record that a letter of stage `normalize` holds or claims. Throws HUB_ATTACHMENT_MISSING. */
export async function rawOf(
  { value, headers }: Pick<LogRecord, 'value' | 'headers'>,
  attachments: Pick<AttachmentStore, 'get'>,
): Promise<RawRecord> {
  const { claim, format = 'OTHER', correlationId = 'redrive' } = headers;
  const bytes = claim === undefined ? (value ?? new Uint8Array()) : await attachments.get(claim);
  return { bytes, format: format as RawFormat, correlationId };
}

/** Waits until the item writer has consumed what these partitions hold now. */
async function consumption(log: Log, clock: Clock, partitions: ReadonlySet<number>): Promise<boolean> {
  const ends = new Map<number, LaneEnds>();
  for (const partition of partitions) ends.set(partition, await laneEnds(log, partition));
  return waitUntil(clock, consumedWithinMs, async () => {
    for (const [partition, until] of ends) {
      if (!(await isConsumed(log, partition, until))) return false;
    }
    return true;
  });
}

async function deathSince(
  log: Log,
  id: string,
  partition: number,
  from: number,
): Promise<RedriveResult | null> {
  for await (const { key, headers } of recordsFrom(log, partition, from)) {
    if (key !== id || headers.resolution !== undefined) continue;
    return { id, outcome: 'dead', code: headers.code ?? null, reason: headers.reason ?? null };
  }
  return null;
}
