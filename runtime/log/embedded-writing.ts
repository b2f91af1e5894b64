import type { DatabaseSync, StatementSync } from 'node:sqlite';
import { HubError } from '../errors.ts';
import type { Topic } from './embedded-topics.ts';
import type { NewRecord } from './index.ts';
import { encodeSegments } from './segment.ts';

/**
 * How long a tombstone stays readable, for those who keep a copy of a compacted topic: longer than a hub is ever down, or the
 * cluster resolver would never hear that a pair has been taken back. Kafka: `delete.retention.ms`.
 */
const tombstoneMs = 30 * 24 * 3_600_000;

/** Everything that is written to the log's tables. All of it runs within a transaction of the caller. */
export class LogWriting {
  readonly #advance: StatementSync;
  readonly #addSegment: StatementSync;
  readonly #upsert: StatementSync;
  readonly #storeOffset: StatementSync;
  readonly #nextEpoch: StatementSync;
  readonly #epoch: StatementSync;
  readonly #firstKept: StatementSync;
  readonly #setStart: StatementSync;
  readonly #dropSegments: StatementSync;
  readonly #dropTombstones: StatementSync;
  readonly #dropOld: StatementSync;

  constructor(db: DatabaseSync) {
    this.#advance = db.prepare(
      `UPDATE topic_partition SET end_offset = end_offset + ? WHERE topic_id = ? AND partition = ?
       RETURNING end_offset AS end`,
    );
    this.#addSegment = db.prepare(
      `INSERT INTO segment (topic_id, partition, base_offset, record_count, first_timestamp, last_timestamp, keys, bytes)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
    );
    this.#upsert = db.prepare(
      `INSERT INTO compacted (topic_id, partition, key, offset, timestamp, headers, value) VALUES (?, ?, ?, ?, ?, ?, ?)
       ON CONFLICT (topic_id, partition, key) DO UPDATE SET
         offset = excluded.offset, timestamp = excluded.timestamp, headers = excluded.headers, value = excluded.value`,
    );
    this.#storeOffset = db.prepare(
      `INSERT INTO group_offset (group_id, topic_id, partition, next) VALUES (?, ?, ?, ?)
       ON CONFLICT (group_id, topic_id, partition) DO UPDATE SET next = excluded.next`,
    );
    this.#nextEpoch = db.prepare(
      `INSERT INTO producer (transactional_id, epoch) VALUES (?, 1)
       ON CONFLICT (transactional_id) DO UPDATE SET epoch = epoch + 1 RETURNING epoch`,
    );
    this.#epoch = db.prepare('SELECT epoch FROM producer WHERE transactional_id = ?');
    this.#firstKept = db.prepare(
      `SELECT base_offset AS start FROM segment WHERE topic_id = ? AND partition = ? AND last_timestamp >= ?
       ORDER BY base_offset LIMIT 1`,
    );
    this.#setStart = db.prepare(
      `UPDATE topic_partition SET start_offset = coalesce(?, end_offset) WHERE topic_id = ? AND partition = ?
       RETURNING start_offset AS start`,
    );
    this.#dropSegments = db.prepare(
      'DELETE FROM segment WHERE topic_id = ? AND partition = ? AND base_offset < ? RETURNING record_count AS count',
    );
    this.#dropTombstones = db.prepare(
      'DELETE FROM compacted WHERE topic_id = ? AND value IS NULL AND timestamp < ?',
    );
    this.#dropOld = db.prepare('DELETE FROM compacted WHERE topic_id = ? AND timestamp < ?');
  }

  append(topic: Topic, partition: number, records: readonly NewRecord[]): void {
    if (records.length === 0) return;
    const { end } = this.#advance.get(records.length, topic.id, partition) as { end: number };
    const base = end - records.length;
    if (topic.compacted) this.#put(topic, partition, base, records);
    else this.#addSegments(topic, partition, base, records);
  }

  #addSegments(topic: Topic, partition: number, base: number, records: readonly NewRecord[]): void {
    let offset = base;
    for (const { recordCount, firstTimestamp, lastTimestamp, keys, bytes } of encodeSegments(records)) {
      this.#addSegment.run(
        topic.id,
        partition,
        offset,
        recordCount,
        firstTimestamp,
        lastTimestamp,
        keys,
        bytes,
      );
      offset += recordCount;
    }
  }

  #put(topic: Topic, partition: number, base: number, records: readonly NewRecord[]): void {
    const last = new Map<string, number>();
    for (const [i, { key }] of records.entries()) {
      if (key === null)
        throw new HubError('HUB_INTERNAL', `A record without a key on the compacted topic ${topic.name}`);
      last.set(key, i);
    }
    for (const [key, i] of last) {
      const { headers, timestamp, value } = records[i]!;
      const named = headers && Object.keys(headers).length > 0 ? JSON.stringify(headers) : null;
      this.#upsert.run(topic.id, partition, key, base + i, timestamp, named, value);
    }
  }

  storeOffset(group: string, topic: Topic, partition: number, next: number): void {
    this.#storeOffset.run(group, topic.id, partition, next);
  }

  nextEpoch(transactionalId: string): number {
    return (this.#nextEpoch.get(transactionalId) as { epoch: number }).epoch;
  }

  /** Throws HUB_LOG_FENCED when a newer producer of this id has been opened. */
  assertEpoch(transactionalId: string, epoch: number): void {
    const current = (this.#epoch.get(transactionalId) as { epoch: number }).epoch;
    if (current === epoch) return;
    throw new HubError(
      'HUB_LOG_FENCED',
      `Producer ${transactionalId} of epoch ${epoch}: epoch ${current} has taken over`,
      {
        context: { transactionalId, epoch, current },
      },
    );
  }

  /** Whole segments from the start on, as long as all their records are too old. Returns how many records went. */
  trimSegments(topic: Topic, partition: number, before: number): number {
    const kept = this.#firstKept.get(topic.id, partition, before) as { start: number } | undefined;
    const { start } = this.#setStart.get(kept?.start ?? null, topic.id, partition) as { start: number };
    const dropped = this.#dropSegments.all(topic.id, partition, start) as unknown as { count: number }[];
    return dropped.reduce((sum, { count }) => sum + count, 0);
  }

  trimTable(topic: Topic, now: number): number {
    const tombstones = Number(this.#dropTombstones.run(topic.id, now - tombstoneMs).changes);
    if (topic.retentionMs === null) return tombstones;
    return tombstones + Number(this.#dropOld.run(topic.id, now - topic.retentionMs).changes);
  }
}
