import { setTimeout } from 'node:timers/promises';
import { systemClock } from '../../runtime/clock.ts';
import { committedPositions } from '../../runtime/core/lane-positions.ts';
import { RedisIndex } from '../../runtime/dedup-index/redis-generations.ts';
import { openRedisLink, type RedisLink } from '../../runtime/dedup-index/redis-link.ts';
import { redisOptions } from '../../runtime/dedup-index/redis-options.ts';
import { silentLogger } from '../../runtime/telemetry.ts';
import type { SourceRecord } from '../../schemas/types.ts';
import { morning, sourceRecord } from './records.ts';
import { openSmallHub, type SmallHub } from './small-hub.ts';

export const prefix = 'hub.';

export interface RedisHub {
  readonly hub: SmallHub;
  readonly link: RedisLink;
  close(): Promise<void>;
}

export const linkTo = (url: string, requestTimeoutMs = 500): Promise<RedisLink> =>
  openRedisLink({
    redis: redisOptions.parse({ url, requestTimeoutMs, connectTimeoutMs: 1_000 }),
    clock: systemClock,
    logger: silentLogger,
  });

/** A small hub whose index is in Redis. */
export async function openRedisHub(url: string): Promise<RedisHub> {
  const link = await linkTo(url);
  const hub = await openSmallHub({
    workers: 2,
    openIndex: ({ log, partitions, linkerVersion }) =>
      new RedisIndex({ link, prefix, linkerVersion, committed: () => committedPositions(log, partitions) }),
  });
  return {
    hub,
    link,
    async close() {
      await hub.close();
      await link.close();
    },
  };
}

/** A call to the hotline, and the same call as it comes by the four platforms: each pair of them is a mirror. */
export function callAndMirror(number: number): readonly [Partial<SourceRecord>, Partial<SourceRecord>] {
  const recordId = `PT2026031000${1_000 + number}`;
  const at = morning + number * 60_000;
  const call: Partial<SourceRecord> = {
    system: 'hotline-12345',
    channel: 'PHONE',
    recordId,
    recordVersion: '1',
    title: `第${number}号市民来电`,
    body: `编号${number * 7_919}的诉求,请处理`,
    reportedAt: at,
    ingestedAt: at + 1_000,
    reporter: { ...sourceRecord().reporter, ref: `hk1:${number}`, name: null, phone: null },
  };
  const mirror: Partial<SourceRecord> = {
    ...call,
    system: 'four-platforms',
    channel: 'TRANSFER',
    recordId: `SPT330903-26031${10_000 + number}`,
    relatedIds: [`hotline-12345:${recordId}`],
    title: '转办',
    body: '请及时处理',
    reportedAt: at + 30_000,
    ingestedAt: at + 31_000,
    reporter: { ...sourceRecord().reporter, ref: null, name: null, phone: null },
  };
  return [call, mirror];
}

export async function until(holds: () => Promise<boolean>): Promise<void> {
  while (!(await holds().catch(() => false))) await setTimeout(50);
}
