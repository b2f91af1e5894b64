/** A look into a data folder: what commands and sinks' threads open. Apart from assembly.ts, so that a thread loads no judgement that it never passes. */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../runtime/clock.ts';
import { openSerde, readingRegistry, type Serde } from '../runtime/core/serde.ts';
import { WarningTopic } from '../runtime/core/warning-topic.ts';
import { openDatabase } from '../runtime/embedded/database.ts';
import { openItemStore } from '../runtime/item-store/embedded.ts';
import type { ItemStore } from '../runtime/item-store/index.ts';
import { EmbeddedLog } from '../runtime/log/embedded.ts';
import { embeddedSchemaRegistry } from '../runtime/schema-registry/embedded.ts';
import type { ReaderAssembly } from '../runtime/threads/assembly.ts';
import type { AssemblyOptions } from './assembly.ts';
import { modelReader } from './reading/model-reader.ts';

/** A look into a data folder from any thread or process, beside a running hub or without one. */
export interface HubReader extends ReaderAssembly {
  readonly database: DatabaseSync;
  readonly log: EmbeddedLog;
  readonly serde: Serde;
  readonly store: ItemStore;
  /** Keeps what it has read, so that a reader that looks again and again reads only what is new. */
  readonly warnings: WarningTopic;
}

/** Where a data folder keeps what a sink must remember. */
export const sinkStateFolder = (folder: string, sink: string): string => join(folder, 'sinks', sink);

export async function openReader(folder: string): Promise<HubReader> {
  const database = openDatabase(folder, 'read');
  const log = new EmbeddedLog(database, { clock: systemClock, mode: 'read' });
  const registry = readingRegistry(embeddedSchemaRegistry(database));
  const serde = await openSerde(registry);
  const store = openItemStore(folder, log, serde);
  return {
    database,
    log,
    serde,
    store,
    warnings: new WarningTopic(log, serde),
    changed: (options) => log.changed(options),
    stateFolder: (sink) => sinkStateFolder(folder, sink),
    ...modelReader(registry, serde),
    async close() {
      await store.close();
      await log.close();
      database.close();
    },
  };
}

export const assembleReader = (given: unknown): Promise<ReaderAssembly> =>
  openReader((given as Pick<AssemblyOptions, 'folder'>).folder);
