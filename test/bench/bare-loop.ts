import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../../runtime/embedded/database.ts';
import { topics } from '../../runtime/topics.ts';

interface Segment {
  readonly topicId: number;
  readonly topic: string;
  readonly partition: number;
  readonly base: number;
  readonly count: number;
  readonly first: number;
  readonly last: number;
  readonly keys: Uint8Array;
  readonly bytes: Uint8Array;
}

/** A row of a table topic: topic, partition, key, offset, timestamp, headers, value. */
type TableRow = readonly [number, number, string, number, number, null, Uint8Array];

interface Written {
  readonly segments: readonly Segment[];
  readonly rows: readonly TableRow[];
}

/**
 * Writes the log of a finished run once more: the same bytes in the same rows and transactions, through node:sqlite and nothing
 * else, into a file of its own beside it. The item store, which follows the log, is not part of it. Reading the rows is not timed.
 *
 * @param skipItems at the beginning: written, not measured.
 */
export function bareLoop(
  folder: string,
  skipItems: number,
): { wallMs: number; cpuMs: number; bytes: number } {
  const from = openDatabase(folder, 'read');
  const target = mkdtempSync(join(tmpdir(), 'hub-bench-bare-'));
  const to = openDatabase(target, 'write');
  try {
    const write = writerOver(to);
    let items = 0;
    const sum = { wallMs: 0, cpuMs: 0, bytes: 0 };
    for (const written of transactionsOf(from)) {
      const measured = items >= skipItems;
      items += countOf(written, topics.items);
      const started = performance.now();
      const cpu = process.threadCpuUsage();
      write(written);
      if (!measured) continue;
      const used = process.threadCpuUsage(cpu);
      sum.wallMs += performance.now() - started;
      sum.cpuMs += (used.user + used.system) / 1_000;
      for (const { keys, bytes } of written.segments) sum.bytes += keys.length + bytes.length;
      for (const row of written.rows) sum.bytes += row[2].length + row[6].length;
    }
    return sum;
  } finally {
    from.close();
    to.close();
    rmSync(target, { recursive: true, force: true });
  }
}

const countOf = ({ segments }: Written, topic: string): number =>
  segments.reduce((sum, segment) => sum + (segment.topic === topic ? segment.count : 0), 0);

function writerOver(db: DatabaseSync): (written: Written) => void {
  const end = db.prepare(
    `INSERT INTO topic_partition VALUES (?, ?, 0, ?)
     ON CONFLICT (topic_id, partition) DO UPDATE SET end_offset = end_offset + excluded.end_offset`,
  );
  const segment = db.prepare(
    `INSERT INTO segment (topic_id, partition, base_offset, record_count, first_timestamp, last_timestamp, keys, bytes)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const row = db.prepare(
    `INSERT INTO compacted (topic_id, partition, key, offset, timestamp, headers, value) VALUES (?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (topic_id, partition, key) DO UPDATE SET offset = excluded.offset, value = excluded.value`,
  );
  const consumed = db.prepare(
    'INSERT INTO group_offset VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET next = excluded.next',
  );
  return ({ segments, rows }) => {
    db.exec('BEGIN IMMEDIATE');
    for (const { topicId, partition, base, count, first, last, keys, bytes } of segments) {
      end.run(topicId, partition, count);
      segment.run(topicId, partition, base, count, first, last, keys, bytes);
    }
    for (const values of rows) row.run(...values);
    // What a consumer or a source has reached: a row a partition.
    for (const partition of new Set(segments.map((one) => one.partition)))
      consumed.run('bare', segments[0]!.topicId, partition, segments[0]!.base);
    db.exec('COMMIT');
  };
}

/**
 * The transactions of a log in which every item has one revision. An intake begins with raw records, a writer with items; the
 * states of the items come with them.
 */
function* transactionsOf(db: DatabaseSync): Generator<Written> {
  const stateId = (db.prepare('SELECT id FROM topic WHERE name = ?').get(topics.state) as { id: number }).id;
  const states = db.prepare(
    `SELECT key, offset, timestamp, value FROM compacted WHERE topic_id = ? AND partition = ? AND offset >= ?
     ORDER BY offset LIMIT ?`,
  );
  const statesRead = new Map<number, number>();
  const statesOf = (segments: readonly Segment[]): TableRow[] =>
    segments
      .filter(({ topic }) => topic === topics.items)
      .flatMap(({ partition, count }) => {
        const from = statesRead.get(partition) ?? 0;
        statesRead.set(partition, from + count);
        const rows = states.all(stateId, partition, from, count);
        return rows.map(
          ({ key, offset, timestamp, value }) =>
            [stateId, partition, key, offset, timestamp, null, value] as unknown as TableRow,
        );
      });
  let segments: Segment[] = [];
  const rows = db
    .prepare(
      `SELECT topic_id AS topicId, name AS topic, partition, base_offset AS base, record_count AS count,
         first_timestamp AS first, last_timestamp AS last, keys, bytes
       FROM segment JOIN topic ON topic.id = topic_id ORDER BY segment.rowid`,
    )
    .iterate();
  for (const row of rows) {
    const next = row as unknown as Segment;
    const begins = next.topic === topics.items || next.topic.startsWith(topics.raw(''));
    if (begins && segments.length > 0 && segments.at(-1)!.topic !== next.topic) {
      yield { segments, rows: statesOf(segments) };
      segments = [];
    }
    segments.push(next);
  }
  if (segments.length > 0) yield { segments, rows: statesOf(segments) };
}
