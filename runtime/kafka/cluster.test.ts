import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import kafkajs from 'kafkajs';
import { type KafkaCluster, startKafka } from '../../test/services/kafka.ts';
import { systemClock } from '../clock.ts';
import { silentLogger } from '../telemetry.ts';
import { topicSpecs } from '../topics.ts';
import { applyPlan, planFor } from './apply.ts';
import { type Cluster, openCluster } from './cluster.ts';
import { kafkaJsConfig } from './connection.ts';
import { kafkaNames } from './names.ts';
import { tokenSource } from './oauth.ts';
import { type KafkaOptions, kafkaOptions } from './options.ts';
import type { Plan, Wanted } from './plan.ts';
import { rightsOf } from './rights.ts';

const { Kafka } = kafkajs;

let kafka: KafkaCluster;
beforeAll(async () => {
  kafka = await startKafka({ demands: { tls: 'server', sasl: true, acls: true } });
  await untilGroupsWork(kafkaOptions.parse({ brokers: kafka.internal }));
}, 240_000);
afterAll(() => kafka.stop());

const tls = () => ({ tls: true, ca: kafka.access!.certificates.ca });
const scram = (username: string) => ({
  ...tls(),
  sasl: 'SCRAM-SHA-512',
  username,
  password: kafka.access!.users[username],
});
const optionsWith = (security: object): KafkaOptions =>
  kafkaOptions.parse({ brokers: kafka.brokers, security, connectTimeoutMs: 5_000 });
const open = (options: KafkaOptions): Promise<Cluster> =>
  openCluster({ kafka: options, clientId: 'test', clock: systemClock, log: silentLogger });

async function using<T>(options: KafkaOptions, use: (cluster: Cluster) => Promise<T>): Promise<T> {
  const cluster = await open(options);
  try {
    return await use(cluster);
  } finally {
    await cluster.close();
  }
}
/** By the listener where nothing is demanded and everything allowed. */
const asAdministrator = <T>(use: (cluster: Cluster) => Promise<T>) =>
  using(kafkaOptions.parse({ brokers: kafka.internal }), use);

const rawClient = (options: KafkaOptions) =>
  new Kafka({
    ...kafkaJsConfig(options, {
      clientId: 'test',
      log: silentLogger,
      tokens: tokenSource(options.security.oauth, systemClock, 5_000),
    }),
    retry: { retries: 8, initialRetryTime: 100, maxRetryTime: 1_000 },
  });

describe('a login that the brokers demand', () => {
  const oauth = (clientSecret: string) => ({
    ...tls(),
    sasl: 'OAUTHBEARER',
    oauth: { tokenUrl: kafka.access!.tokens.tokenUrl, clientId: 'hub', clientSecret, scope: 'kafka' },
  });

  test.each(['PLAIN', 'SCRAM-SHA-256', 'SCRAM-SHA-512'])(
    'by %s is let in, and refused with a wrong password',
    async (sasl) => {
      const login = { ...scram('hub'), sasl };
      expect(await using(optionsWith(login), (cluster) => cluster.brokers())).toEqual([1]);
      await expect(open(optionsWith({ ...login, password: 'wr0ng' }))).rejects.toMatchObject({
        code: 'HUB_KAFKA_REFUSED',
        message: expect.not.stringContaining('wr0ng'),
      });
    },
  );

  test('by OAUTHBEARER is let in, and refused where the server of tokens does not know the client', async () => {
    const { clients, tokens } = kafka.access!;
    const before = tokens.given();
    expect(await using(optionsWith(oauth(clients.hub!)), (cluster) => cluster.brokers())).toEqual([1]);
    expect(tokens.given()).toBe(before + 1);
    await expect(open(optionsWith(oauth('wr0ng')))).rejects.toMatchObject({
      code: 'HUB_KAFKA_REFUSED',
      message: expect.not.stringContaining('wr0ng'),
    });
  });

  test('needs the authority that vouches for the brokers', async () => {
    const { ca: _, ...trusting } = scram('hub');
    await expect(open(optionsWith(trusting))).rejects.toMatchObject({
      message: expect.stringMatching(/certificate/),
    });
  });
});

