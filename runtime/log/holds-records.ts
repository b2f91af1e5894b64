import type { Log, TopicPartition } from './index.ts';

/**
 * Does a record lie in [next, end)? The offsets alone do not say: transactions leave markers behind their records, and compaction holes. A group that has
 * consumed all there is may so stand below the end for ever.
 */
export async function holdsRecords(
  log: Pick<Log, 'read'>,
  { topic, partition }: TopicPartition,
  next: number,
  end: number,
): Promise<boolean> {
  if (next >= end) return false;
  const [first] = await log.read(topic, partition, next, 1);
  return first !== undefined && first.offset < end;
}
