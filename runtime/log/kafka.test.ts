import { afterAll, beforeAll } from '@jest/globals';
import { logContract } from '../../test/contract/log.ts';
import { type KafkaCluster, startKafka } from '../../test/services/kafka.ts';
import { openKafka, quickGroups } from '../../test/support/kafka-log.ts';

let cluster: KafkaCluster;
beforeAll(async () => {
  cluster = await startKafka({ properties: quickGroups });
}, 240_000);
afterAll(() => cluster?.stop());

logContract('The log on Kafka', () => openKafka(cluster.brokers), { modelRuns: 3, modelTimeoutMs: 600_000 });
