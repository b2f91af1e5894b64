import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { type KeptOptions, type KeptProcess, startKept } from './kept-process.ts';
import type { Running } from './server.ts';

/** A server as a process of this machine. */
export interface LocalForm extends Partial<KeptOptions> {
  /** Folder of its own, removed at the end. */
  readonly data: string;
  readonly command: readonly string[];
  /** Asks it to end without waiting for its clients; default: SIGTERM. */
  readonly downSignal?: NodeJS.Signals;
}

export function localServer({ data, command, downSignal = 'SIGTERM', ...kept }: LocalForm): Running {
  const lastSignal = kept.lastSignal ?? 'SIGKILL';
  let running: KeptProcess | null = null;

  async function end(signal: NodeJS.Signals): Promise<void> {
    if (running === null) return;
    const { pid } = running;
    const exited = running.exited();
    running = null;
    send(pid, signal);
    // One that is paused takes note of nothing but SIGKILL.
    if (signal !== 'SIGKILL') sendAll(pid, 'SIGCONT');
    await exited;
  }

  return {
    async start() {
      running = await startKept(data, command, { ...kept, lastSignal });
    },
    pid: () => running!.pid,
    down: () => end(downSignal),
    kill: () => end('SIGKILL'),
    pause: async () => sendAll(running!.pid, 'SIGSTOP'),
    resume: async () => sendAll(running!.pid, 'SIGCONT'),
    async stop() {
      await end(lastSignal);
      rmSync(data, { recursive: true, force: true, maxRetries: 5 });
    },
    exitCode: async () => running!.exitCode(),
    said: async () => running!.said(),
  };
}

/** To it and to the processes that it started: PostgreSQL has one for each client. It first: it then starts no more. */
function sendAll(pid: number, signal: 'SIGSTOP' | 'SIGCONT'): void {
  send(pid, signal);
  const { stdout } = spawnSync('pgrep', ['-P', `${pid}`], { encoding: 'utf8' });
  for (const child of stdout.split('\n')) if (child !== '') send(Number(child), signal);
}

function send(pid: number, signal: NodeJS.Signals): void {
  try {
    process.kill(pid, signal);
  } catch (thrown) {
    // It has ended by itself.
    if ((thrown as NodeJS.ErrnoException).code !== 'ESRCH') throw thrown;
  }
}

/** Path of a program on this machine; null when it is not there. */
export function programPath(name: string): string | null {
  try {
    return execFileSync('/bin/sh', ['-c', 'command -v "$1"', 'sh', name], { encoding: 'utf8' }).trim();
  } catch {
    return null;
  }
}
