import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import { KafkaClients } from '../kafka/clients.ts';
import { kafkaFault } from '../kafka/faults.ts';
import { kafkaNames } from '../kafka/names.ts';
import type { KafkaOptions } from '../kafka/options.ts';
import type { Logger } from '../telemetry.ts';
import type { Gathered } from './gathered-transaction.ts';
import type {
  ConsumerOptions,
  KeyHashes,
  Log,
  LogRecord,
  PartitionRange,
  Producer,
  TopicPartition,
  TopicSpec,
} from './index.ts';
import { KafkaConsumer } from './kafka-consumer.ts';
import { KafkaOffsets } from './kafka-offsets.ts';
import { KafkaProducer, type ProducerLog } from './kafka-producer.ts';
import { KafkaReading } from './kafka-reading.ts';
import { KafkaTables } from './kafka-tables.ts';
import { KafkaTopics } from './kafka-topics.ts';

export interface KafkaLogOptions {
  readonly kafka: KafkaOptions;
  readonly instance: string;
  /** Names this process in the brokers' logs. */
  readonly clientId: string;
  /** Of this process alone: keeps what `latest` needs over a restart. Null: in memory. */
  readonly folder: string | null;
  readonly clock: Clock;
  readonly log: Logger;
  /** After so long without a sign of life a member of a group loses its partitions; 6 to 10 s. Default 8,000. */
  readonly sessionTimeoutMs?: number;
}

/**
 * The log as topics of a Kafka cluster. Exactly-once writing and reading in groups go through librdkafka, administration through kafkajs.
 *
 * What it does otherwise than the embedded one (test/contract/log/features.ts): retention is the brokers' own (`trim` removes nothing), a member that
 * leaves keeps its partitions for the session's time, and a time of 0 is not kept.
 */
export class KafkaLog implements Log {
  readonly #clients: KafkaClients;
  readonly #topics: KafkaTopics;
  readonly #offsets: KafkaOffsets;
  readonly #reading: KafkaReading;
  readonly #tables: KafkaTables;
  readonly #sessionTimeoutMs: number;
  readonly #closed = new AbortController();
  readonly #consumers = new Set<KafkaConsumer>();
  #closing: Promise<void> | null = null;