describe('topics and rights as code', () => {
  const who = { hub: 'User:hub', analysts: 'User:{instance}.analysts', department: 'User:{organisation}' };
  const wantedBy = (instance: string, over: Partial<KafkaOptions['rights']> = {}): Wanted => {
    const names = kafkaNames(instance);
    const organisations = ['reader', 'other'];
    const rights = { ...optionsWith({}).rights, ...who, ...over };
    return {
      names,
      topics: topicSpecs(2, ['grid-safety'], organisations),
      rights: rightsOf(instance, names, organisations, rights),
      replication: 1,
      minInSyncReplicas: 1,
    };
  };
  const plan = (wanted: Wanted) => asAdministrator((cluster) => planFor(cluster, wanted));
  const apply = (wanted: Wanted) =>
    asAdministrator(async (cluster) => {
      const made = await planFor(cluster, wanted);
      await applyPlan(cluster, wanted, made, systemClock);
      return made.steps;
    });
  /** Brokers hear of what another client has changed a moment later. */
  const planOnce = async (wanted: Wanted, isThere: (plan: Plan) => boolean): Promise<Plan> => {
    for (;;) {
      const made = await plan(wanted);
      if (isThere(made)) return made;
      await systemClock.sleep(50);
    }
  };

  test('are there after they were applied, and nothing is left to do', async () => {
    const wanted = wantedBy('first');
    const steps = await apply(wanted);
    expect(steps.filter(({ kind }) => kind === 'create')).toHaveLength(wanted.topics.length);
    expect(steps.filter(({ kind }) => kind === 'grant')).toHaveLength(wanted.rights!.length);
    expect(await plan(wanted)).toMatchObject({ steps: [], refusals: [] });
  }, 60_000);

  test('are taken up where an attempt was cut short', async () => {
    const wanted = wantedBy('cut');
    const { steps } = await plan(wanted);
    await asAdministrator((cluster) => cluster.apply(steps.slice(0, 3)));
    await planOnce(wanted, (rest) => rest.steps.length === steps.length - 3);
    expect(await apply(wanted)).toEqual(steps.slice(3));
    expect((await plan(wanted)).steps).toEqual([]);
  }, 60_000);

  test('are changed by setting, and what others have set stays', async () => {
    const wanted = wantedBy('changed', { hub: 'User:nobody' });
    await apply(wanted);
    const admin = new Kafka({ ...rawConfig(), brokers: [...kafka.internal] }).admin();
    await admin.connect();
    const configEntries = [
      { name: 'segment.ms', value: '3600000' },
      { name: 'retention.ms', value: '1000' },
    ];
    await admin.alterConfigs({
      validateOnly: false,
      resources: [{ type: 2, name: 'changed.hub.items', configEntries }],
    });
    await planOnce(wanted, ({ steps }) => steps.length > 0);
    expect(await apply(wanted)).toContainEqual({
      kind: 'set',
      topic: 'changed.hub.items',
      setting: 'retention.ms',
      from: '1000',
      to: String(5 * 365 * 24 * 3_600_000),
    });
    expect((await plan(wanted)).steps).toEqual([]);
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: 2, name: 'changed.hub.items', configNames: ['segment.ms'] }],
    });
    await admin.disconnect();
    expect(resources[0]!.configEntries).toMatchObject([{ configName: 'segment.ms', configValue: '3600000' }]);
  }, 60_000);

  test('notice partitions that somebody has added: unused, until a record is in one', async () => {
    const wanted = wantedBy('grown', { hub: 'User:nobody' });
    await apply(wanted);
    const client = new Kafka({ ...rawConfig(), brokers: [...kafka.internal] });
    const admin = client.admin();
    await admin.connect();
    await admin.createPartitions({ topicPartitions: [{ topic: 'grown.hub.input', count: 3 }] });
    await admin.disconnect();
    expect(await planOnce(wanted, ({ notes }) => notes.length > 0)).toMatchObject({
      refusals: [],
      notes: expect.arrayContaining([
        { kind: 'unused-partitions', topic: 'grown.hub.input', found: 3, wanted: 2 },
      ]),
    });
    const producer = client.producer();
    await producer.connect();
    await producer.send({ topic: 'grown.hub.input', messages: [{ partition: 2, key: 'k', value: 'v' }] });
    await producer.disconnect();
    expect((await plan(wanted)).refusals).toEqual([
      { kind: 'partitions', topic: 'grown.hub.input', found: '3', wanted: '2' },
    ]);
  }, 60_000);

  test('let an organisation read its own topic in groups of its own, and nothing else', async () => {
    await apply(wantedBy('read'));
    const reader = optionsWith(scram('reader'));
    const { departmentGroups, group, topic } = kafkaNames('read');
    await produce(kafkaOptions.parse({ brokers: kafka.internal }), topic('hub.department.reader'));
    expect(await firstOf(reader, topic('hub.department.reader'), `${departmentGroups('reader')}desk`)).toBe(
      'told',
    );
    for (const [name, inGroup] of [
      [topic('hub.department.other'), `${departmentGroups('reader')}desk`],
      [topic('hub.items'), `${departmentGroups('reader')}desk`],
      [topic('hub.department.reader'), group('writer')],
      [topic('hub.department.reader'), `${departmentGroups('other')}desk`],
    ] as const) {
      await expect(firstOf(reader, name, inGroup)).rejects.toThrow(refused);
    }
    await expect(produce(reader, topic('hub.department.reader'))).rejects.toThrow(/not authorized/i);
  }, 60_000);

  test('of two instances on one cluster never meet', async () => {
    const westerly = { hub: 'User:reader', department: 'User:west.{organisation}' };
    const [east, west] = [wantedBy('east'), wantedBy('west', westerly)];
    await apply(east);
    const before = await asAdministrator((cluster) => cluster.find(east));
    await apply(west);
    expect(await asAdministrator((cluster) => cluster.find(east)).then(({ topics }) => topics)).toEqual(
      before.topics,
    );
    expect((await plan(west)).steps).toEqual([]);
    const [hub, other] = [optionsWith(scram('hub')), optionsWith(scram('reader'))];
    await produce(hub, 'east.hub.input');
    await produce(other, 'west.hub.input');
    await expect(produce(hub, 'west.hub.input')).rejects.toThrow(/not authorized/i);
    await expect(produce(other, 'east.hub.input')).rejects.toThrow(/not authorized/i);
    expect(await firstOf(hub, 'east.hub.input', kafkaNames('east').group('writer'))).toBe('told');
    await expect(firstOf(hub, 'east.hub.input', kafkaNames('west').group('writer'))).rejects.toThrow(refused);
    // Each sees its own only.
    const seen = await using(hub, (cluster) => cluster.find({ ...west, rights: null }));
    expect(seen.topics).toEqual([]);
  }, 90_000);

  test('are not given to who may not give them', async () => {
    const wanted = wantedBy('denied');
    const { steps } = await plan(wanted);
    await expect(
      using(optionsWith(scram('reader')), (cluster) => cluster.apply(steps)),
    ).rejects.toMatchObject({
      code: 'HUB_KAFKA_REFUSED',
    });
    await expect(
      using(optionsWith(scram('reader')), (cluster) => cluster.find(wanted)),
    ).rejects.toMatchObject({
      code: 'HUB_KAFKA_REFUSED',
    });
  });
});

