/** What lives in the writer's thread, put together. Apart from assembly.ts, so that the thread loads no connector and no sink. */
import { organisationIds } from '../processors/catalogue/index.ts';
import { pipeline } from '../processors/index.ts';
import { attachmentFolder, folderAttachmentStore } from '../runtime/attachment-store/folder.ts';
import { systemClock } from '../runtime/clock.ts';
import { inFlight } from '../runtime/control/in-flight.ts';
import { controlMethods } from '../runtime/control/methods.ts';
import { openCommands } from '../runtime/core/commands.ts';
import { openIntake } from '../runtime/core/intake.ts';
import { runRelinking } from '../runtime/core/relinking-loop.ts';
import { runResolver } from '../runtime/core/resolver-loop.ts';
import { openSerde } from '../runtime/core/serde.ts';
import { runWarnings } from '../runtime/core/warning-loop.ts';
import { runWriter } from '../runtime/core/writer-loop.ts';
import type { EmbeddedDedupIndex } from '../runtime/dedup-index/embedded.ts';
import { openIndex, runSnapshots } from '../runtime/dedup-index/upkeep.ts';
import { runCheckpoints } from '../runtime/embedded/checkpoints.ts';
import { openDatabase } from '../runtime/embedded/database.ts';
import { openItemStore } from '../runtime/item-store/embedded.ts';
import { dropOldItemStore } from '../runtime/item-store/old-tables.ts';
import { progressOf } from '../runtime/item-store/progress.ts';
import { warnedItems } from '../runtime/item-store/warned-items.ts';
import { EmbeddedLog } from '../runtime/log/embedded.ts';
import { embeddedSchemaRegistry } from '../runtime/schema-registry/embedded.ts';
import { memoryCounters, stderrLogger } from '../runtime/telemetry.ts';
import type { WriterAssembly } from '../runtime/threads/assembly.ts';
import { topicSpecs, topics } from '../runtime/topics.ts';
import { runTrimming } from '../runtime/trimming.ts';
import type { AssemblyOptions } from './assembly.ts';

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
  dropOldItemStore(database);
  const store = openItemStore(folder, log, serde);
  const attachments = folderAttachmentStore(attachmentFolder(folder));
  const commands = await openCommands({ log, serde, clock, partitions, catalogueVersion });
  const home = { folder, log, serde, clock, linkerVersion: pipeline.linker.version, partitions, logger };
  const opened = openIndex({ ...home, lookAgain: commands.lookAgain });
  // Told by `run`, which asks for it.
  opened.catch(() => {});
  const openIntakeOf = (name: string) =>
    openIntake({ name, log, serde, attachments, clock, counters, partitions, catalogueVersion });

  return {
    log,
    openIntake: openIntakeOf,
    admin: {
      ...controlMethods({ log, serde, commands, clock, attachments, openIntake: openIntakeOf }),
      lag: async () => ({
        writer: await inFlight(log),
        projection: (await progressOf(log, store)).behind,
      }),
      counters: async () => Object.fromEntries(counters.snapshot()),
    },
    async run(signal) {
      const failed = new AbortController();
      const until = AbortSignal.any([signal, failed.signal]);
      const common = { log, serde, clock, counters, logger, partitions };
      // With a large window the index takes its time. Sources need not wait for it: what they tell is kept, and judged then.
      const indexed = async (loop: (index: EmbeddedDedupIndex) => Promise<void>): Promise<void> => {
        const index = await Promise.race([opened, aborted(until)]);
        if (index !== null) await loop(index);
      };
      const loops = [
        indexed((index) => runWriter({ ...common, pipeline, index, signal: until, memberId: 'writer' })),
        runResolver({ ...common, signal: until, memberId: 'resolver' }),
        runWarnings({
          ...common,
          pipeline,
          items: warnedItems(log, store),
          catalogueVersion,
          signal: until,
          memberId: 'warnings',
        }),
        indexed((index) =>
          runRelinking({
            ...common,
            index,
            linkerVersion: home.linkerVersion,
            catalogueVersion,
            signal: until,
            memberId: 'relinking',
          }),
        ),
        indexed((index) => runSnapshots({ ...home, index, signal: until })),
        runTrimming({ log, clock, logger, signal: until }),
        runCheckpoints({ database, folder, clock, logger, signal: until }),
      ];
      try {
        await Promise.all(loops);
      } finally {
        failed.abort();
        await Promise.allSettled(loops);
        // Whoever writes to its file is to be the last on it; a question that comes later opens it again.
        await store.close();
      }
    },
    async close() {
      await store.close();
      await log.close();
      database.close();
    },
  };
}

const aborted = (signal: AbortSignal): Promise<null> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve(null);
    else signal.addEventListener('abort', () => resolve(null), { once: true });
  });
