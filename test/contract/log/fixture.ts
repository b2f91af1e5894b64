import { afterEach, beforeEach, expect } from '@jest/globals';
import type { ErrorCode } from '../../../runtime/errors.ts';
import type { Consumer, Log, LogRecord, NewRecord } from '../../../runtime/log/index.ts';

export interface OpenedLog {
  readonly log: Log;
  /** Closes the log and opens it again over the same data, as a restart does. Left out where data do not outlive the log. */
  reopen?(): Promise<Log>;
  /**
   * Lets go what is older than retention, as the log's owner does; returns how many records went. Left out where `trim` does: Kafka's brokers
   * do it by themselves, in their own time, so there the test does it for them.
   */
  retain?(now: number): Promise<number>;
  /** Earliest time that a record can bear; librdkafka takes 0 for "now". Default 0. */
  readonly earliestTimestamp?: number;
  /**
   * A change of a group takes effect at the call that causes it. False for Kafka: there the members agree on it some time afterwards,
   * and one that has left keeps its place for the session's time. Default true.
   */
  readonly changesGroupsAtOnce?: boolean;
  /** Frees what `open` took, the log included. Called once, also after `reopen`. */
  close(): Promise<void>;
}

export type OpenLog = () => Promise<OpenedLog>;

export const day = 24 * 3_600_000;
export const now = Date.UTC(2026, 10, 3, 4, 5, 6, 789);

/** Three topics of four partitions and a compacted one of two, anew for each test of the enclosing `describe`. */
export function useLog(open: OpenLog): { current(): Log; opened(): OpenedLog } {
  let opened: OpenedLog;
  beforeEach(async () => {
    opened = await open();
    await opened.log.ensureTopics([
      { name: 'hub.t.urgent', partitions: 4 },
      { name: 'hub.t.normal', partitions: 4 },
      { name: 'hub.t.out', partitions: 4, retentionMs: 10 * day },
      { name: 'hub.t.table', partitions: 2, compacted: true },
    ]);
  });
  afterEach(() => opened.close());
  return { current: () => opened.log, opened: () => opened };
}

export const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
export const text = (record: LogRecord): string | null =>
  record.value === null ? null : new TextDecoder('utf-8', { fatal: true }).decode(record.value);
export const texts = (records: readonly LogRecord[]): (string | null)[] => records.map(text);

export const entry = (value: string, key: string | null = value): NewRecord => ({
  key,
  value: bytes(value),
  timestamp: now,
});

/** Appends in one transaction of a producer of its own. */
export async function write(log: Log, topic: string, partition: number, ...values: string[]): Promise<void> {
  await writeRecords(
    log,
    topic,
    partition,
    values.map((value) => entry(value)),
  );
}

export async function writeRecords(
  log: Log,
  topic: string,
  partition: number,
  records: readonly NewRecord[],
): Promise<void> {
  const producer = await log.producer('test-writer');
  const transaction = producer.begin();
  transaction.append(topic, partition, records);
  await transaction.commit();
  await producer.close();
  // From here on a poll sees it, too: see `Transaction.commit`.
  await log.range(topic, partition);
}

export const readAll = (log: Log, topic: string, partition: number): Promise<readonly LogRecord[]> =>
  log.read(topic, partition, 0, 1_000_000);

/** Polls until `count` records have come; fails when they do not. */
export async function take(consumer: Consumer, count: number): Promise<LogRecord[]> {
  const records: LogRecord[] = [];
  while (records.length < count) {
    const polled = await consumer.poll({ max: count - records.length, waitMs: 30_000 });
    if (polled.records.length === 0) break;
    records.push(...polled.records);
  }
  expect(records).toHaveLength(count);
  return records;
}

export async function expectNothingMore(consumer: Consumer): Promise<void> {
  expect(texts((await consumer.poll({ max: 100, waitMs: 20 })).records)).toEqual([]);
}

/** Polls the members in turn until they share `partitions` numbers between them; returns what came meanwhile, by member. */
export async function settle(consumers: readonly Consumer[], partitions: number): Promise<LogRecord[][]> {
  const got: LogRecord[][] = consumers.map(() => []);
  for (let round = 0; round < 3_000; round += 1) {
    for (const [i, consumer] of consumers.entries()) {
      got[i]!.push(...(await consumer.poll({ max: 100, waitMs: round === 0 ? 0 : 10 })).records);
    }
    const held = consumers.flatMap((consumer) => consumer.assigned()).sort((a, b) => a - b);
    const isShared = consumers.every((consumer) => consumer.assigned().length > 0);
    if (isShared && held.length === partitions && held.every((number, i) => number === i)) return got;
  }
  throw new Error(
    `no settled assignment: ${JSON.stringify(consumers.map((consumer) => consumer.assigned()))}`,
  );
}

/** For `expect(promise).rejects`: an error of exactly this code. */
export const withCode = (code: ErrorCode): { asymmetricMatch(other: unknown): boolean } =>
  expect.objectContaining({ code }) as unknown as { asymmetricMatch(other: unknown): boolean };
