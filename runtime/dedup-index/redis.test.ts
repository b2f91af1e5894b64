import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { Redis } from 'ioredis';
import type { z } from 'zod';
import { copyOfAll } from '../../test/contract/dedup-index/fixture.ts';
import { dedupIndexContract } from '../../test/contract/dedup-index.ts';
import { type RedisServer, startRedis } from '../../test/services/redis.ts';
import { exampleEntries } from '../../test/support/index-entries.ts';
import { type RedisCluster, startRedisCluster } from '../../test/support/redis-cluster.ts';
import { systemClock } from '../clock.ts';
import { silentLogger } from '../telemetry.ts';
import { RedisDedupIndex } from './redis.ts';
import { openRedisLink, type RedisLink } from './redis-link.ts';
import { redisOptions } from './redis-options.ts';

const patient = { connectTimeoutMs: 10_000, requestTimeoutMs: 60_000 };
const linkTo = (redis: z.input<typeof redisOptions>) =>
  openRedisLink({
    redis: redisOptions.parse({ ...patient, ...redis }),
    clock: systemClock,
    logger: silentLogger,
  });
let link: RedisLink;
let trips = 0;
/** Calls that are made while none is under way begin a round trip; those made meanwhile share it. */
function counting(of: RedisLink): RedisLink {
  let underWay = 0;
  const counted = async <T>(call: () => Promise<T>): Promise<T> => {
    if (underWay === 0) trips += 1;
    underWay += 1;
    return call().finally(() => {
      underWay -= 1;
    });
  };
  return {
    run: (...call) => counted(() => of.run(...call)),
    getAll: (keys) => counted(() => of.getAll(keys)),
    get: (key) => counted(() => of.get(key)),
    set: (key, value) => counted(() => of.set(key, value)),
    setIfAbsent: (key, value) => counted(() => of.setIfAbsent(key, value)),
    removeAll: (prefix) => counted(() => of.removeAll(prefix)),
    close: () => of.close(),
  };
}
let opened = 0;
/** Each index has names of its own. */
const open = async ({ k }: { readonly k: number }) => {
  opened += 1;
  return {
    index: new RedisDedupIndex({ link, name: `t${opened}`, k, committed: async () => [] }),
    close: async () => {},
  };
};

describe('on one server', () => {
  let server: RedisServer;
  beforeAll(async () => {
    server = await startRedis();
    link = await linkTo({ url: server.url });
  }, 120_000);
  afterAll(async () => {
    await link.close();
    await server.stop();
  });
  dedupIndexContract('The dedup index in Redis', open, { modelRuns: 100 });

  const example = exampleEntries(5);
  const examples = Array.from({ length: 1_000 }, (_, n) => example(n));
  const queries = examples.map((entry) => ({ ...entry, laterKeys: entry.keys }));
  const reach = { partition: 0, from: 0, to: 1_000, stateOffset: 0 };

  test('takes one round trip to put a batch and one to ask, and one more only for entries that others have put', async () => {
    const own = new RedisDedupIndex({ link: counting(link), name: 'trips', committed: async () => [] });
    const others = new RedisDedupIndex({ link: counting(link), name: 'trips', committed: async () => [] });
    trips = 0;
    await own.put(examples, [reach]);
    expect(trips).toBe(1);
    await own.neighbours(queries);
    expect(trips).toBe(2);
    const found = await others.neighbours(queries);
    expect(trips).toBe(4);
    await others.neighbours(queries);
    expect(trips).toBe(5);
    expect(found.map(copyOfAll)).toEqual((await own.neighbours(queries)).map(copyOfAll));
  }, 60_000);

  test('lets everything go 97 days after the last put, at most 2.5 KB an item', async () => {
    const client = new Redis(server.url);
    try {
      const used = async () => Number(/^used_memory:(\d+)/m.exec(await client.info('memory'))![1]);
      const before = await used();
      const index = new RedisDedupIndex({ link, name: 'kept', committed: async () => [] });
      await index.put(examples, [reach]);
      expect(((await used()) - before) / examples.length).toBeLessThan(2_500);
      const keys = (await client.keysBuffer('kept{*')).filter((key) => !key.toString().endsWith('}m'));
      expect(keys.length).toBeGreaterThan(examples.length);
      const left = await Promise.all(keys.map((key) => client.pttl(key)));
      const days = 97 * 86_400_000;
      expect(Math.max(...left)).toBeLessThanOrEqual(days);
      expect(Math.min(...left)).toBeGreaterThan(days - 3_600_000);
    } finally {
      client.disconnect();
    }
  }, 60_000);

  test('fails at once where there is no Redis, and works when there is one', async () => {
    const away = await startRedis();
    await away.kill();
    const lost = await linkTo({ url: away.url });
    const index = new RedisDedupIndex({ link: lost, name: 'away', committed: async () => [] });
    try {
      await expect(index.put(examples.slice(0, 1))).rejects.toMatchObject({ code: 'HUB_INDEX_UNAVAILABLE' });
      await away.up();
      for (;;) {
        try {
          await index.put(examples.slice(0, 1));
          break;
        } catch (thrown) {
          expect(thrown).toMatchObject({ code: 'HUB_INDEX_UNAVAILABLE' });
          await setTimeout(50);
        }
      }
    } finally {
      await lost.close();
      await away.stop();
    }
  }, 120_000);
});

describe('on a cluster', () => {
  let cluster: RedisCluster;
  beforeAll(async () => {
    cluster = await startRedisCluster();
    link = await linkTo({ nodes: [...cluster.nodes] });
  }, 240_000);
  afterAll(async () => {
    await link.close();
    await cluster.stop();
  });
  dedupIndexContract('The dedup index in Redis Cluster', open, { modelRuns: 10 });
});
