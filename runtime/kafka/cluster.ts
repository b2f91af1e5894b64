import type { AclEntry, Admin } from 'kafkajs';
import type { Clock } from '../clock.ts';
import type { Logger } from '../telemetry.ts';
import { kafkaJsConfig } from './connection.ts';
import { kafkaFault } from './faults.ts';
import { tokenSource } from './oauth.ts';
import type { KafkaOptions } from './options.ts';
import type { Found, FoundRight, FoundTopic, Plan, Step, Wanted } from './plan.ts';
import type { Right } from './rights.ts';
import { changeTopicSettings, readTopicSettings } from './topic-settings.ts';

/** The brokers, as an administrator sees and changes them. Every method throws HUB_KAFKA_UNREACHABLE and HUB_KAFKA_REFUSED. */
export interface Cluster {
  /** Ids of the brokers that are alive. */
  brokers(): Promise<readonly number[]>;
  /** @param wanted its topics and rights are looked for; nothing of it is changed */
  find(wanted: Wanted): Promise<Found>;
  /** Takes the steps in their order, each group at once. May be cut short at any place and begun again: what has been done is then no step any more. */
  apply(steps: Plan['steps']): Promise<void>;
  close(): Promise<void>;
}

export interface ClusterOptions {
  readonly kafka: KafkaOptions;
  readonly clientId: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Some brokers take thousands of partitions only little by little. */
const topicsAtOnce = 10;
/** So long may the brokers take to tell each other of a new topic. */
const knownWithinMs = 30_000;

export async function openCluster({ kafka, clientId, clock, log }: ClusterOptions): Promise<Cluster> {
  const { default: kafkajs } = await import('kafkajs');
  const { AclOperationTypes, AclPermissionTypes, AclResourceTypes, ResourcePatternTypes } = kafkajs;
  const tokens = tokenSource(kafka.security.oauth, clock, kafka.requestTimeoutMs);
  const admin: Admin = new kafkajs.Kafka(kafkaJsConfig(kafka, { clientId, log, tokens })).admin();
  const ask = async <T>(what: string, call: () => Promise<T>): Promise<T> => {
    try {
      return await call();
    } catch (thrown) {
      // Several topics at once fail as one error that tells nothing itself.
      const [first = thrown] = (thrown as { errors?: readonly unknown[] } | null)?.errors ?? [];
      throw kafkaFault(first, what);
    }
  };
  await ask('reaching the Kafka cluster', () => admin.connect());

  async function describe(names: readonly string[]): Promise<readonly FoundTopic[]> {
    if (names.length === 0) return [];
    const { topics } = await ask('describing topics', () => admin.fetchTopicMetadata({ topics: [...names] }));
    const settings = await ask('describing the settings of topics', () => readTopicSettings(admin, names));
    return topics.map(({ name, partitions }) => ({
      name,
      partitions: partitions.length,
      replicas: Math.min(...partitions.map(({ replicas }) => replicas.length)),
      settings: Object.fromEntries(
        [...(settings.get(name) ?? [])].map(([setting, { value }]) => [setting, value]),
      ),
    }));
  }

  async function usedPartitions(topic: string): Promise<number> {
    const offsets = await ask(`asking for the offsets of ${topic}`, () => admin.fetchTopicOffsets(topic));
    return Math.max(
      0,
      ...offsets.filter(({ high }) => Number(high) > 0).map(({ partition }) => partition + 1),
    );
  }

  async function rights(): Promise<readonly FoundRight[] | null> {
    const any = {
      resourceType: AclResourceTypes.ANY,
      resourcePatternType: ResourcePatternTypes.ANY,
      operation: AclOperationTypes.ANY,
      permissionType: AclPermissionTypes.ANY,
    };
    try {
      const { resources } = await admin.describeAcls(any);
      return resources.flatMap(({ resourceType, resourceName, resourcePatternType, acls }) =>
        acls.map(({ principal, host, operation, permissionType }) => ({
          principal,
          host,
          resource: wordOf(AclResourceTypes, resourceType),
          name: resourceName,
          pattern: wordOf(ResourcePatternTypes, resourcePatternType),
          operation: wordOf(AclOperationTypes, operation),
          isDenial: permissionType === AclPermissionTypes.DENY,
        })),
      );
    } catch (thrown) {
      if ((thrown as { type?: unknown }).type === 'SECURITY_DISABLED') return null;
      throw kafkaFault(thrown, 'describing rights');
    }
  }

  async function create(steps: readonly Extract<Step, { kind: 'create' }>[]): Promise<void> {
    for (let from = 0; from < steps.length; from += topicsAtOnce) {
      const some = steps.slice(from, from + topicsAtOnce);
      await ask(`creating ${some.map(({ topic }) => topic).join(', ')}`, () =>
        admin.createTopics({
          // The library's own wait fails while a broker has not heard of a topic.
          waitForLeaders: false,
          timeout: kafka.requestTimeoutMs,
          topics: some.map(({ topic, partitions, replicas, settings }) => ({
            topic,
            numPartitions: partitions,
            replicationFactor: replicas,
            configEntries: Object.entries(settings).map(([name, value]) => ({ name, value })),
          })),
        }),
      );
    }
    await untilKnown(steps.map(({ topic }) => topic));
  }

  async function untilKnown(topics: readonly string[]): Promise<void> {
    for (let waitedMs = 0; waitedMs < knownWithinMs; waitedMs += 100) {
      const there = new Set(await ask('listing topics', () => admin.listTopics()));
      if (topics.every((topic) => there.has(topic))) return;
      await clock.sleep(100);
    }
  }

  async function set(steps: readonly Extract<Step, { kind: 'set' }>[]): Promise<void> {
    const changes = new Map<string, Record<string, string>>();
    for (const { topic, setting, to } of steps) changes.set(topic, { ...changes.get(topic), [setting]: to });
    await ask(`changing settings of ${[...changes.keys()].join(', ')}`, () =>
      changeTopicSettings(admin, changes, clock),
    );
  }

  const entryOf = ({ principal, resource, name, pattern, operation }: Right): AclEntry => ({
    principal,
    host: '*',
    resourceType: AclResourceTypes[resource],
    resourceName: name,
    resourcePatternType: ResourcePatternTypes[pattern],
    operation: AclOperationTypes[operation],
    permissionType: AclPermissionTypes.ALLOW,
  });

  return {
    async brokers() {
      const { brokers } = await ask('describing the Kafka cluster', () => admin.describeCluster());
      return brokers.map(({ nodeId }) => nodeId);
    },
    async find(wanted) {
      const all = await ask('listing topics', () => admin.listTopics());
      const found = await describe(all.filter((name) => wanted.names.own(name) !== null));
      const partitions = new Map(
        wanted.topics.map((spec) => [wanted.names.topic(spec.name), spec.partitions]),
      );
      const topics: FoundTopic[] = [];
      for (const topic of found) {
        const isLarger = topic.partitions > (partitions.get(topic.name) ?? topic.partitions);
        topics.push(isLarger ? { ...topic, usedPartitions: await usedPartitions(topic.name) } : topic);
      }
      return { topics, rights: wanted.rights === null ? null : await rights() };
    },
    async apply(steps) {
      await create(steps.filter((step) => step.kind === 'create'));
      await set(steps.filter((step) => step.kind === 'set'));
      const acl = steps.filter((step) => step.kind === 'grant').map(({ right }) => entryOf(right));
      if (acl.length > 0) await ask('granting rights', () => admin.createAcls({ acl }));
    },
    close: () => admin.disconnect(),
  };
}

/** The library's enums go from words to numbers only. */
const wordOf = (words: object, number: number): string =>
  Object.entries(words).find(([, value]) => value === number)?.[0] ?? String(number);
