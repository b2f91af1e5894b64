import { MessageChannel, type MessagePort, Worker } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { AssemblyAt, FromWriter, ToWriter, WriterData } from './messages.ts';
import { connect, fromWire, toWire } from './rpc.ts';
import type { PortRole } from './writer-ports.ts';

/** How long the writer may be busy without a turn of its event loop: a disk that stalls is slow, not dead. */
const silenceMs = 120_000;
const tickMs = 1_000;

export interface Writer {
  /** Calls one of the assembly's `admin` methods. */
  admin(method: string, argument?: unknown): Promise<unknown>;
  /** The port over which one connector or sink reaches the writer; that of its earlier thread is closed. */
  attach(role: 'intake' | 'sink', name: string): MessagePort;
  /** Resolves when the writer ended although nobody asked it to: the hub cannot go on. */
  readonly died: Promise<HubError>;
  /** Since its last sign of life, for /healthz. */
  silentMs(): number;
  /** Ends the loops after the batch in flight; ports go on answering. False when that took longer than `withinMs`. */
  drain(withinMs: number): Promise<boolean>;
  /** Closes log and thread; terminates it after `withinMs`, then false. Committed is committed in any case. */
  close(withinMs: number): Promise<boolean>;
}

/** Starts the writer's thread; resolves when it is ready to serve, rejects with what kept it from starting. */
export async function startWriter(assembly: AssemblyAt, clock: Clock): Promise<Writer> {
  const worker = new Worker(new URL('./writer-thread.ts', import.meta.url), {
    name: 'writer',
    workerData: { assembly } satisfies WriterData,
    stdout: true,
  });
  worker.stdout.on('data', (text: Buffer) => process.stderr.write(text));

  const ready = Promise.withResolvers<void>();
  const drained = Promise.withResolvers<void>();
  const exited = Promise.withResolvers<void>();
  const died = Promise.withResolvers<HubError>();
  const over = new AbortController();
  let failure: HubError | null = null;
  let closing = false;
  let silent = 0;

  const tell = (message: ToWriter, transfer: readonly MessagePort[] = []): void =>
    worker.postMessage(message, transfer);

  worker.on('message', (message: FromWriter) => {
    silent = 0;
    if (message.type === 'ready') ready.resolve();
    else if (message.type === 'drained') drained.resolve();
    else if (message.type === 'failed') failure ??= fromWire(message.error);
  });
  worker.on('error', (error: unknown) => {
    failure ??= fromWire(toWire(error));
  });
  worker.on('exit', (exitCode) => {
    over.abort();
    exited.resolve();
    const error =
      failure ?? new HubError('HUB_INTERNAL', `the writer ended its own thread (exit code ${exitCode})`);
    ready.reject(error);
    if (!closing || failure !== null) died.resolve(error);
  });
  void watch();

  async function watch(): Promise<void> {
    while (!over.signal.aborted) {
      await clock.sleep(tickMs, over.signal);
      silent += tickMs;
      if (silent < silenceMs) continue;
      failure ??= new HubError('HUB_INTERNAL', `the writer gave no sign of life for ${silent} ms`);
      await worker.terminate();
    }
  }

  function attach(role: PortRole, name: string): MessagePort {
    const { port1, port2 } = new MessageChannel();
    tell({ type: 'attach', role, name, port: port1 }, [port1]);
    return port2;
  }

  async function within(done: Promise<void>, ms: number): Promise<boolean> {
    const timer = new AbortController();
    const late = clock.sleep(ms, timer.signal).then(() => false);
    const result = await Promise.race([done.then(() => true), exited.promise.then(() => true), late]);
    timer.abort();
    return result;
  }

  await ready.promise;
  const remote = connect(attach('admin', 'main'));
  return {
    admin: (method, argument) => remote.call(method, argument),
    attach,
    died: died.promise,
    silentMs: () => silent,
    drain(withinMs) {
      tell({ type: 'drain' });
      return within(drained.promise, withinMs);
    },
    async close(withinMs) {
      closing = true;
      tell({ type: 'drain' });
      tell({ type: 'close' });
      const inTime = await within(exited.promise, withinMs);
      if (!inTime) await worker.terminate();
      return inTime;
    },
  };
}
