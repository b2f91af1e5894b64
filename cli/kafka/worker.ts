/** What lives in the writing thread of a worker on Kafka, put together. Apart from assembly.ts, so that the thread loads no connector and no sink. */
import { join } from 'node:path';
import { organisationIds } from '../../processors/catalogue/index.ts';
import { reviewDueAt } from '../../processors/deadlines/index.ts';
import { pipeline } from '../../processors/index.ts';
import { postgresAttachmentStore } from '../../runtime/attachment-store/postgres.ts';
import { systemClock } from '../../runtime/clock.ts';
import { inFlight } from '../../runtime/control/in-flight.ts';
import { controlMethods } from '../../runtime/control/methods.ts';
import { readStatus, type StatusAsk } from '../../runtime/control/status-facts.ts';
import { openCommands } from '../../runtime/core/commands.ts';
import { openIntake } from '../../runtime/core/intake.ts';
import { committedPositions } from '../../runtime/core/lane-positions.ts';
import { runRelinking } from '../../runtime/core/relinking-loop.ts';
import { runResolver } from '../../runtime/core/resolver-loop.ts';
import { openSerde } from '../../runtime/core/serde.ts';
import { runWarnings } from '../../runtime/core/warning-loop.ts';
import { WarningTopic } from '../../runtime/core/warning-topic.ts';
import { runWriter } from '../../runtime/core/writer-loop.ts';
import { openRedisIndex } from '../../runtime/dedup-index/redis-generations.ts';
import { followGroup } from '../../runtime/item-store/follow-group.ts';
import { postgresItemStore, postgresItemStoreWriter } from '../../runtime/item-store/postgres.ts';
import { openPostgresLink } from '../../runtime/item-store/postgres-link.ts';
import { progressOf } from '../../runtime/item-store/progress.ts';
import { runProjection } from '../../runtime/item-store/projection.ts';
import { projectedTopics } from '../../runtime/item-store/rows.ts';
import { warnedItems } from '../../runtime/item-store/warned-items.ts';
import { kafkaNames } from '../../runtime/kafka/names.ts';
import { KafkaLog } from '../../runtime/log/kafka.ts';
import { openSlots, type Slots } from '../../runtime/placement/slots.ts';
import { openReports, type WorkerReport } from '../../runtime/placement/workers.ts';
import { confluentSchemaRegistry } from '../../runtime/schema-registry/confluent.ts';
import { patientRegistry } from '../../runtime/schema-registry/patient.ts';
import { memoryCounters, stderrLogger } from '../../runtime/telemetry.ts';
import type { WriterAssembly } from '../../runtime/threads/assembly.ts';
import { topics } from '../../runtime/topics.ts';
import type { WorkerOptions } from './assembly.ts';

/** Consumer group of the workers that write the item store. */
const projectionGroup = 'item-store';

/** A registry that is being restarted; then the worker ends, and whoever started it does so again. */
const registryPatienceMs = 120_000;

/** Expects the caller to hold the lock of the worker's folder. */
export async function assembleWriter(given: unknown): Promise<WriterAssembly> {
  const { folder, partitions, catalogueVersion, logLevel, worker, roles, ...options } =
    given as WorkerOptions;
  const clock = systemClock;
  const logger = stderrLogger(logLevel).child({ worker });
  const counters = memoryCounters();
  const organisations = organisationIds(catalogueVersion);
  const log = await KafkaLog.open({
    kafka: options.kafka,
    instance: options.instance,
    clientId: `hub-${worker}`,
    folder: join(folder, 'kafka'),
    clock,
    log: logger,
  });
  const ending = new AbortController();
  const registry = patientRegistry(confluentSchemaRegistry(options.registry), {
    clock,
    log: logger,
    signal: ending.signal,
    deadlineMs: registryPatienceMs,
  });
  const serde = await openSerde(registry, organisations.map(topics.department));
  const link = await openPostgresLink(options.postgres, options.instance, logger);
  const store = postgresItemStore(link, log, serde);
  const attachments = postgresAttachmentStore(link);
  const warnings = new WarningTopic(log, serde);
  const stamps = { log, serde, clock, partitions, catalogueVersion };
  const commands = await openCommands(stamps, `commands-${worker}`);
  const slots: Slots = openSlots(log, worker, { clock, logger });
  const reports = await openReports(log, worker, clock);
  const openIntakeOf = (name: string) => openIntake({ name, attachments, counters, ...stamps });

  /** Of what only the processors have opened. */
  const closing: (() => Promise<void>)[] = [];

  async function processing(signal: AbortSignal): Promise<Promise<void>[]> {
    const { linker } = pipeline;
    const { index, close: closeIndex } = await openRedisIndex({
      redis: options.redis,
      prefix: kafkaNames(options.instance).prefix,
      linkerVersion: linker.version,
      committed: () => committedPositions(log, partitions),
      clock,
      logger,
    });
    const common = { log, serde, clock, counters, logger, partitions, memberId: worker, signal };
    const projected = await log.consumer({
      group: projectionGroup,
      topics: projectedTopics,
      memberId: worker,
    });
    const storeWriter = postgresItemStoreWriter(
      await openPostgresLink(options.postgres, options.instance, logger),
    );
    closing.push(
      closeIndex,
      () => projected.close(),
      () => storeWriter.close(),
    );
    return [
      runWriter({ ...common, pipeline, index }),
      runResolver(common),
      runRelinking({ ...common, index, linkerVersion: linker.version, catalogueVersion }),
      runWarnings({ ...common, pipeline, items: warnedItems(log, store), catalogueVersion }),
      runProjection({
        ...common,
        store: storeWriter,
        source: followGroup(log, projected, projectedTopics),
      }),
    ];
  }

  return {
    log,
    openIntake: openIntakeOf,
    admin: {
      ...controlMethods({ log, serde, commands, clock, attachments, openIntake: openIntakeOf }),
      lag: async () => ({ writer: await inFlight(log), projection: (await progressOf(log, store)).behind }),
      counters: async () => Object.fromEntries(counters.snapshot()),
      slots: ({ seen, waitMs }: { readonly seen: number; readonly waitMs: number }) =>
        slots.held(seen, waitMs),
      facts: (ask: StatusAsk) =>
        readStatus({
          ...ask,
          isShared: true,
          folder,
          log,
          serde,
          store,
          warnings,
          dueOf: reviewDueAt,
          incidents: null,
        }),
      report: (report: Omit<WorkerReport, 'worker' | 'at'> | null) => reports.write(report),
    },
    async run(signal) {
      const failed = new AbortController();
      const until = AbortSignal.any([signal, failed.signal]);
      const loops = [
        ...(roles.includes('processors') ? await processing(until) : []),
        ...(roles.includes('connectors') || roles.includes('sinks') ? [slots.run(until)] : []),
        untilAborted(until),
      ];
      try {
        await Promise.all(loops);
      } finally {
        failed.abort();
        await Promise.allSettled(loops);
      }
    },
    async close() {
      ending.abort();
      await Promise.all(closing.map((close) => close()));
      await store.close();
      await log.close();
    },
  };
}

const untilAborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });
