import { afterAll, beforeAll, describe } from '@jest/globals';
import type { z } from 'zod';
import { dedupIndexContract } from '../../test/contract/dedup-index.ts';
import { type RedisServer, startRedis } from '../../test/services/redis.ts';
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
