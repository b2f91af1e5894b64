import { MessageChannel } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import { HubError, toHubError } from '../errors.ts';
import type { WriterModule } from './assembly.ts';
import type { AssemblyAt } from './messages.ts';
import type { Writer } from './writer.ts';
import { writerPorts } from './writer-ports.ts';

/**
 * The writer in the calling thread: for a log whose client works in no other than a process's main thread (node-rdkafka). A worker on Kafka does little else,
 * and its silence is noticed by the cluster, not from beside.
 */
export async function startWriterHere(at: AssemblyAt, clock: Clock): Promise<Writer> {
  const { assembleWriter } = (await import(at.writerModule)) as WriterModule;
  const assembly = await assembleWriter(at.options);
  const ports = writerPorts(assembly);
  const draining = new AbortController();
  const died = Promise.withResolvers<HubError>();
  const ended = assembly.run(draining.signal).then(
    () => {
      if (!draining.signal.aborted)
        died.resolve(new HubError('HUB_INTERNAL', 'the writer loop ended although nobody stopped it'));
    },
    (thrown: unknown) => died.resolve(toHubError(thrown)),
  );

  async function within(done: Promise<unknown>, ms: number): Promise<boolean> {
    const timer = new AbortController();
    const late = clock.sleep(ms, timer.signal).then(() => false);
    const result = await Promise.race([done.then(() => true), late]);
    timer.abort();
    return result;
  }

  return {
    async admin(method, argument) {
      const found = Object.hasOwn(assembly.admin, method) ? assembly.admin[method] : undefined;
      if (found === undefined) throw new HubError('HUB_INTERNAL', `the writer knows no method "${method}"`);
      return found(argument as never);
    },
    attach(role, name) {
      const { port1, port2 } = new MessageChannel();
      ports.attach(role, name, port1);
      return port2;
    },
    died: died.promise,
    silentMs: () => 0,
    drain(withinMs) {
      draining.abort();
      return within(ended, withinMs);
    },
    async close(withinMs) {
      draining.abort();
      ports.close();
      return within(
        ended.then(() => assembly.close()),
        withinMs,
      );
    },
  };
}
