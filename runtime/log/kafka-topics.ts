import type { Admin } from 'kafkajs';
import { HubError } from '../errors.ts';
import type { KafkaClients } from '../kafka/clients.ts';
import { kafkaFault } from '../kafka/faults.ts';
import { changeTopicSettings, topicSettings } from '../kafka/topic-settings.ts';
import type { TopicSpec } from './index.ts';

export type KnownTopic = Required<TopicSpec>;

/** So long may the brokers take to hear of a new topic. */
const ledWithinMs = 30_000;
/** ConfigResourceTypes.TOPIC of kafkajs, which is loaded in Kafka mode only. */
const topicResource = 2;
/** TOPIC_ALREADY_EXISTS: another process was quicker. */
const alreadyExists = 36;

/**
 * The topics of an instance as the cluster has them. Those once seen are remembered: number of partitions and kind never change for the
 * hub. The number is what was asked for at creation; partitions that somebody adds afterwards are noticed and left unused, because a
 * record's partition depends on the number.
 */
export class KafkaTopics {
  readonly #clients: KafkaClients;
  readonly #known = new Map<string, KnownTopic>();
  /** As asked for in this process. */
  readonly #frozen = new Map<string, number>();
  /** Partitions that there really are. */
  readonly #onCluster = new Map<string, number>();

  constructor(clients: KafkaClients) {
    this.#clients = clients;
  }

  /** Throws HUB_LOG_UNKNOWN_TOPIC. */
  async get(name: string): Promise<KnownTopic> {
    const known = this.#known.get(name);
    if (known) return known;
    const [found] = await this.#read([name]);
    if (found) return found;
    throw new HubError('HUB_LOG_UNKNOWN_TOPIC', `There is no topic ${this.#clients.names.topic(name)}`, {
      context: { topic: name },
    });
  }

  /** Throws HUB_LOG_UNKNOWN_TOPIC when the topic, or that partition of it, does not exist. */
  async at(name: string, partition: number): Promise<KnownTopic> {
    const topic = await this.get(name);
    if (partition >= 0 && partition < topic.partitions) return topic;
    throw new HubError(
      'HUB_LOG_UNKNOWN_TOPIC',
      `Topic ${name} has ${topic.partitions} partitions, not number ${partition}`,
      { context: { topic: name, partition } },
    );
  }

