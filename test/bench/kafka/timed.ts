import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { check } from './check.ts';
import { type Contender, cpuMsOf, type Run, start } from './contender.ts';
import { rules } from './rules.ts';
import type { BenchServers } from './servers.ts';

export interface Work {
  readonly input: string;
  /** Of the input. */
  readonly records: number;
  readonly partitions: number;
  /** Processes that share it; default 1. */
  readonly workers?: number;
}

export interface Timed {
  readonly records: number;
  /** From the start of the process to its first records. */
  readonly startMs: number;
  /** From there to the commit of the last record. */
  readonly workMs: number;
  /** Records a second over about the second half, when all is compiled that ever will be. */
  readonly lateRate: number;
  /** CPU of all its processes, their start included. */
  readonly cpuMs: number;
  /** NaN where the broker is not watched. */
  readonly brokerCpuMs: number;
  readonly residentMb: number;
}

const lookEveryMs = 50;

/**
 * Lets a contender do all that is in an input, and checks what it wrote. Seen from outside: the work is done when its group has
 * committed the last record.
 * @param area begins the names of its topics, and is that of its group; not used before.
 */
export async function timed(
  contender: Contender,
  work: Work,
  area: string,
  { cluster, registry, brokerPid }: BenchServers,
): Promise<Timed> {
  const { input, records, partitions } = work;
  const prefix = `${area}.`;
  const outputs = rules.departments.map((department) => prefix + department);
  const folder = mkdtempSync(join(tmpdir(), 'hub-bench-kafka-'));
  const brokers = cluster.brokers.join();
  const run: Run = { brokers, registry, input, partitions, prefix, group: area, folder };
  try {
    await cluster.createTopics(outputs, partitions);
    const measured = await measure(contender, run, work, (group) => cluster.lag(group, input), brokerPid);
    await check(run, records);
    await cluster.deleteTopics(outputs);
    return measured;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

async function measure(
  contender: Contender,
  run: Run,
  { records, workers = 1 }: Work,
  lag: (group: string) => Promise<number>,
  brokerPid: number | null,
): Promise<Timed> {
  const ofBroker = () => (brokerPid === null ? Number.NaN : cpuMsOf(brokerPid));
  const brokerBefore = ofBroker();
  const started = performance.now();
  const all = Array.from({ length: workers }, (_, worker) => start(contender, run, worker));
  try {
    await Promise.any(all.map(({ running }) => running));
    const running = performance.now();
    let half: { readonly at: number; readonly left: number } | null = null;
    for (;;) {
      const left = await lag(run.group);
      if (left === 0) break;
      for (const one of all) one.check();
      if (half === null && left <= records / 2) half = { at: performance.now(), left };
      await setTimeout(lookEveryMs);
    }
    const done = performance.now();
    const { at, left } = half ?? { at: running, left: records };
    return {
      records,
      startMs: running - started,
      workMs: done - running,
      lateRate: (left / (done - at)) * 1_000,
      cpuMs: sum(all.map((one) => one.cpuMs())),
      brokerCpuMs: ofBroker() - brokerBefore,
      residentMb: sum(all.map((one) => one.mostResidentMb())),
    };
  } finally {
    await Promise.all(all.map((one) => one.stop()));
  }
}

const sum = (values: readonly number[]): number => values.reduce((a, b) => a + b, 0);

export const rateOf = ({ records, workMs }: Timed): number => (records / workMs) * 1_000;
/** Microseconds a record. */
export const cpuUsOf = ({ records, cpuMs }: Timed): number => (cpuMs / records) * 1_000;
export const brokerCpuUsOf = ({ records, brokerCpuMs }: Timed): number => (brokerCpuMs / records) * 1_000;
