import { Redis } from 'ioredis';
import { systemClock } from '../../runtime/clock.ts';
import { openEmbeddedDedupIndex } from '../../runtime/dedup-index/embedded.ts';
import type { DedupIndex, NeighbourQuery, Reach } from '../../runtime/dedup-index/index.ts';
import { RedisDedupIndex } from '../../runtime/dedup-index/redis.ts';
import { openRedisLink } from '../../runtime/dedup-index/redis-link.ts';
import { redisOptions } from '../../runtime/dedup-index/redis-options.ts';
import { silentLogger } from '../../runtime/telemetry.ts';
import { startRedis } from '../services/redis.ts';
import { exampleEntries } from '../support/index-entries.ts';
import { type Figure, figure } from './figure.ts';

const batch = 1_000;
const entries = exampleEntries(20260310);

interface Taken {
  /** Of this thread, and of all that it waited for; ms. */
  readonly cpuMs: number;
  readonly wallMs: number;
  readonly longestMs: number;
}

/** As the item writer does it: a batch is put, with its mark, then it asks. The first half fills the index, the second is measured. */
async function fill(index: DedupIndex, items: number, halfway: () => Promise<void>): Promise<Taken> {
  const taken = { cpuMs: 0, wallMs: 0, longestMs: 0 };
  for (let first = 0; first < items; first += batch) {
    if (first === items / 2) await halfway();
    const batched = Array.from({ length: batch }, (_, i) => entries(first + i));
    const queries = batched.map((entry): NeighbourQuery => ({ ...entry, laterKeys: entry.keys }));
    const reach: Reach = { partition: 0, from: first, to: first + batch, stateOffset: first };
    const cpu = process.cpuUsage();
    const began = performance.now();
    await index.put(batched, [reach]);
    await index.neighbours(queries);
    const wallMs = performance.now() - began;
    const { user, system } = process.cpuUsage(cpu);
    if (first < items / 2) continue;
    taken.cpuMs += (user + system) / 1_000;
    taken.wallMs += wallMs;
    taken.longestMs = Math.max(taken.longestMs, wallMs);
  }
  return taken;
}

/** The dedup index in Redis, on this machine, against the embedded one: batches of 1,000 put and asked for. */
export async function redisIndex(given: number): Promise<readonly Figure[]> {
  const items = Math.max(2, Math.round(given / batch / 2) * 2) * batch;
  const measured = items / 2;
  const embedded = await fill(openEmbeddedDedupIndex({ maxEntries: items }), items, async () => {});
  const server = await startRedis();
  const client = new Redis(server.url);
  const redis = redisOptions.parse({ url: server.url, requestTimeoutMs: 60_000 });
  const link = await openRedisLink({ redis, clock: systemClock, logger: silentLogger });
  try {
    const infoOf = async (section: string, name: string): Promise<number> =>
      Number(new RegExp(`^${name}:(.*)$`, 'm').exec(await client.info(section))![1]);
    const serverCpu = async () =>
      (await infoOf('cpu', 'used_cpu_user')) + (await infoOf('cpu', 'used_cpu_sys'));
    const empty = await infoOf('memory', 'used_memory');
    let cpuBefore = 0;
    const index = new RedisDedupIndex({ link, name: 'hub.bench.1', committed: async () => [] });
    const taken = await fill(index, items, async () => {
      cpuBefore = await serverCpu();
    });
    const serverMs = ((await serverCpu()) - cpuBefore) * 1_000;
    const bytes = ((await infoOf('memory', 'used_memory')) - empty) / items;
    const perSecond = ({ wallMs }: Taken) => measured / (wallMs / 1_000);
    const usPerItem = (ms: number) => (ms * 1_000) / measured;
    return [
      figure('redis-index puts and questions', perSecond(taken), 'items/s', perSecond(embedded)),
      figure('redis-index CPU of the hub', usPerItem(taken.cpuMs), 'µs/item', usPerItem(embedded.cpuMs)),
      figure('redis-index CPU of Redis', usPerItem(serverMs), 'µs/item'),
      figure('redis-index longest batch of 1,000', taken.longestMs, 'ms', embedded.longestMs),
      figure('redis-index memory of Redis', bytes, 'bytes/item', 300),
    ];
  } finally {
    client.disconnect();
    await link.close();
    await server.stop();
  }
}
