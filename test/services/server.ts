import { execFileSync, spawnSync } from 'node:child_process';
import { rmSync } from 'node:fs';
import { setTimeout } from 'node:timers/promises';
import { type KeptOptions, type KeptProcess, startKept } from './kept-process.ts';

/** A server that a test may ill-treat. Its address and its data stay the same until `stop`. */
export interface Server {
  /** Of its process. Throws while it is down. */
  pid(): number;
  /** Asks it to end, and waits until it has. Its data stay. */
  down(): Promise<void>;
  /** As when the power fails (SIGKILL). Its data stay. */
  kill(): Promise<void>;
  /** Starts it again; returns when it answers. */
  up(): Promise<void>;
  /** It keeps its connections and says nothing more (SIGSTOP), until `resume`. */
  pause(): void;
  resume(): void;
  /** Ends it for good and removes its data. May be called twice, and in any state. */
  stop(): Promise<void>;
}

export interface LocalServerOptions extends Partial<KeptOptions> {
  /** For messages. */
  readonly name: string;
  /** Folder of its own, removed at the end. */
  readonly data: string;
  readonly command: readonly string[];
  /** Asks it to end without waiting for its clients; default: SIGTERM. */
  readonly downSignal?: NodeJS.Signals;
  /** Resolves when it answers as a client wants it, rejects when it does not yet. */
  readonly answers: () => Promise<unknown>;
}

/** A JVM on a loaded machine. */
const startWithinMs = 120_000;

/** Starts it as a process of this machine; returns when it answers. Throws, with what it said, when it ends before. */
export async function startLocalServer(options: LocalServerOptions): Promise<Server> {
  const lastSignal = options.lastSignal ?? 'SIGKILL';
  let running: KeptProcess | null = null;

  async function up(): Promise<void> {
    running = await startKept(options.data, options.command, { ...options, lastSignal });
    await answered(running, options);
  }

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

  const server: Server = {
    pid: () => running!.pid,
    up,
    down: () => end(options.downSignal ?? 'SIGTERM'),
    kill: () => end('SIGKILL'),
    pause: () => sendAll(running!.pid, 'SIGSTOP'),
    resume: () => sendAll(running!.pid, 'SIGCONT'),
    async stop() {
      await end(lastSignal);
      rmSync(options.data, { recursive: true, force: true, maxRetries: 5 });
    },
  };
  try {
    await up();
  } catch (thrown) {
    await server.stop();
    throw thrown;
  }
  return server;
}

async function answered(running: KeptProcess, { name, answers }: LocalServerOptions): Promise<void> {
  const until = performance.now() + startWithinMs;
  for (;;) {
    try {
      await answers();
      return;
    } catch (thrown) {
      const code = running.exitCode();
      if (code !== null) throw new Error(`${name} ended with ${code}; it said:\n${running.said()}`);
      if (performance.now() > until) {
        throw new Error(`${name} did not answer within ${startWithinMs} ms; it said:\n${running.said()}`, {
          cause: thrown,
        });
      }
      await setTimeout(50);
    }
  }
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
