/** What this installation wants of a Kafka cluster, from its configuration and catalogue. */
import { organisationIds } from '../processors/catalogue/index.ts';
import type { HubConfig } from '../runtime/config.ts';
import { configError } from '../runtime/config-problem.ts';
import { kafkaNames } from '../runtime/kafka/names.ts';
import type { KafkaOptions } from '../runtime/kafka/options.ts';
import type { Wanted } from '../runtime/kafka/plan.ts';
import { rightsOf } from '../runtime/kafka/rights.ts';
import { slotTopic } from '../runtime/placement/slots.ts';
import { workerTopic } from '../runtime/placement/workers.ts';
import { topicSpecs } from '../runtime/topics.ts';
import { assemblyOptions } from './assembly.ts';

/** Throws HUB_CONFIG_INVALID when there is none. */
export function kafkaOf({ kafka }: Pick<HubConfig, 'kafka'>): KafkaOptions {
  if (kafka !== undefined) return kafka;
  const problem = {
    path: ['kafka'],
    found: 'nothing',
    expected: 'the cluster that this is about',
    fix: 'name a hub.yaml with --config that has kafka.brokers (docs/kafka.md)',
  };
  throw configError([problem]);
}

/** Throws HUB_CONFIG_INVALID, HUB_CATALOGUE_UNKNOWN_VERSION. */
export function wantedOf(config: HubConfig): Wanted {
  const { instance } = config;
  const { rights, replication, minInSyncReplicas } = kafkaOf(config);
  const { partitions, sources, streaming, catalogueVersion } = assemblyOptions('', config);
  const names = kafkaNames(instance);
  const organisations = organisationIds(catalogueVersion);
  return {
    names,
    topics: [...topicSpecs(partitions, sources, organisations, streaming), slotTopic, workerTopic],
    rights: rights.managed ? rightsOf(instance, names, organisations, rights) : null,
    replication,
    minInSyncReplicas,
  };
}