  private constructor(clients: KafkaClients, cluster: string, options: KafkaLogOptions) {
    this.#clients = clients;
    this.#sessionTimeoutMs = options.sessionTimeoutMs ?? 8_000;
    this.#topics = new KafkaTopics(clients);
    this.#offsets = new KafkaOffsets(clients);
    this.#reading = new KafkaReading(clients, this.#offsets);
    const { clock } = options;
    this.#tables = new KafkaTables(options.folder, `${cluster}/${options.instance}`, {
      reading: this.#reading,
      offsets: this.#offsets,
      clock,
    });
  }

  /** Throws HUB_KAFKA_CLIENT_MISSING, HUB_KAFKA_UNREACHABLE, HUB_KAFKA_REFUSED. */
  static async open(options: KafkaLogOptions): Promise<KafkaLog> {
    const clients = await KafkaClients.load({ ...options, names: kafkaNames(options.instance) });
    try {
      const admin = await clients.admin();
      const { clusterId } = await admin.describeCluster();
      return new KafkaLog(clients, clusterId, options);
    } catch (thrown) {
      await clients.closeAll();
      throw kafkaFault(thrown, 'Reaching the Kafka cluster');
    }
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#assertOpen();
    await this.#topics.ensure(specs);
  }

  async topics(): Promise<readonly TopicSpec[]> {
    this.#assertOpen();
    return this.#topics.all();
  }

  async range(topic: string, partition: number): Promise<PartitionRange> {
    this.#assertOpen();
    await this.#topics.at(topic, partition);
    const [range] = await this.#offsets.ranges([{ topic, partition }]);
    return range!;
  }

  async read(topic: string, partition: number, offset: number, max: number): Promise<readonly LogRecord[]> {
    this.#assertOpen();
    await this.#topics.at(topic, partition);
    return this.#reading.read(topic, partition, offset, max);
  }

  async readKeys(topic: string, partition: number, offset: number, max: number): Promise<KeyHashes> {
    this.#assertOpen();
    await this.#topics.at(topic, partition);
    return this.#reading.readKeys(topic, partition, offset, max);
  }

  async latest(
    topic: string,
    partition: number,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, LogRecord>> {
    this.#assertOpen();
    const { compacted } = await this.#topics.at(topic, partition);
    if (!compacted)
      throw new HubError('HUB_INTERNAL', `Topic ${topic} is not compacted: it has no latest records`);
    return this.#tables.latest(topic, partition, keys);
  }

  async committed(group: string, partitions: readonly TopicPartition[]): Promise<readonly (number | null)[]> {
    this.#assertOpen();
    await Promise.all(partitions.map(({ topic, partition }) => this.#topics.at(topic, partition)));
    // Of a group with a member here, also what this process has committed just now.
    const consumer = [...this.#consumers].find((one) => one.group === group && one.isMember);
    if (consumer) return consumer.member.committed(partitions);
    const names = [...new Set(partitions.map(({ topic }) => this.#clients.names.topic(topic)))];
    if (names.length === 0) return [];
    const admin = await this.#clients.admin();
    try {
      const found = await admin.fetchOffsets({ groupId: this.#clients.names.group(group), topics: names });
      const next = new Map(
        found.flatMap(({ topic, partitions: of }) =>
          of.map(({ partition, offset }) => [`${partition}/${topic}`, Number(offset)] as const),
        ),
      );
      return partitions.map(({ topic, partition }) => {
        const offset = next.get(`${partition}/${this.#clients.names.topic(topic)}`) ?? -1;
        return offset < 0 ? null : offset;
      });
    } catch (thrown) {
      throw kafkaFault(thrown, `Asking what ${group} has committed`);
    }
  }

  async producer(transactionalId: string): Promise<Producer> {
    this.#assertOpen();
    const log: ProducerLog = {
      clients: this.#clients,
      check: (written) => this.#check(written),
      committed: (written) => {
        for (const place of written) this.#offsets.wrote(place);
        this.#tables.committed(written);
      },
      failed: (written) => this.#tables.failed(written),
      assertOpen: () => this.#assertOpen(),
    };
    return KafkaProducer.open(log, transactionalId);
  }

  async consumer(options: ConsumerOptions): Promise<KafkaConsumer> {
    this.#assertOpen();
    const topics = await Promise.all(options.topics.map((name) => this.#topics.get(name)));
    const log = {
      clients: this.#clients,
      offsets: this.#offsets,
      tables: this.#tables,
      sessionTimeoutMs: this.#sessionTimeoutMs,
      closed: this.#closed.signal,
    };
    const changelogs = await Promise.all((options.changelogs ?? []).map((name) => this.#topics.get(name)));
    const consumer = await KafkaConsumer.open(log, options, topics, changelogs);
    this.#consumers.add(consumer);
    consumer.whenClosed(() => this.#consumers.delete(consumer));
    return consumer;
  }

  /** Retention is the brokers' own: `ensureTopics` tells them, and they remove whole segments in their own time. */
  async trim(_now: number): Promise<number> {
    this.#assertOpen();
    return 0;
  }

  async close(): Promise<void> {
    this.#closing ??= this.#close();
    await this.#closing;
  }

  async #close(): Promise<void> {
    this.#closed.abort();
    this.#reading.close();
    await Promise.all([...this.#consumers].map((consumer) => consumer.close()));
    await this.#clients.closeAll();
    this.#tables.close();
  }

  async #check(written: readonly Gathered[]): Promise<void> {
    for (const { topic, partition, records } of written) {
      const { compacted } = await this.#topics.at(topic, partition);
      if (compacted && records.some(({ key }) => key === null))
        throw new HubError('HUB_INTERNAL', `A record without a key on the compacted topic ${topic}`);
    }
  }

  #assertOpen(): void {
    if (this.#closed.signal.aborted) throw new HubError('HUB_LOG_CLOSED', 'The log is closed');
  }
}
