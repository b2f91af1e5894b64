import type {
  Consumer,
  Log,
  NewRecord,
  Producer,
  TopicPartition,
  Transaction,
} from '../../runtime/log/index.ts';

/**
 * How the commit is split. `records`: all records, then the offsets: a crash in between repeats. `offsets`: the other way round, it
 * loses. `topics`: each topic by itself, in the order in which it was written to, then the offsets: it repeats some and not others.
 */
export type Split = 'records' | 'offsets' | 'topics';

/**
 * A log that breaks the promise on purpose: records and consumed offsets are committed one after the other. The simulation
 * must fail with it; were it not to, it could not see what it is for.
 */
export function splitCommit(log: Log, split: Split): Log {
  const wrap = (producer: Producer): Producer => ({
    begin: () => splitTransaction(producer, split),
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

function splitTransaction(producer: Producer, split: Split): Transaction {
  const bound: [Consumer, readonly (TopicPartition & { readonly next: number })[]][] = [];
  const written: { topic: string; partition: number; records: readonly NewRecord[] }[] = [];
  const commitOffsets = async () => {
    for (const [consumer, offsets] of bound) await consumer.commit(offsets);
  };
  const commitRecords = async (parts: readonly (typeof written)[]) => {
    for (const part of parts) {
      const inner = producer.begin();
      for (const { topic, partition, records } of part) inner.append(topic, partition, records);
      try {
        await inner.commit();
      } catch (error) {
        await inner.abort();
        throw error;
      }
    }
  };
  return {
    append(topic, partition, records) {
      written.push({ topic, partition, records });
    },
    sendOffsets(consumer, offsets) {
      bound.push([consumer, offsets]);
    },
    async commit() {
      if (split === 'offsets') await commitOffsets();
      const parts = split === 'topics' ? [...Map.groupBy(written, ({ topic }) => topic).values()] : [written];
      await commitRecords(parts);
      if (split !== 'offsets') await commitOffsets();
    },
    async abort() {},
  };
}
