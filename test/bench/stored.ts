import type { DatabaseSync } from 'node:sqlite';
import { type Figure, figure } from './figure.ts';

interface Stored {
  readonly name: string;
  /** Ever written. */
  readonly records: number;
  /** Held now: of a compacted topic the last value of each key. */
  readonly bytes: number;
}

const storedByTopic = `
  SELECT name, records, coalesce(bytes, 0) AS bytes FROM topic
  JOIN (SELECT topic_id, sum(end_offset) AS records FROM topic_partition GROUP BY topic_id) AS ends ON ends.topic_id = id
  LEFT JOIN (
    SELECT topic_id, sum(size) AS bytes FROM (
      SELECT topic_id, length(bytes) + length(keys) AS size FROM segment
      UNION ALL SELECT topic_id, length(key) + coalesce(length(value), 0) FROM compacted
    ) GROUP BY topic_id
  ) AS sizes ON sizes.topic_id = id
  ORDER BY name`;

/** What was written to each topic, and lies there, for each of `items`; all organisations as one, and all sources. */
export function stored(database: DatabaseSync, items: number): readonly Figure[] {
  const groups = new Map<string, { records: number; bytes: number }>();
  for (const { name, records, bytes } of database.prepare(storedByTopic).all() as unknown as Stored[]) {
    const group = name.replace(/^(hub\.(?:department|raw))\..*/, '$1.*');
    const sum = groups.get(group) ?? { records: 0, bytes: 0 };
    groups.set(group, { records: sum.records + records, bytes: sum.bytes + bytes });
  }
  return [...groups]
    .filter(([, { records }]) => records > 0)
    .flatMap(([group, { records, bytes }]) => [
      figure(`${group}, written per item`, records / items, 'records'),
      figure(`${group}, stored per item`, bytes / items, 'bytes'),
    ]);
}
