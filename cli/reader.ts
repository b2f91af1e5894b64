/** A look into a data folder: what commands and sinks' threads open. Apart from assembly.ts, so that a thread loads no judgement that it never passes. */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { systemClock } from '../runtime/clock.ts';
import { openSerde, readingRegistry, type Serde } from '../runtime/core/serde.ts';
import { WarningTopic } from '../runtime/core/warning-topic.ts';
import { openDatabase } from '../runtime/embedded/database.ts';
import { HubError } from '../runtime/errors.ts';
import { type ItemStore, openItemStore } from '../runtime/item-store/embedded.ts';
import { EmbeddedLog } from '../runtime/log/embedded.ts';
import { embeddedSchemaRegistry } from '../runtime/schema-registry/embedded.ts';
import type { SchemaRegistry } from '../runtime/schema-registry/index.ts';
import { schemaIdOf } from '../runtime/schema-registry/wire.ts';
import type { ReaderAssembly } from '../runtime/threads/assembly.ts';
import { type SchemaName, schemaNames, schemaOf, toJson } from '../schemas/index.ts';
import type { AssemblyOptions } from './assembly.ts';

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
  const models = await modelsById(registry, serde);
  return {
    database,
    log,
    serde,
    store: openItemStore(database, log, serde),
    warnings: new WarningTopic(log, serde),
    changed: (options) => log.changed(options),
    stateFolder: (sink) => sinkStateFolder(folder, sink),
    decode(value) {
      const id = schemaIdOf(value) ?? 0;
      const name = models.get(id);
      if (name !== undefined) return toJson(name, serde.decode(name, value));
      throw new HubError('HUB_SCHEMA_UNKNOWN_ID', `no model of this hub was written under schema id ${id}`);
    },
    async close() {
      await log.close();
      database.close();
    },
  };
}

/** Which model each schema id of this file is a version of. A file gets no new schemas while a hub runs on it. */
async function modelsById(registry: SchemaRegistry, serde: Serde): Promise<ReadonlyMap<number, SchemaName>> {
  const models = new Map<number, SchemaName>();
  const named = new Map(schemaNames.map((name) => [schemaOf(name).name, name]));
  for (let id = 1; ; id++) {
    const text = await registry.schema(id).catch((error: unknown) => {
      if (error instanceof HubError && error.code === 'HUB_SCHEMA_UNKNOWN_ID') return null;
      throw error;
    });
    if (text === null) return models;
    const name = named.get((JSON.parse(text) as { name: string }).name);
    if (name === undefined) continue;
    models.set(id, name);
    await serde.prepare(name, [headOf(id)]);
  }
}

/** The first five bytes of a value written under this schema. */
function headOf(id: number): Uint8Array {
  const head = Buffer.alloc(5);
  head.writeUInt32BE(id, 1);
  return head;
}

export const assembleReader = (given: unknown): Promise<ReaderAssembly> =>
  openReader((given as Pick<AssemblyOptions, 'folder'>).folder);
