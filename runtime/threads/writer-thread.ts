/** Entry of the writer's thread. Anything thrown here ends the thread, and with it the hub. */
import { parentPort, workerData } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { WriterModule } from './assembly.ts';
import type { FromWriter, ToWriter, WriterData } from './messages.ts';
import { toWire } from './rpc.ts';
import { writerPorts } from './writer-ports.ts';

const heartbeatMs = 1_000;

const main = parentPort;
if (main === null)
  throw new HubError('HUB_INTERNAL', 'the writer runs in a worker thread, this is the main thread');
const tell = (message: FromWriter): void => main.postMessage(message);

try {
  // A start that reads much is slow, not dead: it gives signs of life from its first moment on.
  const closed = new AbortController();
  const beating = (async () => {
    while (!closed.signal.aborted) {
      tell({ type: 'heartbeat' });
      await systemClock.sleep(heartbeatMs, closed.signal);
    }
  })();

  const { assembly: at } = workerData as WriterData;
  const { assembleWriter } = (await import(at.writerModule)) as WriterModule;
  const assembly = await assembleWriter(at.options);
  const draining = new AbortController();
  const closing = Promise.withResolvers<void>();
  const ports = writerPorts(assembly);

  main.on('message', (message: ToWriter) => {
    if (message.type === 'drain') draining.abort();
    else if (message.type === 'close') closing.resolve();
    else ports.attach(message.role, message.name, message.port);
  });

  tell({ type: 'ready' });
  await assembly.run(draining.signal);
  if (!draining.signal.aborted)
    throw new HubError('HUB_INTERNAL', 'the writer loop ended although nobody stopped it');
  tell({ type: 'drained' });
  await closing.promise;
  ports.close();
  await assembly.close();
  closed.abort();
  await beating;
  process.exit(0);
} catch (thrown) {
  tell({ type: 'failed', error: toWire(thrown) });
  process.exit(1);
}
