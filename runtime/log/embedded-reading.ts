import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Topic } from './embedded-topics.ts';
import type { KeyHashes, LogRecord, PartitionRange } from './index.ts';
import { murmur2 } from './partition.ts';
import { decodeKeys, decodeSegment } from './segment.ts';

/** A read ends here, whatever it was asked for, so that no partition of large records fills the memory. */
const maxReadBytes = 8 * 1024 * 1024;

interface SegmentRow {
  readonly baseOffset: number;
  readonly recordCount: number;
}

interface CompactedRow {
  readonly offset: number;
  readonly key: string;
  readonly timestamp: number;
  /** JSON, or null for none. */
  readonly headers: string | null;
  readonly value: Uint8Array | null;
}

/** The segments that hold offset ?3 and what follows: `columns` beside their place. */
const segmentsFrom = (columns: string) =>
  `SELECT base_offset AS baseOffset, record_count AS recordCount, ${columns} FROM segment
   WHERE topic_id = ?1 AND partition = ?2 AND base_offset >= coalesce(
     (SELECT max(base_offset) FROM segment WHERE topic_id = ?1 AND partition = ?2 AND base_offset <= ?3), 0)
   ORDER BY base_offset`;

/** Everything that is read from the log's tables. Partition numbers have been checked by the caller. */
export class LogReading {
  readonly #range: StatementSync;
  readonly #firstOfTable: StatementSync;
  readonly #segments: StatementSync;
  readonly #keys: StatementSync;
  readonly #table: StatementSync;
  readonly #tableKeys: StatementSync;
  readonly #latest: StatementSync;
  readonly #committed: StatementSync;

  constructor(db: DatabaseSync) {
    this.#range = db.prepare(
      'SELECT start_offset AS start, end_offset AS end FROM topic_partition WHERE topic_id = ? AND partition = ?',
    );
    this.#firstOfTable = db.prepare(
      'SELECT min(offset) AS first FROM compacted WHERE topic_id = ? AND partition = ?',
    );
    this.#segments = db.prepare(segmentsFrom('bytes'));
    this.#keys = db.prepare(segmentsFrom('keys'));
    this.#table = db.prepare(
      `SELECT offset, key, timestamp, headers, value FROM compacted
       WHERE topic_id = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?`,
    );
    this.#tableKeys = db.prepare(
      'SELECT offset, key FROM compacted WHERE topic_id = ? AND partition = ? AND offset >= ? ORDER BY offset LIMIT ?',
    );
    this.#latest = db.prepare(
      `SELECT offset, key, timestamp, headers, value FROM compacted
       WHERE topic_id = ? AND partition = ? AND key = ? AND value IS NOT NULL`,
    );
    this.#committed = db.prepare(
      'SELECT next FROM group_offset WHERE group_id = ? AND topic_id = ? AND partition = ?',
    );
  }

  range(topic: Topic, partition: number): PartitionRange {
    const { start, end } = this.#range.get(topic.id, partition) as unknown as PartitionRange;
    if (!topic.compacted) return { start, end };
    const { first } = this.#firstOfTable.get(topic.id, partition) as { first: number | null };
    return { start: first ?? end, end };
  }

  read(topic: Topic, partition: number, offset: number, max: number): LogRecord[] {
    const records: LogRecord[] = [];
    if (max <= 0) return records;
    let bytes = 0;
    for (const record of this.#from(topic, partition, offset, max)) {
      bytes += record.value?.length ?? 0;
      if (bytes > maxReadBytes && records.length > 0) break;
      records.push(record);
      if (records.length === max) break;
    }
    return records;
  }

  *#from(topic: Topic, partition: number, offset: number, max: number): Generator<LogRecord> {
    if (topic.compacted) {
      for (const row of this.#table.iterate(topic.id, partition, offset, max)) {
        yield fromRow(topic, partition, row as unknown as CompactedRow);
      }
      return;
    }
    for (const row of this.#segments.iterate(topic.id, partition, offset)) {
      const segment = row as unknown as SegmentRow & { bytes: Uint8Array };
      yield* decodeSegment({ topic: topic.name, partition, ...segment }, offset);
    }
  }

  readKeys(topic: Topic, partition: number, offset: number, max: number): KeyHashes {
    const offsets: number[] = [];
    const hashes: number[] = [];
    if (max <= 0) return { offsets, hashes };
    if (topic.compacted) {
      for (const row of this.#tableKeys.iterate(topic.id, partition, offset, max)) {
        offsets.push(row.offset as number);
        hashes.push(murmur2(row.key as string));
      }
      return { offsets, hashes };
    }
    for (const row of this.#keys.iterate(topic.id, partition, offset)) {
      const { baseOffset, recordCount, keys } = row as unknown as SegmentRow & { keys: Uint8Array };
      const from = Math.max(0, offset - baseOffset);
      const to = Math.min(recordCount, from + max - offsets.length);
      hashes.push(...decodeKeys(keys, from, to));
      for (let i = from; i < to; i += 1) offsets.push(baseOffset + i);
      if (offsets.length >= max) break;
    }
    return { offsets, hashes };
  }

  latest(topic: Topic, partition: number, keys: readonly string[]): Map<string, LogRecord> {
    const found = new Map<string, LogRecord>();
    for (const key of keys) {
      const row = this.#latest.get(topic.id, partition, key) as unknown as CompactedRow | undefined;
      if (row) found.set(key, fromRow(topic, partition, row));
    }
    return found;
  }

  committed(group: string, topic: Topic, partition: number): number | null {
    const row = this.#committed.get(group, topic.id, partition) as { next: number } | undefined;
    return row?.next ?? null;
  }
}

function fromRow(topic: Topic, partition: number, row: CompactedRow): LogRecord {
  const headers = row.headers === null ? {} : (JSON.parse(row.headers) as Record<string, string>);
  return { topic: topic.name, partition, ...row, headers };
}
