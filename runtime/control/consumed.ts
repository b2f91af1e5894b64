import type { Clock } from '../clock.ts';
import { writerGroup } from '../core/lane-positions.ts';
import { holdsRecords } from '../log/holds-records.ts';
import type { Log } from '../log/index.ts';
import { lanes } from '../topics.ts';

/** The writer polls without pause; a shorter look would only keep this thread busy. */
const lookMs = 20;

/** Where the lanes of one partition end now: what has been appended before lies below. */
export type LaneEnds = ReadonlyMap<string, number>;

export async function laneEnds(log: Log, partition: number): Promise<LaneEnds> {
  const ends = new Map<string, number>();
  for (const lane of lanes) ends.set(lane, (await log.range(lane, partition)).end);
  return ends;
}

/** Has the item writer consumed the lanes of this partition up to these ends? */
export async function isConsumed(log: Log, partition: number, ends: LaneEnds): Promise<boolean> {
  const asked = [...ends];
  const offsets = await log.committed(
    writerGroup,
    asked.map(([topic]) => ({ topic, partition })),
  );
  for (const [index, [lane, end]] of asked.entries()) {
    const next = offsets[index] ?? (await log.range(lane, partition)).start;
    if (await holdsRecords(log, { topic: lane, partition }, next, end)) return false;
  }
  return true;
}

/** Looks again and again until `isDone`, at most for so long. False when the time was not enough. */
export async function waitUntil(
  clock: Clock,
  withinMs: number,
  isDone: () => Promise<boolean>,
): Promise<boolean> {
  for (let waitedMs = 0; ; waitedMs += lookMs) {
    if (await isDone()) return true;
    if (waitedMs >= withinMs) return false;
    await clock.sleep(lookMs);
  }
}

/** What waits for a reader. */
export interface Waiting {
  /** Records; offsets between them that hold none (gaps) count too. */
  readonly waiting: number;
  /** Since when the first of them does, ms since epoch; null when none does. */
  readonly oldestAt: number | null;
}

/** What of these topics a consumer group has not taken in yet. */
export async function waitingFor(group: string, log: Log, topics: readonly string[]): Promise<Waiting> {
  const specs = (await log.topics()).filter(({ name }) => topics.includes(name));
  const all = specs.flatMap(({ name: topic, partitions }) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
  );
  const committed = await log.committed(group, all);
  let waiting = 0;
  let oldestAt: number | null = null;
  for (const [index, { topic, partition }] of all.entries()) {
    const { start, end } = await log.range(topic, partition);
    const next = Math.max(start, committed[index] ?? 0);
    if (next >= end) continue;
    const [first] = await log.read(topic, partition, next, 1);
    if (first === undefined) continue;
    waiting += end - next;
    oldestAt = Math.min(oldestAt ?? first.timestamp, first.timestamp);
  }
  return { waiting, oldestAt };
}
