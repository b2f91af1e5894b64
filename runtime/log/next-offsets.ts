import type { LogRecord, TopicPartition } from './index.ts';

/** What a group commits after it has taken in `records`: for each partition, the offset behind its last one. */
export function nextOffsets(records: readonly LogRecord[]): (TopicPartition & { next: number })[] {
  const next = new Map<string, TopicPartition & { next: number }>();
  for (const { topic, partition, offset } of records)
    next.set(`${topic}/${partition}`, { topic, partition, next: offset + 1 });
  return [...next.values()];
}
