import { setTimeout } from 'node:timers/promises';
import { type Figure, figure, quantile } from '../figure.ts';
import { type ContenderName, contenders } from './contenders.ts';
import type { BenchServers } from './servers.ts';
import { underFeed } from './under-feed.ts';

/** Of p99 from a source to a department's topic (issue 6). */
const aimMs = 500;
const rate = 1_000;
/** Until all is compiled that ever will be. */
const warmUpMs = 15_000;

/**
 * From the time at which a record was due at its source to the time at which a reader of committed records had it on the topic of its
 * department, at 1,000 records a second.
 * @param records how many are measured
 */
export async function latency(
  names: readonly ContenderName[],
  records: number,
  servers: BenchServers,
): Promise<readonly Figure[]> {
  const figures: Figure[] = [];
  for (const name of names) {
    const contender = contenders[name];
    const area = `hub.latency.${name}`;
    const sorted = await underFeed(contender, rate, area, servers, async (started, arrivals) => {
      await setTimeout(warmUpMs);
      const from = Date.now();
      await setTimeout((records / rate) * 1_000);
      const until = Date.now();
      // The last that was due has to arrive.
      await setTimeout(5_000);
      started.check();
      return arrivals
        .filter(({ dueAt }) => dueAt >= from && dueAt < until)
        .map(({ dueAt, arrivedAt }) => arrivedAt - dueAt)
        .sort((a, b) => a - b);
    });
    if (sorted.length === 0) throw new Error(`nothing of ${contender.name} arrived`);
    figures.push(
      figure(`${contender.name}: p50 at ${rate}/s`, quantile(sorted, 0.5), 'ms'),
      figure(`${contender.name}: p99 at ${rate}/s`, quantile(sorted, 0.99), 'ms', aimMs),
      figure(`${contender.name}: records that arrived`, sorted.length, 'records'),
    );
  }
  return figures;
}
