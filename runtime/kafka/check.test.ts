import { once } from 'node:events';
import { createServer as createHttpServer } from 'node:http';
import { type AddressInfo, createServer, type Server, type Socket } from 'node:net';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { makeCertificates } from '../../test/services/certificates.ts';
import { type KafkaCluster, startKafka } from '../../test/services/kafka.ts';
import { freshInstance, shared } from '../../test/services/shared.ts';
import { systemClock } from '../clock.ts';
import { confluentSchemaRegistry } from '../schema-registry/confluent.ts';
import { registryOptions } from '../schema-registry/confluent-options.ts';
import { silentLogger } from '../telemetry.ts';
import { applyPlan, planFor } from './apply.ts';
import { type CheckOptions, checkServices, expectServices } from './check.ts';
import { openCluster } from './cluster.ts';
import { kafkaNames } from './names.ts';
import { kafkaOptions } from './options.ts';
import type { Wanted } from './plan.ts';
import { probe } from './probe.ts';

let mutual: KafkaCluster;
let plain: string;
beforeAll(async () => {
  mutual = await startKafka({ demands: { tls: 'mutual', sasl: true } });
  [plain] = (await shared('kafka')).brokers as [string];
}, 240_000);
afterAll(() => mutual.stop());

const servers: Server[] = [];
afterEach(() => {
  for (const server of servers.splice(0)) server.close();
});
async function listening(server: Server): Promise<string> {
  servers.push(server);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return `127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const options = (broker: string, security: object = {}, more: object = {}) =>
  kafkaOptions.parse({ brokers: [broker], security, connectTimeoutMs: 3_000, ...more });
const probed = (broker: string, security: object = {}) => probe(broker, options(broker, security));
const own = () => {
  const { ca, client } = mutual.access!.certificates;
  return { tls: true, ca, certificate: client.certificate, key: client.key };
};

describe('a broker that is asked what it knows', () => {
  test('answers before any login', async () => {
    expect((await probed(plain)).get(28)).toBeGreaterThanOrEqual(3);
    expect((await probed(mutual.brokers[0]!, own())).get(28)).toBeGreaterThanOrEqual(3);
  });

  test.each([
    ['speaks TLS', () => [mutual.brokers[0]!, {}], 'HUB_KAFKA_UNREACHABLE', /TLS.*kafka\.security\.tls/],
    ['speaks no TLS', () => [plain, { tls: true }], 'HUB_KAFKA_UNREACHABLE', /no TLS/],
    [
      'wants a certificate',
      () => [mutual.brokers[0]!, { tls: true, ca: own().ca }],
      'HUB_KAFKA_REFUSED',
      /wants a certificate/,
    ],
    [
      'is vouched for by somebody else',
      () => [mutual.brokers[0]!, { ...own(), ca: makeCertificates().ca }],
      'HUB_KAFKA_REFUSED',
      /kafka\.security\.ca/,
    ],
    [
      'is shown a key that is none',
      () => [
        mutual.brokers[0]!,
        { ...own(), key: '-----BEGIN PRIVATE KEY-----\nabc\n-----END PRIVATE KEY-----' },
      ],
      'HUB_KAFKA_REFUSED',
      /cannot be used/,
    ],
    ['is not there', () => ['127.0.0.1:1', {}], 'HUB_KAFKA_UNREACHABLE', /nothing listens there/],
    ['has no such name', () => ['broker.invalid:9092', {}], 'HUB_KAFKA_UNREACHABLE', /name does not resolve/],
  ] as readonly (readonly [string, () => readonly [string, object], string, RegExp])[])(
    'that %s is told as such',
    async (_what, given, code, message) => {
      const [broker, security] = given();
      await expect(probed(broker, security)).rejects.toMatchObject({
        code,
        message: expect.stringMatching(message),
      });
    },
  );

  test('is told from another server, from one that says nothing, and from one that cuts', async () => {
    const web = await listening(createHttpServer() as unknown as Server);
    await expect(probed(web)).rejects.toMatchObject({
      message: expect.stringContaining('no broker of Kafka'),
    });
    const silent = await listening(createServer());
    await expect(probe(silent, options(silent, {}, { connectTimeoutMs: 500 }))).rejects.toMatchObject({
      message: expect.stringContaining('says nothing for 500 ms'),
    });
    const cutting = await listening(createServer((socket) => socket.destroy()));
    await expect(probed(cutting)).rejects.toMatchObject({
      message: expect.stringContaining('cuts the connection'),
    });
  });
});

describe('the check at the start', () => {
  const wanted = (instance: string, over: Partial<Wanted> = {}): Wanted => ({
    names: kafkaNames(instance),
    topics: [
      { name: 'hub.input', partitions: 2, retentionMs: 1_000 },
      { name: 'hub.state', partitions: 2, compacted: true },
    ],
    rights: null,
    replication: 1,
    minInSyncReplicas: 1,
    ...over,
  });
  const checking = (over: Partial<CheckOptions> = {}): CheckOptions => ({
    kafka: options(plain),
    wanted: wanted(freshInstance()),
    clientId: 'check',
    clock: systemClock,
    log: silentLogger,
    others: [],
    ...over,
  });
  const registryAt = (url: string) => () =>
    confluentSchemaRegistry(registryOptions.parse({ url })).versions('hub.items-value');

  test('finds nothing where topics were applied and all services answer', async () => {
    const made = wanted(freshInstance());
    const { url } = await shared('registry');
    const checked = checking({ wanted: made, others: [registryAt(url)] });
    const cluster = await openCluster(checked);
    await applyPlan(cluster, made, await planFor(cluster, made), systemClock);
    await cluster.close();
    await expectServices(checked);
  }, 240_000);

  test('tells everything at once: few brokers, missing topics, a registry that is away, each with its fix', async () => {
    const checked = checking({
      wanted: wanted(freshInstance(), { replication: 3, minInSyncReplicas: 2 }),
      others: [registryAt('http://127.0.0.1:1')],
    });
    const error = await expectServices(checked).catch((thrown: unknown) => thrown as Error);
    expect(error).toMatchObject({
      code: 'HUB_SERVICES_UNFIT',
      context: {
        codes: ['HUB_KAFKA_TOO_FEW_BROKERS', 'HUB_SCHEMA_REGISTRY_UNAVAILABLE', 'HUB_KAFKA_TOPICS_UNFIT'],
      },
    });
    const lines = (error as Error).message.split('\n');
    expect(lines[0]).toBe('3 things are wrong:');
    expect(lines.slice(1).every((line) => line.includes('; fix: '))).toBe(true);
    expect(lines[3]).toMatch(/missing: t\w+\.hub\.input, t\w+\.hub\.state; fix: .*hub topics plan/);
  }, 60_000);

  test('tells topics that are kept otherwise, and those that may never be', async () => {
    const made = wanted(freshInstance());
    const cluster = await openCluster(checking());
    await applyPlan(cluster, made, await planFor(cluster, made), systemClock);
    await cluster.close();
    const [input, state] = made.topics as [Wanted['topics'][0], Wanted['topics'][0]];
    const other = {
      ...made,
      topics: [
        { ...input, retentionMs: 5_000 },
        { ...state, partitions: 4 },
      ],
    };
    await expect(expectServices(checking({ wanted: other }))).rejects.toMatchObject({
      context: { codes: ['HUB_LOG_PARTITIONS_FROZEN', 'HUB_KAFKA_TOPICS_UNFIT'] },
      message: expect.stringMatching(/hub\.state has 2 partitions, not 4[\s\S]*hub\.input retention\.ms/),
    });
  }, 60_000);

  test('tells a wrong password, and a login that is missing, beside what else is wrong', async () => {
    const [broker] = mutual.brokers as [string];
    const others = [registryAt('http://127.0.0.1:1')];
    const wrong = { ...own(), sasl: 'SCRAM-SHA-512', username: 'hub', password: 'wr0ng' };
    const { findings, plan } = await checkServices(checking({ kafka: options(broker, wrong), others }));
    expect(plan).toBeNull();
    expect(findings.map(({ code }) => code)).toEqual([
      'HUB_KAFKA_REFUSED',
      'HUB_SCHEMA_REGISTRY_UNAVAILABLE',
    ]);
    expect(findings[0]!.message).not.toContain('wr0ng');
    const without = await checkServices(checking({ kafka: options(broker, own()) }));
    expect(without.findings).toMatchObject([{ message: expect.stringContaining('kafka.security.sasl') }]);
  }, 120_000);

  test('lets one broker be away, but not all', async () => {
    const some = kafkaOptions.parse({ brokers: ['127.0.0.1:1', plain] });
    expect((await checkServices(checking({ kafka: some }))).findings).toEqual([]);
    const none = kafkaOptions.parse({ brokers: ['127.0.0.1:1', '127.0.0.1:2'] });
    expect((await checkServices(checking({ kafka: none }))).findings).toHaveLength(2);
  }, 60_000);

  // No broker so old runs on a JVM of today: its answer stands for it, as Kafka 2.2 gave it.
  test('finds a broker that is too old to fence anybody', async () => {
    const old = await listening(createServer((socket) => answerAsKafka22(socket)));
    const { findings } = await checkServices(
      checking({ kafka: options(old, {}, { connectTimeoutMs: 500 }) }),
    );
    expect(findings.slice(0, 2)).toMatchObject([
      {
        code: 'HUB_KAFKA_TOO_OLD',
        message: expect.stringContaining('TxnOffsetCommit up to version 2, expected 3 (Kafka 2.5)'),
      },
      {
        code: 'HUB_KAFKA_TOO_OLD',
        message: expect.stringContaining('JoinGroup up to version 4, expected 5 (Kafka 2.3)'),
      },
    ]);
  }, 120_000);
});

/** ApiVersions only; whatever else it is asked, it hangs up. */
function answerAsKafka22(socket: Socket): void {
  socket.on('error', () => {});
  socket.on('data', (asked: Buffer) => {
    if (asked.readInt16BE(4) !== 18 || asked.readInt16BE(6) !== 0) return void socket.destroy();
    const known = [
      [11, 0, 4],
      [18, 0, 2],
      [28, 0, 2],
    ] as const;
    const answer = Buffer.alloc(14 + 6 * known.length);
    answer.writeInt32BE(answer.length - 4, 0);
    answer.writeInt32BE(asked.readInt32BE(8), 4);
    answer.writeInt16BE(0, 8);
    answer.writeInt32BE(known.length, 10);
    for (const [at, value] of known.flat().entries()) answer.writeInt16BE(value, 14 + 2 * at);
    socket.write(answer);
  });
}
