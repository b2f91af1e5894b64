import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import { itemIdOf } from '../../runtime/core/ids.ts';
import { rebuildRedisIndex } from '../../runtime/dedup-index/redis-rebuild.ts';
import { silentLogger } from '../../runtime/telemetry.ts';
import { topics } from '../../runtime/topics.ts';
import type { SourceRecord } from '../../schemas/types.ts';
import { type RedisServer, startRedis } from '../services/redis.ts';
import { startTcpProxy, type TcpProxy } from '../services/tcp-proxy.ts';
import { callAndMirror, linkTo, openRedisHub, prefix, type RedisHub, until } from '../support/redis-hub.ts';
import { baseOf } from '../support/small-hub.ts';

const idOf = (record: Partial<SourceRecord>): string => itemIdOf(baseOf(record), 1);

let server: RedisServer;
let at: RedisHub;

const stateOf = (record: Partial<SourceRecord>) => at.hub.state(baseOf(record));
const isPending = async (record: Partial<SourceRecord>) => (await stateOf(record)).unlinked !== null;

/** Both items are there, the later one has made the pair, and nothing waits. */
async function expectMirrors(numbers: readonly number[]): Promise<void> {
  for (const number of numbers) {
    const [call, mirror] = callAndMirror(number);
    const [earlier, later] = [await stateOf(call), await stateOf(mirror)];
    expect([earlier.unlinked, later.unlinked]).toEqual([null, null]);
    expect(later.pairs).toMatchObject([{ otherId: idOf(call), outcome: 'MADE', relation: 'MIRROR' }]);
    expect(later.membership).toMatchObject({ primaryItemId: idOf(call) });
  }
  const items = await at.hub.items(topics.items);
  const byItem = Map.groupBy(items, ({ itemId }) => itemId);
  for (const revisions of byItem.values())
    expect(revisions.map(({ revision }) => revision)).toEqual(revisions.map((_, index) => index + 1));
  expect(byItem.size).toBe(numbers.length * 2);
}

/** Items come while the index is as the fault has left it: they go on, without links. */
async function expectToGoOnUnlinked(numbers: readonly number[]): Promise<void> {
  const records = numbers.flatMap((number) => callAndMirror(number));
  for (const record of records) await at.hub.accept(record);
  await until(async () => (await Promise.all(records.map(isPending))).every(Boolean));
  const published = new Set((await at.hub.items(topics.items)).map(({ itemId }) => itemId));
  for (const record of records) expect(published).toContain(idOf(record));
}

async function acceptAll(...numbers: readonly number[]): Promise<void> {
  for (const number of numbers) for (const record of callAndMirror(number)) await at.hub.accept(record);
  await at.hub.settle();
}

function overOneRedis(): void {
  beforeEach(async () => {
    server = await startRedis();
    at = await openRedisHub(server.url);
  }, 120_000);
  afterEach(async () => {
    await at.close();
    await server.stop();
  });
}

describe('links over a Redis', () => {
  overOneRedis();

  test('are found as over the embedded index', async () => {
    await acceptAll(1, 2, 3);
    await expectMirrors([1, 2, 3]);
  }, 120_000);

  test('wait while it is gone, and come when it is back without all that it held', async () => {
    const [call, mirror] = callAndMirror(1);
    await at.hub.accept(call);
    await at.hub.settle();
    await server.kill();
    await at.hub.accept(mirror);
    await until(() => isPending(mirror));
    await expectToGoOnUnlinked([2]);
    await server.up();
    await at.hub.settle();
    await expectMirrors([1, 2]);
  }, 240_000);

  test('wait while it says nothing, and come when it answers again', async () => {
    await acceptAll(1);
    server.pause();
    await expectToGoOnUnlinked([2]);
    server.resume();
    await at.hub.settle();
    await expectMirrors([1, 2]);
  }, 240_000);

  test('wait while it is full, and come when it has room', async () => {
    await acceptAll(1);
    const client = new Redis(server.url);
    await client.config('SET', 'maxmemory', '1');
    await expectToGoOnUnlinked([2]);
    await client.config('SET', 'maxmemory', '0');
    client.disconnect();
    await at.hub.settle();
    await expectMirrors([1, 2]);
  }, 240_000);

  test('come also where it was emptied while nobody looked, and no made link is lost', async () => {
    const [call, mirror] = callAndMirror(1);
    await at.hub.accept(call);
    await at.hub.settle();
    await acceptAll(2);
    const client = new Redis(server.url);
    await client.flushall();
    client.disconnect();
    await at.hub.accept(mirror);
    // What was made stays made while the index knows nothing.
    expect((await stateOf(callAndMirror(2)[1])).pairs).toHaveLength(1);
    await until(async () => !(await isPending(mirror)));
    await at.hub.settle();
    await expectMirrors([1, 2]);
  }, 240_000);
});

