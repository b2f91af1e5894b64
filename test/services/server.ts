import { setTimeout } from 'node:timers/promises';
import { type ContainerForm, containerServer } from './container-server.ts';
import { findEngine } from './engine.ts';
import { type LocalForm, localServer } from './local-server.ts';

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
  pause(): Promise<void>;
  resume(): Promise<void>;
  /** Ends it for good and removes its data. May be called twice, and in any state. */
  stop(): Promise<void>;
}

/** A server in one of its forms. */
export interface Running extends Omit<Server, 'up'> {
  /** Returns before it answers. */
  start(): Promise<void>;
  /** Null while it runs. */
  exitCode(): Promise<number | null>;
  /** The last that it has said. */
  said(): Promise<string>;
}

export interface ServerOptions {
  /** For messages. */
  readonly name: string;
  /** Prepares it as a process of this machine. Throws, with what to install, when that cannot be. */
  readonly process: () => Promise<LocalForm>;
  readonly container: () => ContainerForm;
  /** Resolves when it answers as a client wants it, rejects when it does not yet. */
  readonly answers: () => Promise<unknown>;
}

/** A JVM on a loaded machine, or an image that has to be fetched. */
const startWithinMs = 120_000;

/** Starts it, in a container where a Docker engine answers; returns when it answers. Throws, with what it said, when it ends before. */
export async function startServer(options: ServerOptions): Promise<Server> {
  const { engine, address } = await findEngine();
  const running =
    engine === 'containers'
      ? containerServer(options.container(), address!)
      : localServer(await options.process());

  async function up(): Promise<void> {
    await running.start();
    await answered(running, options);
  }
  try {
    await up();
  } catch (thrown) {
    await running.stop();
    throw thrown;
  }
  const { pid, down, kill, pause, resume, stop } = running;
  return { pid, down, kill, pause, resume, stop, up };
}

async function answered(running: Running, { name, answers }: ServerOptions): Promise<void> {
  const until = performance.now() + startWithinMs;
  for (;;) {
    try {
      await answers();
      return;
    } catch (thrown) {
      const code = await running.exitCode();
      if (code !== null) throw new Error(`${name} ended with ${code}; it said:\n${await running.said()}`);
      if (performance.now() > until) {
        throw new Error(
          `${name} did not answer within ${startWithinMs} ms; it said:\n${await running.said()}`,
          { cause: thrown },
        );
      }
      await setTimeout(50);
    }
  }
}
