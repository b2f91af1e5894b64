/**
 * The embedded hub, put together: which connectors, processors and sinks there are, and what lives in the writer's thread.
 * Threads import this module for themselves; it holds no logic of its own.
 */
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { connectors } from '../connectors/index.ts';
import { currentCatalogueVersion, organisationIds } from '../processors/catalogue/index.ts';
import { pipeline } from '../processors/index.ts';
import { folderAttachmentStore } from '../runtime/attachment-store/folder.ts';
import { systemClock } from '../runtime/clock.ts';
import type { HubConfig, Registries } from '../runtime/config.ts';
import { inFlight } from '../runtime/control/in-flight.ts';
import { controlMethods } from '../runtime/control/methods.ts';
import { openCommands } from '../runtime/core/commands.ts';
import { openIntake } from '../runtime/core/intake.ts';
import { runResolver } from '../runtime/core/resolver-loop.ts';
import { openSerde, readingRegistry, type Serde } from '../runtime/core/serde.ts';
import { runWriter } from '../runtime/core/writer-loop.ts';
import { openIndex, runSnapshots } from '../runtime/dedup-index/upkeep.ts';
import { openDatabase } from '../runtime/embedded/database.ts';
import { HubError } from '../runtime/errors.ts';
import { type ItemStore, openItemStore } from '../runtime/item-store/embedded.ts';
import { projectedTopics, runProjection } from '../runtime/item-store/projection.ts';
import { prepareItemStore, projectionGroup } from '../runtime/item-store/tables.ts';
import { EmbeddedLog } from '../runtime/log/embedded.ts';
import { lag } from '../runtime/log/lag.ts';
import { embeddedSchemaRegistry } from '../runtime/schema-registry/embedded.ts';
import type { SchemaRegistry } from '../runtime/schema-registry/index.ts';
import { schemaIdOf } from '../runtime/schema-registry/wire.ts';
import { memoryCounters, stderrLogger } from '../runtime/telemetry.ts';
import type { ReaderAssembly, WriterAssembly } from '../runtime/threads/assembly.ts';
import type { AssemblyAt } from '../runtime/threads/messages.ts';
import { topicSpecs, topics } from '../runtime/topics.ts';
import { runTrimming } from '../runtime/trimming.ts';
import { type SchemaName, schemaNames, schemaOf, toJson } from '../schemas/index.ts';
import { sinks } from '../sinks/index.ts';

export const registries: Registries = { connectors, sinks };

/** All that a thread must know to open the same hub; survives structured clone. */
export interface AssemblyOptions {
  readonly folder: string;
  readonly partitions: number;
  readonly catalogueVersion: string;
  /** Every source that has a raw topic: the configured ones and those that can be backfilled. */
  readonly sources: readonly string[];
  readonly logLevel: string;
}

export function assemblyOptions(folder: string, config: HubConfig): AssemblyOptions {
  return {
    folder,
    partitions: config.partitions,
    catalogueVersion: config.catalogue === 'current' ? currentCatalogueVersion : config.catalogue,
    sources: [...new Set([...connectors.names, ...config.connectors.map(({ id }) => id)])],
    logLevel: config.log.level,
  };
}

export const assemblyAt = (options: AssemblyOptions): AssemblyAt => ({ module: import.meta.url, options });

/** Where a data folder keeps what is too large for its log. */
export const attachmentFolder = (folder: string): string => join(folder, 'attachments');

/** Expects the caller to hold the folder's lock. */
export async function assembleWriter(given: unknown): Promise<WriterAssembly> {
  const { folder, partitions, catalogueVersion, sources, logLevel } = given as AssemblyOptions;
  const clock = systemClock;
  const logger = stderrLogger(logLevel);
  const counters = memoryCounters();
  const organisations = organisationIds(catalogueVersion);
  const database = openDatabase(folder, 'write');
  const log = new EmbeddedLog(database, { clock, mode: 'write' });
  await log.ensureTopics(topicSpecs(partitions, sources, organisations));
  const serde = await openSerde(embeddedSchemaRegistry(database), organisations.map(topics.department));
  prepareItemStore(database);
  const attachments = folderAttachmentStore(attachmentFolder(folder));
  const commands = await openCommands({ log, serde, clock, partitions, catalogueVersion });
  const home = { folder, log, serde, linkerVersion: pipeline.linker.version, partitions, logger };
  const index = await openIndex({ ...home, lookAgain: commands.lookAgain });
  const openIntakeOf = (name: string) =>
    openIntake({ name, log, serde, attachments, clock, counters, partitions, catalogueVersion });

  return {
    log,
    openIntake: openIntakeOf,
    admin: {
      ...controlMethods({ log, serde, commands, clock, attachments, openIntake: openIntakeOf }),
      lag: async () => ({
        writer: await inFlight(log),
        projection: await lag(log, projectionGroup, projectedTopics),
      }),
      counters: async () => Object.fromEntries(counters.snapshot()),
    },
    async run(signal) {
      const failed = new AbortController();
      const until = AbortSignal.any([signal, failed.signal]);
      const common = { log, serde, clock, counters, logger, partitions };
      const loops = [
        runWriter({ ...common, pipeline, index, signal: until, memberId: 'writer' }),
        runResolver({ ...common, signal: until, memberId: 'resolver' }),
        runSnapshots({ ...home, index, clock, signal: until }),
        runProjection({ database, log, serde, clock, logger, signal: until }),
        runTrimming({ log, clock, logger, signal: until }),
      ];
      try {
        await Promise.all(loops);
      } finally {
        failed.abort();
        await Promise.allSettled(loops);
      }
    },
    async close() {
      await log.close();
      database.close();
    },
  };
}

/** A look into a data folder from any thread or process, beside a running hub or without one. */
export interface HubReader extends ReaderAssembly {
  readonly database: DatabaseSync;
  readonly log: EmbeddedLog;
  readonly serde: Serde;
  readonly store: ItemStore;
}

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
    changed: (options) => log.changed(options),
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
  openReader((given as AssemblyOptions).folder);
