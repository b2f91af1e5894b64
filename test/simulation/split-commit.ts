import type {
  Consumer,
  Log,
  NewRecord,
  Producer,
  TopicPartition,
  Transaction,
} from '../../runtime/log/index.ts';

/** Which half of a split commit goes first: after `records` a crash repeats, after `offsets` it loses. */
export type FirstHalf = 'records' | 'offsets';

/**
 * A log that breaks the promise on purpose: records and consumed offsets are committed one after the other. The simulation
 * must fail with it; were it not to, it could not see what it is for.
 */
export function splitCommit(log: Log, first: FirstHalf): Log {
  const wrap = (producer: Producer): Producer => ({
    begin: () => splitTransaction(producer.begin(), first),
    close: () => producer.close(),
  });
  return {
    ensureTopics: (specs) => log.ensureTopics(specs),
    topics: () => log.topics(),
    range: (topic, partition) => log.range(topic, partition),
    read: (topic, partition, offset, max) => log.read(topic, partition, offset, max),
    readKeys: (topic, partition, offset, max) => log.readKeys(topic, partition, offset, max),
    latest: (topic, partition, keys) => log.latest(topic, partition, keys),
    committed: (group, partitions) => log.committed(group, partitions),
    producer: async (transactionalId) => wrap(await log.producer(transactionalId)),
    consumer: (options) => log.consumer(options),
    trim: (now) => log.trim(now),
    close: () => log.close(),
  };
}

function splitTransaction(inner: Transaction, first: FirstHalf): Transaction {
  const bound: [Consumer, readonly (TopicPartition & { readonly next: number })[]][] = [];
  const commitOffsets = async () => {
    for (const [consumer, offsets] of bound) await consumer.commit(offsets);
  };
  const commitOffsetsFirst = async () => {
    try {
      await commitOffsets();
    } catch (error) {
      await inner.abort();
      throw error;
    }
  };
  return {
    append: (topic: string, partition: number, records: readonly NewRecord[]) =>
      inner.append(topic, partition, records),
    sendOffsets(consumer, offsets) {
      bound.push([consumer, offsets]);
    },
    async commit() {
      if (first === 'offsets') await commitOffsetsFirst();
      await inner.commit();
      if (first === 'records') await commitOffsets();
    },
    abort: () => inner.abort(),
  };
}