const rawConfig = () =>
  kafkaJsConfig(kafkaOptions.parse({ brokers: ['a:1'] }), {
    clientId: 'test',
    log: silentLogger,
    tokens: tokenSource({}, systemClock, 5_000),
  });

/** The first group of a cluster waits until the broker has made the topic of all groups. */
async function untilGroupsWork(options: KafkaOptions): Promise<void> {
  const admin = rawClient(options).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: 'first' }], waitForLeaders: false });
  await admin.disconnect();
  for (;;) {
    try {
      await produce(options, 'first');
      await firstOf(options, 'first', 'first');
      return;
    } catch {
      await systemClock.sleep(200);
    }
  }
}

/** Of a group that may not be joined kafkajs says no more than that it found no coordinator. */
const refused = /not authorized|find group coordinator/i;

async function produce(options: KafkaOptions, topic: string): Promise<void> {
  const producer = rawClient(options).producer();
  await producer.connect();
  try {
    await producer.send({ topic, messages: [{ partition: 0, key: 'k', value: 'told' }] });
  } finally {
    await producer.disconnect();
  }
}

/** The first record that a consumer of this group gets; rejects where it is not let. */
async function firstOf(options: KafkaOptions, topic: string, groupId: string): Promise<string> {
  const consumer = rawClient(options).consumer({
    groupId,
    retry: { retries: 5, restartOnFailure: async () => false },
  });
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  consumer.on('consumer.crash', ({ payload }) => reject(payload.error));
  try {
    await consumer.connect();
    await consumer.subscribe({ topic, fromBeginning: true });
    await consumer.run({ eachMessage: async ({ message }) => resolve(String(message.value)) });
    return await promise;
  } finally {
    await consumer.disconnect();
  }
}
