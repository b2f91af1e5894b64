import type { Log } from './index.ts';

/** Records of `topics` that a group has not consumed yet; offsets that hold no record (gaps) count too. */
export async function lag(log: Log, group: string, topics: readonly string[]): Promise<number> {
  const specs = (await log.topics()).filter(({ name }) => topics.includes(name));
  let behind = 0;
  for (const { name: topic, partitions } of specs) {
    const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
    const committed = await log.committed(group, all);
    for (const { partition } of all) {
      const { start, end } = await log.range(topic, partition);
      behind += Math.max(0, end - Math.max(start, committed[partition] ?? 0));
    }
  }
  return behind;
}
