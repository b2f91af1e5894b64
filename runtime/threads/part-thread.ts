import { type MessagePort, Worker } from 'node:worker_threads';
import type { ConnectorData, SinkData } from './messages.ts';

/**
 * Room that V8 gets above `maxMemoryMb`. The supervisor ends a thread that outgrows its memory; V8's own limit must lie far
 * above, because one large allocation that meets it ends the whole process instead of the thread
 * (docs/decisions/0004-memory-of-threads.md).
 */
const heapHeadroomMb = 2_048;

/**
 * Room for new objects. V8's default of 48 MiB is filled before it is swept: a hub of three sources and two sinks would hold 200 MiB
 * of what is long garbage. Parts wait for others most of their time, so more sweeps cost them little.
 */
export const youngGenerationMb = 12;

const entries = {
  connector: new URL('./connector-thread.ts', import.meta.url),
  sink: new URL('./sink-thread.ts', import.meta.url),
};

export type PartLaunch = (Omit<ConnectorData, 'port'> | Omit<SinkData, 'port'>) & {
  readonly maxMemoryMb: number;
};

/** Starts one thread of a connector or sink. @param port to the writer; goes over to the thread */
export function launchPart({ maxMemoryMb, ...data }: PartLaunch, port: MessagePort): Worker {
  const worker = new Worker(entries[data.kind], {
    name: `${data.kind} ${data.id}`,
    workerData: { ...data, port },
    transferList: [port],
    resourceLimits: {
      maxOldGenerationSizeMb: maxMemoryMb + heapHeadroomMb,
      maxYoungGenerationSizeMb: youngGenerationMb,
    },
    stdout: true,
  });
  // Standard output belongs to the command's result, not to a stray print in a part.
  worker.stdout.on('data', (text: Buffer) => process.stderr.write(text));
  return worker;
}
