import { setTimeout } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { partitionOf } from '../../../runtime/log/partition.ts';
import { inputRecord } from './reports.ts';

/** Of the input and of every output, as frozen in a small installation. */
export const partitions = 4;
const perRequest = 2_000;

/** The broker of the bench, as the bench itself uses it; the contenders have clients of their own. */
export interface Cluster {
  readonly brokers: readonly string[];
  createTopics(names: readonly string[]): Promise<void>;
  deleteTopics(names: readonly string[]): Promise<void>;
  /** Appends records `from` to `to` of the corpus, each to the partition of its key. */
  fill(topic: string, from: number, to: number): Promise<void>;
  /** How many records of the topic a group has not committed yet. */
  lag(group: string, topic: string): Promise<number>;
  close(): Promise<void>;
}

export async function openCluster(brokers: readonly string[]): Promise<Cluster> {
  const kafka = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING });
  const admin = kafka.admin();
  const producer = kafka.producer({ createPartitioner: kafkajs.Partitioners.DefaultPartitioner });
  await admin.connect();
  await producer.connect();
  return {
    brokers,
    createTopics: (names) => createTopics(admin, names),
    async deleteTopics(names) {
      await admin.deleteTopics({ topics: [...names] });
    },
    async fill(topic, from, to) {
      for (let first = from; first < to; first += perRequest) {
        const length = Math.min(perRequest, to - first);
        const messages = Array.from({ length }, (_, i) => {
          const { id, value } = inputRecord(first + i);
          return { key: id, value, partition: partitionOf(id, partitions) };
        });
        await producer.send({ topic, messages });
      }
    },
    async lag(group, topic) {
      const ends = await admin.fetchTopicOffsets(topic);
      const [committed] = await answer(() => admin.fetchOffsets({ groupId: group, topics: [topic] }));
      const next = new Map(committed?.partitions.map(({ partition, offset }) => [partition, Number(offset)]));
      return ends.reduce(
        (sum, { partition, high }) => sum + Number(high) - Math.max(0, next.get(partition) ?? 0),
        0,
      );
    },
    async close() {
      await producer.disconnect();
      await admin.disconnect();
    },
  };
}

/** Waits until the leader of each answers: a peer that finds none would wait longer than the other. */
async function createTopics(admin: Admin, names: readonly string[]): Promise<void> {
  const topics = names.map((topic) => ({ topic, numPartitions: partitions, replicationFactor: 1 }));
  await admin.createTopics({ waitForLeaders: false, topics });
  for (const name of names) await answer(() => admin.fetchTopicOffsets(name));
}

/** Asks again while what is asked for is still being made: topics, and the broker's own of offsets. */
async function answer<T>(ask: () => Promise<T>): Promise<T> {
  for (;;) {
    try {
      return await ask();
    } catch (thrown) {
      if (!(thrown instanceof kafkajs.KafkaJSProtocolError && thrown.retriable)) throw thrown;
      await setTimeout(50);
    }
  }
}
