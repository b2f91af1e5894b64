import type { Admin } from 'kafkajs';
import type { Clock } from '../clock.ts';
import type { TopicSpec } from '../log/index.ts';

/** Largest batch of records, compressed, that a topic of the hub takes: above it are claim checks only (`hub.raw.*`). */
export const maxMessageBytes = 8 * 1024 * 1024;

/** What the brokers are told of a topic. Complete: nothing that matters is left to the defaults of a cluster. */
export function topicSettings(
  { compacted = false, retentionMs = null }: TopicSpec,
  minInSyncReplicas: number,
): Readonly<Record<string, string>> {
  const policy = compacted ? (retentionMs === null ? 'compact' : 'compact,delete') : 'delete';
  return {
    'cleanup.policy': policy,
    'retention.ms': `${retentionMs ?? -1}`,
    'retention.bytes': '-1',
    'max.message.bytes': `${maxMessageBytes}`,
    'min.insync.replicas': `${minInSyncReplicas}`,
    // Records that were acknowledged would be gone.
    'unclean.leader.election.enable': 'false',
  };
}

/** Numbers of kafkajs, which is loaded in Kafka mode only: ConfigResourceTypes.TOPIC, ConfigSource.TOPIC_CONFIG. */
const topicResource = 2;
const setForTopic = 1;

/** Settings of topics as the brokers have them; `isOwn`: set for this topic, not inherited. */
export type SettingsByTopic = ReadonlyMap<
  string,
  ReadonlyMap<string, { readonly value: string; readonly isOwn: boolean }>
>;

export async function readTopicSettings(
  admin: Pick<Admin, 'describeConfigs'>,
  topics: readonly string[],
): Promise<SettingsByTopic> {
  const { resources } = await admin.describeConfigs({
    includeSynonyms: false,
    resources: topics.map((name) => ({ type: topicResource, name })),
  });
  return new Map(
    resources.map(({ resourceName, configEntries }) => [
      resourceName,
      new Map(
        configEntries.map(({ configName, configValue, configSource }) => [
          configName,
          { value: configValue, isOwn: (configSource as number) === setForTopic },
        ]),
      ),
    ]),
  );
}

/** Brokers tell each other of a change within moments; until then they describe what was. */
const settledWithinMs = 10_000;
const lookMs = 50;

/**
 * Returns when the brokers describe the topics as changed. kafkajs knows only the request that replaces all settings of a topic: what others
 * have set is told again.
 */
export async function changeTopicSettings(
  admin: Pick<Admin, 'describeConfigs' | 'alterConfigs'>,
  changes: ReadonlyMap<string, Readonly<Record<string, string>>>,
  { sleep }: Pick<Clock, 'sleep'>,
): Promise<void> {
  if (changes.size === 0) return;
  const names = [...changes.keys()];
  const current = await readTopicSettings(admin, names);
  const resources = [...changes].map(([name, changed]) => {
    const own = [...(current.get(name) ?? [])].filter(([, { isOwn }]) => isOwn);
    const kept = own.map(([setting, { value }]) => [setting, value] as const);
    const entries = new Map([...kept, ...Object.entries(changed)]);
    return {
      type: topicResource,
      name,
      configEntries: [...entries].map(([setting, value]) => ({ name: setting, value })),
    };
  });
  await admin.alterConfigs({ validateOnly: false, resources });
  for (let waitedMs = 0; waitedMs < settledWithinMs; waitedMs += lookMs) {
    const described = await readTopicSettings(admin, names);
    const isSettled = [...changes].every(([name, changed]) =>
      Object.entries(changed).every(([setting, value]) => described.get(name)?.get(setting)?.value === value),
    );
    if (isSettled) return;
    await sleep(lookMs);
  }
}
