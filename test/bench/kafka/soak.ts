import { setTimeout } from 'node:timers/promises';
import { type Figure, figure } from '../figure.ts';
import { reducedHub } from './contenders.ts';
import type { BenchServers } from './servers.ts';
import { underFeed } from './under-feed.ts';

const rate = 1_000;
/** Ids remembered of each partition: full after less than a minute, so that what grows then should not. */
const keep = 10_000;
/** Growth of the resident memory in ten minutes, of what it was after the warm-up (issue 6). */
const aimPercent = 1;
const sampleEveryMs = 5_000;

/**
 * The reduced hub at 1,000 records a second: by how much its memory grows. A line is laid through all samples after the warm-up, the
 * first sixth of the time.
 */
export async function soak(minutes: number, servers: BenchServers): Promise<readonly Figure[]> {
  const contender = reducedHub(10_000, keep);
  const samples = await underFeed(contender, rate, 'hub.soak', servers, async (started, arrivals) => {
    const begun = Date.now();
    const all: Sample[] = [];
    while (Date.now() - begun < minutes * 60_000) {
      await setTimeout(sampleEveryMs);
      started.check();
      all.push({ minute: (Date.now() - begun) / 60_000, mb: started.residentMb(), arrived: arrivals.length });
    }
    return all;
  });
  const measured = samples.filter(({ minute }) => minute > minutes / 6);
  const { at, slope } = line(measured);
  return [
    figure('soak: memory after the warm-up', at, 'MiB'),
    figure('soak: growth in 10 minutes', ((10 * slope) / at) * 100, '%', aimPercent),
    figure('soak: most memory', Math.max(...samples.map(({ mb }) => mb)), 'MiB'),
    figure('soak: records that arrived', samples.at(-1)!.arrived, 'records'),
  ];
}

interface Sample {
  readonly minute: number;
  readonly mb: number;
  readonly arrived: number;
}

/** Least squares. @returns MiB at the first sample, and MiB a minute */
function line(samples: readonly Sample[]): { readonly at: number; readonly slope: number } {
  const mean = (of: (sample: Sample) => number) =>
    samples.reduce((sum, one) => sum + of(one), 0) / samples.length;
  const minute = mean((one) => one.minute);
  const mb = mean((one) => one.mb);
  const slope =
    mean((one) => (one.minute - minute) * (one.mb - mb)) / mean((one) => (one.minute - minute) ** 2);
  return { at: mb + slope * (samples[0]!.minute - minute), slope };
}
