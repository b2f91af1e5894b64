import { holdsRecords } from '../log/holds-records.ts';
import type { Log, TopicPartition } from '../log/index.ts';
import { lanes } from '../topics.ts';

interface Mark extends TopicPartition {
  /** What was committed when the mark was set. */
  readonly next: number;
}

/**
 * Tells when every batch that item writers had polled when this was called is committed, or thrown away. A writer polls from its
 * committed offsets and commits all of a batch at once: a lane in which something waited must have moved on, however little;
 * a lane in which nothing waited was in no batch. So a backlog of hours in a slow lane is not waited for.
 *
 * @returns asks again each time it is called; true stays true
 */
export async function turnsUnderWay(log: Log, group: string): Promise<() => Promise<boolean>> {
  let open: Mark[] = [];
  const specs = (await log.topics()).filter(({ name }) => lanes.some((lane) => lane === name));
  for (const { name: topic, partitions } of specs) {
    const all = Array.from({ length: partitions }, (_, partition) => ({ topic, partition }));
    const committed = await log.committed(group, all);
    for (const [index, at] of all.entries()) {
      const { start, end } = await log.range(topic, at.partition);
      const next = Math.max(start, committed[index] ?? 0);
      if (await holdsRecords(log, at, next, end)) open.push({ ...at, next });
    }
  }
  return async () => {
    if (open.length === 0) return true;
    const committed = await log.committed(group, open);
    open = open.filter(({ next }, index) => (committed[index] ?? 0) <= next);
    return open.length === 0;
  };
}
