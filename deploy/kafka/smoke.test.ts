import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { type KafkaCluster, startKafka } from '../../test/services/kafka.ts';
import { type PostgresServer, startPostgres } from '../../test/services/postgres.ts';
import { type RedisServer, startRedis } from '../../test/services/redis.ts';
import { type RegistryServer, startRegistry } from '../../test/services/registry.ts';
import { readComposeFile } from '../../test/support/compose-file.ts';

/** What compose.yaml sets, without what is of a place: names of hosts, ports, folders, passwords. */
const { services } = readComposeFile();

const placed = /^KAFKA_(NODE_ID|PROCESS_ROLES|LOG_DIRS|.*LISTENER.*|CONTROLLER_.*)$/;

/** `KAFKA_A_B` is `a.b`, as the image takes it. */
const brokerSettings = Object.fromEntries(
  Object.entries(services.kafka.environment)
    .filter(([name]) => name.startsWith('KAFKA_') && !placed.test(name))
    .map(([name, value]) => [name.slice('KAFKA_'.length).toLowerCase().replaceAll('_', '.'), value]),
);

const redisSettings = Object.fromEntries(
  services.redis.command!.slice(1).flatMap((word, index, words) => {
    return word.startsWith('--') ? [[word.slice(2), words[index + 1]!]] : [];
  }),
);

describe('what compose.yaml starts, as processes of this machine', () => {
  let kafka: KafkaCluster;
  let redis: RedisServer;
  let postgres: PostgresServer;
  let registry: RegistryServer;

  beforeAll(async () => {
    [kafka, redis, postgres] = await Promise.all([
      startKafka({ properties: brokerSettings }),
      startRedis(redisSettings),
      startPostgres(),
    ]);
    const { host, pathname, username } = new URL(postgres.url);
    registry = await startRegistry({
      settings: {
        ...services.registry.environment,
        APICURIO_DATASOURCE_URL: `jdbc:postgresql://${host}${pathname}`,
        APICURIO_DATASOURCE_USERNAME: username,
        APICURIO_DATASOURCE_PASSWORD: '',
      },
    });
  }, 300_000);
  afterAll(() => Promise.all([kafka, redis, registry, postgres].map((server) => server?.stop())));

  test('has a broker that makes no topic for who merely asks for it', async () => {
    expect(Object.keys(brokerSettings)).toContain('auto.create.topics.enable');
    const { Kafka, logLevel } = kafkajs;
    const client = new Kafka({
      brokers: [...kafka.brokers],
      logLevel: logLevel.NOTHING,
      connectionTimeout: 30_000,
      retry: { retries: 0 },
    });
    const producer = client.producer();
    await producer.connect();
    await expect(producer.send({ topic: 'hub.input', messages: [{ value: 'x' }] })).rejects.toThrow(
      /does not host this topic-partition/,
    );
    await producer.disconnect();
  });

  test('has a Redis that drops nothing without a word, and finds its keys again after a restart', async () => {
    const client = new Redis(redis.url);
    client.on('error', () => {});
    try {
      expect(await client.config('GET', 'maxmemory-policy')).toEqual(['maxmemory-policy', 'noeviction']);
      await client.set('key', 'value');
      await redis.down();
      await redis.up();
      expect(await client.get('key')).toBe('value');
    } finally {
      client.disconnect();
    }
  });

  test('has a registry that keeps its schemas in the database of the hub', async () => {
    const schema = JSON.stringify({ type: 'record', name: 'Item', fields: [{ name: 'id', type: 'string' }] });
    const reply = await fetch(`${registry.url}/subjects/item-value/versions`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ schema }),
    });
    expect(reply.status).toBe(200);
    const client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    const { rows } = await client.query('select count(*)::int as versions from public.versions');
    await client.end();
    expect(rows).toEqual([{ versions: 1 }]);
  });
});
