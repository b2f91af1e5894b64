import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type KafkaCluster, startKafka } from '../../test/services/kafka.ts';
import { systemClock } from '../clock.ts';
import type { Log } from '../log/index.ts';
import { KafkaLog } from '../log/kafka.ts';
import { silentLogger } from '../telemetry.ts';
import { applyPlan, planFor } from './apply.ts';
import { openCluster } from './cluster.ts';
import { kafkaNames } from './names.ts';
import { kafkaOptions } from './options.ts';
import type { Wanted } from './plan.ts';
import { rightsOf } from './rights.ts';

const topic = 'hub.input';

const opened = (kafka: KafkaCluster, security: object, instance = 'east'): Promise<Log> =>
  KafkaLog.open({
    kafka: kafkaOptions.parse({
      brokers: kafka.brokers,
      security,
      replication: 1,
      minInSyncReplicas: 1,
      connectTimeoutMs: 10_000,
    }),
    instance,
    clientId: 'test',
    folder: null,
    clock: systemClock,
    log: silentLogger,
  });

/** Topics and rights of an instance whose hub is the user `hub`. */
async function prepare(kafka: KafkaCluster, instance: string): Promise<void> {
  const options = kafkaOptions.parse({ brokers: kafka.internal, rights: { hub: 'User:hub' } });
  const names = kafkaNames(instance);
  const wanted: Wanted = {
    names,
    topics: [{ name: topic, partitions: 1 }],
    rights: rightsOf(instance, names, [], options.rights),
    replication: 1,
    minInSyncReplicas: 1,
  };
  const cluster = await openCluster({
    kafka: options,
    clientId: 'admin',
    clock: systemClock,
    log: silentLogger,
  });
  try {
    await applyPlan(cluster, wanted, await planFor(cluster, wanted), systemClock);
  } finally {
    await cluster.close();
  }
}

/** What a worker does: consumes in a group, and commits what it writes with what it has read, in one transaction. */
async function copyOne(log: Log, text: string, slot: string): Promise<readonly string[]> {
  const producer = await log.producer(`writer-${slot}`);
  const first = producer.begin();
  first.append(topic, 0, [{ key: 'k', value: Buffer.from(text), timestamp: 1 }]);
  await first.commit();
  const consumer = await log.consumer({ group: `writer-${slot}`, topics: [topic], memberId: slot });
  let seen: readonly string[] = [];
  while (!seen.includes(text)) {
    const { records } = await consumer.poll({ max: 100, waitMs: 1_000 });
    seen = [...seen, ...records.map(({ value }) => String(value))];
    const last = records.at(-1);
    if (last === undefined) continue;
    const transaction = producer.begin();
    transaction.sendOffsets(consumer, [{ topic, partition: 0, next: last.offset + 1 }]);
    await transaction.commit();
  }
  await consumer.close();
  await producer.close();
  return seen;
}

describe('the log on a cluster that demands TLS, a login and rights', () => {
  let kafka: KafkaCluster;
  beforeAll(async () => {
    kafka = await startKafka({ demands: { tls: 'server', sasl: true, acls: true } });
    await prepare(kafka, 'east');
    await prepare(kafka, 'west');
  }, 240_000);
  afterAll(() => kafka.stop());

  const tls = () => ({ tls: true, ca: kafka.access!.certificates.ca });
  const login = (username: string, sasl = 'SCRAM-SHA-512') => ({
    ...tls(),
    sasl,
    username,
    password: kafka.access!.users[username],
  });
  const oauth = (clientSecret: string) => ({
    ...tls(),
    sasl: 'OAUTHBEARER',
    oauth: { tokenUrl: kafka.access!.tokens.tokenUrl, clientId: 'hub', clientSecret },
  });

  test.each([
    ['PLAIN', () => login('hub', 'PLAIN')],
    ['SCRAM-SHA-256', () => login('hub', 'SCRAM-SHA-256')],
    ['SCRAM-SHA-512', () => login('hub')],
    ['OAUTHBEARER', () => oauth(kafka.access!.clients.hub!)],
  ])(
    'works by %s, with no more rights than the plan grants',
    async (name, security) => {
      const log = await opened(kafka, security());
      try {
        expect(await copyOne(log, name, name.toLowerCase())).toContain(name);
      } finally {
        await log.close();
      }
    },
    120_000,
  );

  test('keeps out who may do nothing here', async () => {
    const log = await opened(kafka, login('reader'));
    try {
      await expect(copyOne(log, 'x', 'nosy')).rejects.toMatchObject({
        code: expect.stringMatching(/HUB_KAFKA_REFUSED|HUB_LOG_UNKNOWN_TOPIC/),
      });
    } finally {
      await log.close();
    }
  }, 120_000);

  test.each([
    ['a password', () => ({ ...login('hub'), password: 'wr0ng' })],
    ['a secret', () => oauth('wr0ng')],
  ])(
    'refuses %s that is wrong',
    async (_what, security) => {
      await expect(opened(kafka, security())).rejects.toMatchObject({
        code: 'HUB_KAFKA_REFUSED',
        message: expect.not.stringContaining('wr0ng'),
      });
    },
    60_000,
  );
});

describe('the log on a cluster that demands certificates', () => {
  test('works with the one it trusts', async () => {
    const kafka = await startKafka({ demands: { tls: 'mutual', acls: true } });
    try {
      await prepare(kafka, 'east');
      const { ca, client } = kafka.access!.certificates;
      const log = await opened(kafka, { tls: true, ca, certificate: client.certificate, key: client.key });
      try {
        expect(await copyOne(log, 'told', '0')).toContain('told');
      } finally {
        await log.close();
      }
    } finally {
      await kafka.stop();
    }
  }, 240_000);
});
