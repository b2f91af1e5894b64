/** A look into a hub on Kafka from a sink's thread. The log is read by the worker's main thread: its client works in no other. */
import { systemClock } from '../../runtime/clock.ts';
import { openSerde, readingRegistry } from '../../runtime/core/serde.ts';
import { confluentSchemaRegistry } from '../../runtime/schema-registry/confluent.ts';
import type { ReaderAssembly } from '../../runtime/threads/assembly.ts';
import { remoteLog } from '../../runtime/threads/remote-log.ts';
import type { Remote } from '../../runtime/threads/rpc.ts';
import { sinkStateFolder } from '../reader.ts';
import { modelReader } from '../reading/model-reader.ts';
import type { WorkerOptions } from './assembly.ts';

/** A pass over the partitions asks the brokers for each: not more often than this while nothing comes. */
const restMs = 200;

export async function assembleReader(given: unknown, writer: Pick<Remote, 'call'>): Promise<ReaderAssembly> {
  const { folder, registry: options } = given as WorkerOptions;
  const registry = readingRegistry(confluentSchemaRegistry(options));
  const serde = await openSerde(registry);
  return {
    log: remoteLog(writer),
    changed: ({ waitMs, signal }) => systemClock.sleep(Math.min(waitMs, restMs), signal),
    stateFolder: (sink) => sinkStateFolder(folder, sink),
    ...modelReader(registry, serde),
    close: async () => {},
  };
}
