import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { setTimeout } from 'node:timers/promises';
import type { Cluster } from './cluster.ts';

/** Who does the work: one process, which says `running` on standard output when it takes its first records. */
export interface Contender {
  readonly name: string;
  /** Program and arguments. */
  command(run: Run): readonly string[];
}

export interface Run {
  readonly brokers: string;
  readonly registry: string;
  readonly input: string;
  /** `<prefix><department>` are the output topics. */
  readonly prefix: string;
  /** Consumer group; also what else of a peer needs a name (application, transactional id, topic of its memory). */
  readonly group: string;
  /** For files. */
  readonly folder: string;
}

export interface Timed {
  /** From the start of the process to `running`. */
  readonly startMs: number;
  /** From `running` to the commit of the last record. */
  readonly workMs: number;
  /** Records a second over about the second half, when all is compiled that ever will be. */
  readonly lateRate: number;
  /** CPU of the process, its start included. */
  readonly cpuMs: number;
  /** NaN where the broker is not watched. */
  readonly brokerCpuMs: number;
  readonly residentMb: number;
}

const lookEveryMs = 50;

/** Lets a contender do all that is in the input. Seen from outside: the work is done when its group has committed the last record. */
export async function timed(
  contender: Contender,
  run: Run,
  records: number,
  cluster: Cluster,
  brokerPid: number | null,
): Promise<Timed> {
  const [program, ...args] = contender.command(run);
  const ofBroker = () => (brokerPid === null ? Number.NaN : cpuMsOf(brokerPid));
  const brokerBefore = ofBroker();
  const started = performance.now();
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'], env: { ...process.env } });
  const ended = once(child, 'exit');
  let over = false;
  void ended.then(() => {
    over = true;
  });
  try {
    for await (const line of createInterface({ input: child.stdout })) if (line === 'running') break;
    const running = performance.now();
    let half: { readonly at: number; readonly left: number } | null = null;
    for (;;) {
      const left = await cluster.lag(run.group, run.input);
      if (left === 0) break;
      if (over) throw new Error(`${contender.name} ended before its work was done`);
      if (half === null && left <= records / 2) half = { at: performance.now(), left };
      await setTimeout(lookEveryMs);
    }
    const done = performance.now();
    const { at, left } = half ?? { at: running, left: records };
    return {
      startMs: running - started,
      workMs: done - running,
      lateRate: (left / (done - at)) * 1_000,
      cpuMs: cpuMsOf(child.pid!),
      brokerCpuMs: ofBroker() - brokerBefore,
      residentMb: residentMbOf(child.pid!),
    };
  } finally {
    child.kill('SIGTERM');
    await ended;
  }
}

/** All threads, user and system. /proc counts in hundredths of a second. */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function residentMbOf(pid: number): number {
  const [, kb] = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kb) / 1024;
}
