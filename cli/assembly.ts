/**
 * The embedded hub, put together: which connectors, processors and sinks there are, and what lives in the writer's thread.
 * Threads import this module for themselves; it holds no logic of its own.
 */
import { join } from 'node:path';
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
import { openSerde } from '../runtime/core/serde.ts';
import { runWarnings } from '../runtime/core/warning-loop.ts';
import { runWriter } from '../runtime/core/writer-loop.ts';
import { openIndex, runSnapshots } from '../runtime/dedup-index/upkeep.ts';
import { openDatabase } from '../runtime/embedded/database.ts';
import { openItemStore } from '../runtime/item-store/embedded.ts';
import { projectedItems, projectedTopics, runProjection } from '../runtime/item-store/projection.ts';
import { prepareItemStore, projectionGroup } from '../runtime/item-store/tables.ts';
import { EmbeddedLog } from '../runtime/log/embedded.ts';
import { lag } from '../runtime/log/lag.ts';
import { embeddedSchemaRegistry } from '../runtime/schema-registry/embedded.ts';
import { memoryCounters, stderrLogger } from '../runtime/telemetry.ts';
import type { WriterAssembly } from '../runtime/threads/assembly.ts';
import type { AssemblyAt } from '../runtime/threads/messages.ts';
import { topicSpecs, topics } from '../runtime/topics.ts';
import { runTrimming } from '../runtime/trimming.ts';
import { sinks } from '../sinks/index.ts';

export const registries: Registries = { connectors, sinks };

/** All that a thread must know to open the same hub; survives structured clone. */
export interface AssemblyOptions {
  readonly folder: string;
  readonly partitions: number;
  readonly catalogueVersion: string;
  /** Every source that has a raw topic: the configured ones and those that can be backfilled. */
  readonly sources: readonly string[];
  /** Those of them that have a stream topic. */
  readonly streaming: readonly string[];
  readonly logLevel: string;
}

export function assemblyOptions(folder: string, config: HubConfig): AssemblyOptions {
  return {
    folder,
    partitions: config.partitions,
    catalogueVersion: config.catalogue === 'current' ? currentCatalogueVersion : config.catalogue,
    sources: [...new Set([...connectors.names, ...config.connectors.map(({ id }) => id)])],
    streaming: [
      ...new Set([
        ...connectors.all.filter(({ hasStream }) => hasStream).map(({ name }) => name),
        ...config.connectors
          .filter(({ type }) => connectors.has(type) && connectors.get(type).hasStream)
          .map(({ id }) => id),
      ]),
    ],
    logLevel: config.log.level,
  };
}

export const assemblyAt = (options: AssemblyOptions): AssemblyAt => ({
  writerModule: import.meta.url,
  readerModule: new URL('./reader.ts', import.meta.url).href,
  options,
});

/** Where a data folder keeps what is too large for its log. */
export const attachmentFolder = (folder: string): string => join(folder, 'attachments');

/** Expects the caller to hold the folder's lock. */
export async function assembleWriter(given: unknown): Promise<WriterAssembly> {
  const { folder, partitions, catalogueVersion, sources, streaming, logLevel } = given as AssemblyOptions;
  const clock = systemClock;
  const logger = stderrLogger(logLevel);
  const counters = memoryCounters();
  const organisations = organisationIds(catalogueVersion);
  const database = openDatabase(folder, 'write');
  const log = new EmbeddedLog(database, { clock, mode: 'write' });
  await log.ensureTopics(topicSpecs(partitions, sources, organisations, streaming));
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
        runWarnings({
          ...common,
          pipeline,
          items: projectedItems(log, openItemStore(database, log, serde)),
          catalogueVersion,
          signal: until,
          memberId: 'warnings',
        }),
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
