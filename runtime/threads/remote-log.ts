import type { Log, LogRecord, PartitionRange, TopicPartition, TopicSpec } from '../log/index.ts';
import type { Methods, Remote } from './rpc.ts';

/** What a sink reads a log with. */
export type ReadableLog = Pick<Log, 'topics' | 'range' | 'read' | 'committed'>;

interface ReadAsk extends TopicPartition {
  readonly offset: number;
  readonly max: number;
}

interface CommittedAsk {
  readonly group: string;
  readonly partitions: readonly TopicPartition[];
}

/** The end that reads, for a log whose client does not work in a thread. */
export function logMethods(log: ReadableLog): Methods {
  return {
    topics: () => log.topics(),
    range: ({ topic, partition }: TopicPartition) => log.range(topic, partition),
    read: ({ topic, partition, offset, max }: ReadAsk) => log.read(topic, partition, offset, max),
    committed: ({ group, partitions }: CommittedAsk) => log.committed(group, partitions),
  };
}

/** The end that asks. */
export function remoteLog({ call }: Pick<Remote, 'call'>): ReadableLog {
  return {
    topics: async () => (await call('topics')) as readonly TopicSpec[],
    range: async (topic, partition) => (await call('range', { topic, partition })) as PartitionRange,
    read: async (topic, partition, offset, max) =>
      (await call('read', { topic, partition, offset, max } satisfies ReadAsk)) as readonly LogRecord[],
    committed: async (group, partitions) =>
      (await call('committed', { group, partitions } satisfies CommittedAsk)) as readonly (number | null)[],
  };
}