  /** By name, as they are now. */
  async all(): Promise<readonly KnownTopic[]> {
    const names = (await this.#existing()).map((name) => this.#clients.names.own(name));
    const found = await this.#read(names.filter((name) => name !== null));
    return [...found].sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Throws HUB_LOG_PARTITIONS_FROZEN; then nothing was created. */
  async ensure(specs: readonly TopicSpec[]): Promise<void> {
    const existing = new Map((await this.all()).map((topic) => [topic.name, topic]));
    for (const spec of specs) {
      const topic = existing.get(spec.name);
      if (!topic) continue;
      const { compacted = false, partitions } = spec;
      const onCluster = this.#onCluster.get(spec.name) ?? topic.partitions;
      if (topic.compacted !== compacted || onCluster < partitions) throw frozen(topic, onCluster, spec);
      if (onCluster === partitions) continue;
      // Added behind our back, or is the configured number wrong? Then there are records beyond it.
      if (await this.#holdsBeyond(spec.name, partitions)) throw frozen(topic, onCluster, spec);
      this.#clients.log.warn('extra partitions of a topic stay unused', {
        topic: this.#clients.names.topic(spec.name),
        expected: partitions,
        found: onCluster,
      });
    }
    for (const { name, partitions } of specs) this.#frozen.set(name, partitions);
    await this.#create(specs.filter(({ name }) => !existing.has(name)));
    const changed = specs.filter(({ name, retentionMs = null }) => {
      const topic = existing.get(name);
      return topic !== undefined && topic.retentionMs !== retentionMs;
    });
    await this.#configure(changed);
    for (const { name, partitions, compacted = false, retentionMs = null } of specs)
      this.#known.set(name, { name, partitions, compacted, retentionMs });
  }

  async #create(specs: readonly TopicSpec[]): Promise<void> {
    if (specs.length === 0) return;
    const { replication } = this.#clients.options;
    const topics = specs.map((spec) => ({
      topic: this.#clients.names.topic(spec.name),
      numPartitions: spec.partitions,
      replicationFactor: replication,
      configEntries: Object.entries(this.#settings(spec)).map(([name, value]) => ({ name, value })),
    }));
    try {
      await this.#ask('Creating topics', async (admin) => {
        // Its own wait for leaders fails while a broker has not heard of the topic.
        await admin.createTopics({ topics, waitForLeaders: false });
      });
      await this.#untilLed(topics.map(({ topic }) => topic));
    } catch (thrown) {
      if (!isAlreadyThere(thrown)) throw thrown;
      await this.ensure(specs);
    }
  }

  async #untilLed(topics: readonly string[]): Promise<void> {
    const { clock } = this.#clients;
    const until = clock.now() + ledWithinMs;
    for (;;) {
      try {
        const found = await this.#ask('Waiting for new topics', (admin) =>
          admin.fetchTopicMetadata({ topics: [...topics] }),
        );
        if (found.topics.every(({ partitions }) => partitions.every(({ leader }) => leader >= 0))) return;
      } catch (thrown) {
        if (clock.now() > until) throw thrown;
      }
      await clock.sleep(50);
    }
  }

  async #configure(specs: readonly TopicSpec[]): Promise<void> {
    if (specs.length === 0) return;
    const changes = new Map(
      specs.map((spec) => [this.#clients.names.topic(spec.name), this.#settings(spec)] as const),
    );
    await this.#ask('Setting the retention of topics', (admin) =>
      changeTopicSettings(admin, changes, this.#clients.clock),
    );
  }

  #settings(spec: TopicSpec): Readonly<Record<string, string>> {
    return topicSettings(spec, this.#clients.options.minInSyncReplicas);
  }

  /** Those of `names` that exist; asks for kind and retention anew. */
  async #read(names: readonly string[]): Promise<readonly KnownTopic[]> {
    const { names: cluster } = this.#clients;
    const existing = new Set(await this.#existing());
    const there = names.filter((name) => existing.has(cluster.topic(name)));
    if (there.length === 0) return [];
    const [{ topics }, { resources }] = await this.#ask('Describing topics', (admin) =>
      Promise.all([
        admin.fetchTopicMetadata({ topics: there.map((name) => cluster.topic(name)) }),
        admin.describeConfigs({
          includeSynonyms: false,
          resources: there.map((name) => ({
            type: topicResource,
            name: cluster.topic(name),
            configNames: ['cleanup.policy', 'retention.ms'],
          })),
        }),
      ]),
    );
    for (const { name, partitions } of topics)
      this.#onCluster.set(cluster.own(name) ?? name, partitions.length);
    const configs = new Map(
      resources.map(({ resourceName, configEntries }) => [resourceName, configEntries]),
    );
    return there.map((name) => {
      const entries = configs.get(cluster.topic(name)) ?? [];
      const settingOf = (wanted: string) =>
        entries.find(({ configName }) => configName === wanted)?.configValue ?? '';
      const retention = Number(settingOf('retention.ms'));
      const compacted = settingOf('cleanup.policy').includes('compact');
      const isKept = retention < 0 || (compacted && !settingOf('cleanup.policy').includes('delete'));
      const topic = {
        name,
        partitions: this.#frozen.get(name) ?? this.#onCluster.get(name) ?? 0,
        compacted,
        retentionMs: isKept ? null : retention,
      };
      this.#known.set(name, topic);
      return topic;
    });
  }

  async #existing(): Promise<readonly string[]> {
    return this.#ask('Listing topics', (admin) => admin.listTopics());
  }

  async #holdsBeyond(name: string, partitions: number): Promise<boolean> {
    const offsets = await this.#ask('Asking for offsets', (admin) =>
      admin.fetchTopicOffsets(this.#clients.names.topic(name)),
    );
    return offsets.some(({ partition, high }) => partition >= partitions && Number(high) > 0);
  }

  async #ask<T>(what: string, ask: (admin: Admin) => Promise<T>): Promise<T> {
    const admin = await this.#clients.admin();
    try {
      return await ask(admin);
    } catch (thrown) {
      throw kafkaFault(thrown, what);
    }
  }
}

function frozen(
  topic: KnownTopic,
  onCluster: number,
  { partitions, compacted = false }: TopicSpec,
): HubError {
  const shape = (count: number, table: boolean) => `${count} partitions${table ? ', compacted' : ''}`;
  return new HubError(
    'HUB_LOG_PARTITIONS_FROZEN',
    `Topic ${topic.name} exists with ${shape(onCluster, topic.compacted)}; asked for ${shape(partitions, compacted)}`,
    { context: { topic: topic.name } },
  );
}

/** kafkajs gathers the errors of several topics in one. */
function isAlreadyThere(thrown: unknown): boolean {
  const { cause } = thrown as HubError;
  const { code, errors = [] } = (cause ?? {}) as { code?: number; errors?: readonly { code?: number }[] };
  return code === alreadyExists || errors.some((error) => error.code === alreadyExists);
}
