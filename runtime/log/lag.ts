import { holdsRecords } from './holds-records.ts';
import type { Log } from './index.ts';

/** Records of `topics` that a group has not consumed yet; offsets between them that hold no record (gaps) count too. */
export async function lag(log: Log, group: string, topics: readonly string[]): Promise<number> {
  const specs = (await log.topics()).filter(({ name }) => topics.includes(name));
  let behind = 0;
  for (const { name: topic, partitions } of specs) {
    const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
    const committed = await log.committed(group, all);
    for (const { partition } of all) {
      const { start, end } = await log.range(topic, partition);
      const next = Math.max(start, committed[partition] ?? 0);
      if (await holdsRecords(log, { topic, partition }, next, end)) behind += end - next;
    }
  }
  return behind;
}
