import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** Who does the work, in a process that says `running` on standard output when it takes its first records and ends on SIGTERM. */
export interface Contender {
  readonly name: string;
  /** Program and arguments. @param worker 0, 1, …: which of several that share the work */
  command(run: Run, worker: number): readonly string[];
}

export interface Run {
  readonly brokers: string;
  readonly registry: string;
  readonly input: string;
  /** Of the input and of each output. */
  readonly partitions: number;
  /** `<prefix><department>` are the output topics. */
  readonly prefix: string;
  /** Consumer group; also what else of a peer needs a name (application, transactional id, topic of its memory). */
  readonly group: string;
  /** For files. */
  readonly folder: string;
}

export interface Started {
  /** Resolves when it takes its first records; rejects when it ends before. */
  readonly running: Promise<void>;
  /** Throws when it has ended by itself. */
  check(): void;
  /** All threads, user and system, since its start. */
  cpuMs(): number;
  residentMb(): number;
  /** The most that it has ever had. */
  mostResidentMb(): number;
  stop(): Promise<void>;
}

export function start(contender: Contender, run: Run, worker = 0): Started {
  const [program, ...args] = contender.command(run, worker);
  // Each client of librdkafka may hold a thread of libuv while it waits.
  const env = { ...process.env, UV_THREADPOOL_SIZE: '32' };
  const child = spawn(program!, args, { stdio: ['ignore', 'pipe', 'inherit'], env });
  const ended = once(child, 'exit');
  let isOver = false;
  void ended.then(() => {
    isOver = true;
  });
  const check = (): void => {
    if (isOver) throw new Error(`${contender.name} ended before its work was done`);
  };
  const running = (async () => {
    for await (const line of createInterface({ input: child.stdout })) if (line === 'running') return;
    await ended;
    check();
  })();
  // Whoever waits for it is told; nobody may be waiting.
  running.catch(() => {});
  return {
    running,
    check,
    cpuMs: () => cpuMsOf(child.pid!),
    residentMb: () => statusOf(child.pid!, 'VmRSS'),
    mostResidentMb: () => statusOf(child.pid!, 'VmHWM'),
    async stop() {
      child.kill('SIGTERM');
      await ended;
    },
  };
}

/** /proc counts in hundredths of a second. */
export function cpuMsOf(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, 'utf8')
    .replace(/^.*\) /s, '')
    .split(' ');
  return (Number(fields[11]) + Number(fields[12])) * 10;
}

function statusOf(pid: number, name: string): number {
  const [, kb] = new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(readFileSync(`/proc/${pid}/status`, 'utf8'))!;
  return Number(kb) / 1024;
}
