import type { EmbeddedLog } from '../../runtime/log/embedded.ts';
import type { LogRecord } from '../../runtime/log/index.ts';

const batchRecords = 200;
/** A signal or a commit ends the wait sooner. */
const waitMs = 1_000;

export interface MergedReading {
  /** A number: records stamped at or after that time, ms. */
  readonly from: 'beginning' | 'latest' | number;
  /** Ends at what is there when the reading begins. */
  readonly untilEnd: boolean;
  readonly signal: AbortSignal;
}

/** Where the reading of one partition stands. */
interface Cursor {
  readonly topic: string;
  readonly partition: number;
  readonly end: number;
  next: number;
  readonly waiting: LogRecord[];
}

/**
 * The records of some topics as one sequence: always the oldest of those that lie next in each partition, so the order within a
 * partition stands, and the whole is by time as far as the partitions are. Without `untilEnd` it goes on until `signal` aborts.
 */
export async function* mergedRecords(
  log: Pick<EmbeddedLog, 'topics' | 'range' | 'read' | 'changed'>,
  topics: readonly string[],
  { from, untilEnd, signal }: MergedReading,
): AsyncGenerator<LogRecord, void, void> {
  const cursors = await openCursors(log, topics, from, untilEnd);
  while (!signal.aborted) {
    for (const cursor of cursors) await fill(log, cursor);
    const first = oldest(cursors);
    if (first !== null) {
      const record = first.waiting.shift()!;
      if (typeof from !== 'number' || record.timestamp >= from) yield record;
    } else if (untilEnd) return;
    else await log.changed({ waitMs, signal });
  }
}

async function openCursors(
  log: Pick<EmbeddedLog, 'topics' | 'range'>,
  topics: readonly string[],
  from: MergedReading['from'],
  untilEnd: boolean,
): Promise<readonly Cursor[]> {
  const cursors: Cursor[] = [];
  for (const { name: topic, partitions } of await log.topics()) {
    if (!topics.includes(topic)) continue;
    for (let partition = 0; partition < partitions; partition++) {
      const { start, end } = await log.range(topic, partition);
      cursors.push({
        topic,
        partition,
        end: untilEnd ? end : Number.POSITIVE_INFINITY,
        next: from === 'latest' ? end : start,
        waiting: [],
      });
    }
  }
  return cursors;
}

async function fill(log: Pick<EmbeddedLog, 'read'>, cursor: Cursor): Promise<void> {
  const { topic, partition, next, end, waiting } = cursor;
  if (waiting.length > 0 || next >= end) return;
  const records = await log.read(topic, partition, next, batchRecords);
  waiting.push(...records.filter(({ offset }) => offset < end));
  const last = records.at(-1);
  // Nothing more below the end: what is left of it are gaps.
  if (last !== undefined) cursor.next = last.offset + 1;
  else if (Number.isFinite(end)) cursor.next = end;
}

function oldest(cursors: readonly Cursor[]): Cursor | null {
  let best: Cursor | null = null;
  for (const cursor of cursors) {
    const time = cursor.waiting[0]?.timestamp;
    if (time !== undefined && (best === null || time < best.waiting[0]!.timestamp)) best = cursor;
  }
  return best;
}
