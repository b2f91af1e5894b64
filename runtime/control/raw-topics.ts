import type { Log, PartitionRange } from '../log/index.ts';
import { topics } from '../topics.ts';

/** What lies of a source's raw records, by partition. */
export interface RawTopic {
  readonly source: string;
  readonly topic: string;
  readonly ranges: readonly PartitionRange[];
}

/** Of every source that this folder has a topic for. */
export async function rawTopics(log: Log): Promise<readonly RawTopic[]> {
  const prefix = topics.raw('');
  const found = (await log.topics()).filter(({ name }) => name.startsWith(prefix));
  return Promise.all(
    found.map(async ({ name: topic, partitions }) => ({
      source: topic.slice(prefix.length),
      topic,
      ranges: await Promise.all(
        Array.from({ length: partitions }, (_, partition) => log.range(topic, partition)),
      ),
    })),
  );
}

/** Records ever received, those that are no longer kept among them. */
export const receivedIn = (ranges: RawTopic['ranges']): number =>
  ranges.reduce((sum, { end }) => sum + end, 0);
