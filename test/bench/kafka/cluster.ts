import { setTimeout } from 'node:timers/promises';
import kafkajs, { type Admin } from 'kafkajs';
import { partitionOf } from '../../../runtime/log/partition.ts';
import { inputRecord } from './reports.ts';

const perRequest = 2_000;
const feedEveryMs = 10;

/** The broker of the bench, as the bench itself uses it; the contenders have clients of their own. */
export interface Cluster {
  readonly brokers: readonly string[];
  createTopics(names: readonly string[], partitions: number): Promise<void>;
  deleteTopics(names: readonly string[]): Promise<void>;
  /** Appends records `from` to `to` of the corpus, each to the partition of its key. */
  fill(topic: string, partitions: number, from: number, to: number): Promise<void>;
  /**
   * Appends `rate` records of the corpus a second until `signal` aborts, in steps of 10 ms. Each bears the time at which it was due:
   * what the broker delays counts as well.
   */
  feed(topic: string, partitions: number, rate: number, signal: AbortSignal): Promise<void>;
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
    createTopics: (names, partitions) => createTopics(admin, names, partitions),
    async deleteTopics(names) {
      await admin.deleteTopics({ topics: [...names] });
    },
    async fill(topic, partitions, from, to) {
      for (let first = from; first < to; first += perRequest) {
        const length = Math.min(perRequest, to - first);
        const messages = Array.from({ length }, (_, i) => message(first + i, partitions, Date.now()));
        await producer.send({ topic, messages });
      }
    },
    async feed(topic, partitions, rate, signal) {
      const started = Date.now();
      for (let sent = 0; !signal.aborted; ) {
        const due = Math.floor(((Date.now() - started) * rate) / 1_000);
        const messages = [];
        for (; sent < due; sent++) messages.push(message(sent, partitions, started + (sent / rate) * 1_000));
        if (messages.length > 0) await producer.send({ topic, messages });
        await setTimeout(feedEveryMs);
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

function message(index: number, partitions: number, timestamp: number) {
  const { id, value } = inputRecord(index);
  return { key: id, value, partition: partitionOf(id, partitions), timestamp: `${Math.round(timestamp)}` };
}

/** Waits until the leader of each answers: a peer that finds none would wait longer than the other. */
async function createTopics(admin: Admin, names: readonly string[], partitions: number): Promise<void> {
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
