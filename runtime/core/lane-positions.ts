import type { Consumer, Log } from '../log/index.ts';
import { lanes } from '../topics.ts';

/** Consumer group of all item writers. */
export const writerGroup = 'writer';

/**
 * How far item writers have come in a partition of their input, as one number: the sum of its lanes' offsets, which rises with every turn
 * that is committed.
 */
export function positionOf(consumer: Consumer, partition: number): number {
  return lanes.reduce((sum, lane) => sum + consumer.position(lane, partition), 0);
}

/** The same as committed, by partition; 0 where nothing is. */
export async function committedPositions(log: Log, partitions: number): Promise<number[]> {
  const all = lanes.flatMap((topic) =>
    Array.from({ length: partitions }, (_, partition) => ({ topic, partition })),
  );
  const committed = await log.committed(writerGroup, all);
  const positions = Array.from({ length: partitions }, () => 0);
  for (const [at, { partition }] of all.entries()) positions[partition]! += committed[at] ?? 0;
  return positions;
}
