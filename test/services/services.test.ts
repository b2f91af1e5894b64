import { setTimeout } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import kafkajs from 'kafkajs';
import pg from 'pg';
import { startKafka } from './kafka.ts';
import { type PostgresServer, startPostgres } from './postgres.ts';
import { startRedis } from './redis.ts';
import { startRegistry } from './registry.ts';

describe('a broker of tests', () => {
  test('keeps its topics at the same address over a hard end', async () => {
    const kafka = await startKafka();
    const client = new kafkajs.Kafka({ brokers: [...kafka.brokers], logLevel: kafkajs.logLevel.NOTHING });
    const admin = client.admin();
    try {
      await admin.connect();
      await admin.createTopics({ topics: [{ topic: 'hub.input', numPartitions: 3 }] });
      const [broker] = kafka.nodes;
      await broker!.kill();
      await broker!.up();
      const { topics } = await admin.fetchTopicMetadata({ topics: ['hub.input'] });
      expect(topics[0]!.partitions).toHaveLength(3);
    } finally {
      await admin.disconnect();
      await kafka.stop();
    }
  }, 240_000);
});

describe('a Redis of tests', () => {
  test('comes back empty at the same address', async () => {
    const server = await startRedis();
    const client = new Redis(server.url);
    client.on('error', () => {});
    try {
      await client.set('key', 'value');
      expect(await client.get('key')).toBe('value');
      await server.restartEmpty();
      expect(await client.get('key')).toBeNull();
    } finally {
      client.disconnect();
      await server.stop();
    }
  }, 240_000);
});

describe('a PostgreSQL of tests', () => {
  let server: PostgresServer;
  let client: pg.Client;
  beforeAll(async () => {
    server = await startPostgres();
  });
  afterAll(() => server.stop());
  beforeEach(async () => {
    client = new pg.Client({ connectionString: server.url });
    client.on('error', () => {});
    await client.connect();
  });
  afterEach(() => client.end());

  test('keeps what was committed, over an end that waits for no client and over a hard one', async () => {
    await client.query('create table item (id int)');
    await client.query('insert into item values (7)');
    await server.down();
    await server.up();
    await server.kill();
    await server.up();
    const later = new pg.Client({ connectionString: server.url });
    await later.connect();
    const { rows } = await later.query('select id from item');
    await later.end();
    expect(rows).toEqual([{ id: 7 }]);
  });

  test('says nothing to those who are connected while it is paused, and all of it afterwards', async () => {
    const said: unknown[] = [];
    await server.pause();
    const reply = client.query('select 7 as id').then(({ rows }) => said.push(...rows));
    // Answered at once by one that runs.
    await setTimeout(300);
    expect(said).toEqual([]);
    await server.resume();
    await reply;
    expect(said).toEqual([{ id: 7 }]);
  });
});

describe('a registry of tests', () => {
  test('gives the id of a schema over a restart', async () => {
    const server = await startRegistry();
    try {
      const schema = JSON.stringify({
        type: 'record',
        name: 'Item',
        fields: [{ name: 'id', type: 'string' }],
      });
      const registered = await fetch(`${server.url}/subjects/item-value/versions`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify({ schema }),
      });
      const { id } = (await registered.json()) as { id: number };
      await server.down();
      await server.up();
      const read = (await (await fetch(`${server.url}/schemas/ids/${id}`)).json()) as { schema: string };
      expect(JSON.parse(read.schema)).toEqual(JSON.parse(schema));
    } finally {
      await server.stop();
    }
  }, 240_000);
});
