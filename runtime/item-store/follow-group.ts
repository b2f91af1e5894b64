import type { Consumer, Log, LogRecord, TopicPartition } from '../log/index.ts';
import { nextOffsets } from '../log/next-offsets.ts';
import type { Positions } from './positions.ts';
import type { RecordSource } from './projection.ts';

/**
 * The partitions that a consumer group gives this worker. Where to read on the store says, which has its offsets in the transaction of its
 * rows; those of the group only follow it, so that the group's lag is true. Where they differ (a store that was put back, a worker that died
 * between the two), the store is right.
 */
export function followGroup(
  log: Pick<Log, 'topics' | 'range'>,
  consumer: Consumer,
  topics: readonly string[],
): RecordSource {
  let epoch: number | null = null;
  let aligned: Positions | null = null;
  let handedOut: readonly LogRecord[] = [];

  return {
    async next(positions, options) {
      if (aligned === positions && handedOut.length > 0) await consumer.commit(nextOffsets(handedOut));
      handedOut = [];
      const { records } = await consumer.poll(options);
      if (consumer.epoch() !== epoch) {
        // What others have written of the partitions that came over is not in `positions`.
        epoch = consumer.epoch();
        aligned = null;
        await consumer.rewind();
        return null;
      }
      if (aligned !== positions) {
        await consumer.commit(await startsOf(positions));
        await consumer.rewind();
        aligned = positions;
        return [];
      }
      handedOut = records;
      return records;
    },
  };

  async function startsOf(positions: Positions): Promise<readonly (TopicPartition & { next: number })[]> {
    const starts: (TopicPartition & { next: number })[] = [];
    for (const { name: topic, partitions } of await log.topics()) {
      if (!topics.includes(topic)) continue;
      for (const partition of consumer.assigned().filter((number) => number < partitions)) {
        const { start } = await log.range(topic, partition);
        starts.push({ topic, partition, next: Math.max(start, positions.next(topic, partition)) });
      }
    }
    return starts;
  }
}