describe('links over a Redis that gives way to a replica', () => {
  let replica: RedisServer;
  let replication: TcpProxy;
  let line: TcpProxy;
  const hostOf = (url: string) => new URL(url).host;

  beforeEach(async () => {
    server = await startRedis({ 'repl-diskless-sync-delay': '0' });
    replication = await startTcpProxy(hostOf(server.url));
    replica = await startRedis({ replicaof: replication.address.replace(':', ' ') });
    line = await startTcpProxy(hostOf(server.url));
    at = await openRedisHub(`redis://${line.address}`);
  }, 120_000);
  afterEach(async () => {
    await at.close();
    await line.stop();
    await replication.stop();
    await replica.stop();
    await server.stop();
  });

  test('come where it was behind: what it never got is put back and looks again', async () => {
    await acceptAll(1);
    const client = new Redis(replica.url);
    const master = new Redis(server.url);
    await until(
      async () => (await client.dbsize()) > 0 && (await client.dbsize()) === (await master.dbsize()),
    );
    await replication.cut();
    const [call, mirror] = callAndMirror(2);
    // Both are linked with nobody yet; the replica hears of neither.
    await at.hub.accept(call);
    await at.hub.settle();
    await acceptAll(3);
    master.disconnect();
    await server.kill();
    await client.call('replicaof', 'no', 'one');
    client.disconnect();
    const { address } = line;
    await line.stop();
    line = await startTcpProxy(hostOf(replica.url), Number(address.split(':')[1]));
    await at.hub.accept(mirror);
    await until(async () => (await stateOf(mirror)).pairs.length > 0);
    await acceptAll(4);
    await expectMirrors([1, 2, 3, 4]);
  }, 240_000);
});

describe('the index built anew while the hub runs', () => {
  overOneRedis();

  const rebuild = () =>
    rebuildRedisIndex({
      ...at.hub.home,
      link: at.link,
      prefix,
      logger: silentLogger,
      graceMs: 1_000,
      signal: new AbortController().signal,
    });

  test('holds what was there and what came meanwhile; the one before is removed', async () => {
    const calls = [1, 2, 3, 4, 5, 6].map((number) => callAndMirror(number));
    for (const [call] of calls.slice(0, 3)) await at.hub.accept(call);
    await at.hub.settle();
    const rebuilding = rebuild();
    for (const [call] of calls.slice(3)) await at.hub.accept(call);
    expect(await rebuilding).toMatchObject({ generation: 2 });
    const client = new Redis(server.url);
    const names = new Set((await client.keys('hub.i*{*')).map((key) => key.slice(0, key.indexOf('{'))));
    client.disconnect();
    expect([...names]).toEqual([expect.stringMatching(/\.2$/)]);
    for (const [, mirror] of calls) await at.hub.accept(mirror);
    await at.hub.settle();
    await expectMirrors([1, 2, 3, 4, 5, 6]);
  }, 240_000);

  test('is the way out for one that is of another time than the log', async () => {
    await acceptAll(1, 2);
    const client = new Redis(server.url);
    // As after a log that was put back: the turns that put here are yet to come.
    const marks = (await client.keys('hub.i*m')).filter((key) => key.endsWith('}m'));
    const ahead = Buffer.alloc(24);
    ahead.writeUIntBE(900_000, 0, 6);
    ahead.writeUIntBE(900_001, 12, 6);
    ahead.writeUIntBE(1, 18, 6);
    for (const key of marks)
      for (let partition = 0; partition < 4; partition += 1) await client.hset(key, partition, ahead);
    client.disconnect();
    await expectToGoOnUnlinked([3]);
    await rebuild();
    await at.hub.settle();
    await expectMirrors([1, 2, 3]);
  }, 240_000);

  test('gives way to a later one', async () => {
    await acceptAll(1);
    const [first, second] = await Promise.allSettled([rebuild(), rebuild()]);
    const outcomes = [first, second].map(({ status }) => status).sort();
    expect(outcomes).toContain('fulfilled');
    await acceptAll(2);
    await expectMirrors([1, 2]);
  }, 240_000);
});

describe('a Redis that is no good for the index', () => {
  test.each<[string, Record<string, string>, RegExp]>([
    ['may drop keys', { maxmemory: '100mb', 'maxmemory-policy': 'allkeys-lru' }, /noeviction was expected/],
    ['wants a password', { requirepass: 'geheim' }, /NOAUTH/],
  ])(
    'is told at the start: it %s',
    async (_, settings, message) => {
      const bad = await startRedis();
      const client = new Redis(bad.url);
      try {
        for (const [name, value] of Object.entries(settings)) await client.config('SET', name, value);
        await expect(linkTo(bad.url)).rejects.toMatchObject({
          code: 'HUB_INDEX_SETTING',
          message: expect.stringMatching(message),
        });
      } finally {
        client.disconnect();
        await bad.stop();
      }
    },
    120_000,
  );
});
