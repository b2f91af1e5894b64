/** What the commands stand on: a hub opened for one command, files sent through it, and the hub that stays up. */
import { resolve } from 'node:path';
import { type BackfillResult, backfill } from '../runtime/backfill.ts';
import { systemClock } from '../runtime/clock.ts';
import { connectorOptions, type HubConfig } from '../runtime/config.ts';
import type { NormalizeContext, Normalized, RawRecord } from '../runtime/connector.ts';
import { connectControl } from '../runtime/control/client.ts';
import { startControl } from '../runtime/control/server.ts';
import type { RunningFacts, SinkTopics, SourceRhythm, StatusAsk } from '../runtime/control/status-facts.ts';
import { lockDataFolder } from '../runtime/embedded/lock.ts';
import { type DutyFront, type FrontStatus, openFront } from '../runtime/front/server.ts';
import { type ExitCode, type RunningHub, runHub, stopSignals } from '../runtime/run.ts';
import { stderrLogger } from '../runtime/telemetry.ts';
import { startWriter, type Writer } from '../runtime/threads/writer.ts';
import { assemblyAt, assemblyOptions, registries } from './assembly.ts';
import { dutyPages } from './duty-pages.ts';
import { hubMethods } from './hub-methods.ts';
import { readModelOf } from './read-model.ts';

/** Generous: a command may have a large transaction in flight when it is done. */
const closeWithinMs = 60_000;
/** Without a record for so long a source is silent, where neither its definition nor the configuration says more. */
const dayMs = 24 * 3_600_000;

/**
 * Opens a data folder on which no hub runs for the time of `use`: with the item writer and the item store running, but no connectors and no sinks.
 * Throws HUB_DATA_LOCKED, HUB_DATA_FORMAT, HUB_DATA_WRITE.
 */
export async function withWriter<T>(
  folder: string,
  config: HubConfig,
  use: (writer: Writer) => Promise<T>,
): Promise<T> {
  const lock = lockDataFolder(folder);
  try {
    const writer = await startWriter(assemblyAt(assemblyOptions(folder, config)), systemClock);
    const readModel = readModelOf({ folder, logLevel: config.log.level }, systemClock);
    readModel.start();
    try {
      return await Promise.race([use(writer), writer.died.then((error) => Promise.reject(error))]);
    } finally {
      await writer.drain(closeWithinMs);
      await readModel.close(closeWithinMs);
      await writer.close(closeWithinMs);
    }
  } finally {
    lock.release();
  }
}

/** The part of the configuration that a source's `normalize` may look at; a source need not be configured. */
export function normalizerOf(
  source: string,
  config: HubConfig,
): {
  normalize(raw: RawRecord, context: Pick<NormalizeContext<unknown>, 'ingestedAt'>): Normalized;
  readonly maxRecordBytes: number;
} {
  const { type, input, maxRecordBytes } = sourceOf(source, config);
  const definition = registries.connectors.get(type);
  const options = input === null ? null : definition.config.parse(input);
  return {
    normalize: (raw, context) => definition.normalize(raw, { ...context, config: options }),
    maxRecordBytes,
  };
}

/** Sends files through the hub that runs on the folder, or through one opened for it. Throws HUB_REGISTRY_UNKNOWN. */
export async function backfillFiles(
  folder: string,
  config: HubConfig,
  source: string,
  files: readonly string[],
): Promise<BackfillResult> {
  const ask = { source, files: files.map((file) => resolve(file)) };
  sourceOf(source, config);
  const running = await connectControl(folder);
  if (running !== null) return (await running.call('backfill', ask)) as BackfillResult;
  return withWriter(folder, config, (writer) => backfillInto(writer, config, ask));
}

interface BackfillAsk {
  readonly source: string;
  readonly files: readonly string[];
}

function backfillInto(writer: Pick<Writer, 'admin' | 'attach'>, config: HubConfig, ask: BackfillAsk) {
  const { type, ...part } = sourceOf(ask.source, config);
  const definition = { type, module: registries.connectors.moduleOf(type) };
  return backfill(writer, { ...ask, ...part, definition, logLevel: config.log.level }, systemClock);
}

function sourceOf(source: string, config: HubConfig) {
  const configured = config.connectors.find(({ id, problems }) => id === source && problems.length === 0);
  if (configured !== undefined) {
    const { type, input, maxRecordBytes, maxMemoryMb } = configured;
    return { type, input, maxRecordBytes, maxMemoryMb };
  }
  const type = registries.connectors.get(source).name;
  const { maxRecordBytes, maxMemoryMb } = connectorOptions.parse({});
  return { type, input: null, maxRecordBytes, maxMemoryMb };
}

/**
 * Runs the hub on a data folder until it is told to stop. Throws what keeps it from starting before a thread is begun
 * (HUB_DATA_LOCKED, HUB_DATA_WRITE); all later ends are exit codes.
 */
export async function upHub(
  folder: string,
  config: HubConfig,
  onStarted: (page: FrontStatus) => void,
): Promise<ExitCode> {
  const lock = lockDataFolder(folder);
  const log = stderrLogger(config.log.level);
  const clock = systemClock;
  const startedAt = clock.now();
  const expected = { startedAt, sources: sourceRhythms(config), sinks: sinkTopics(config) };
  const duty = dutyPages({ folder, config, clock, ...expected });
  let page: DutyFront | null = null;
  const readModel = readModelOf({ folder, logLevel: config.log.level }, clock);
  const front = async (hub: RunningHub) => {
    const opened = await openFront({
      ...config.http,
      pages: duty.pagesOf(hub, readModel, () => opened.status()),
      clock,
      log,
    });
    page = opened;
    const methods = methodsOf(hub, config, opened, startedAt);
    const control = await startControl({ folder, methods }).catch(async (thrown: unknown) => {
      await opened.close();
      throw thrown;
    });
    return {
      async close() {
        await Promise.all([control.close(), opened.close()]);
      },
    };
  };
  const { stop, force } = stopSignals();
  try {
    const assembly = assemblyAt(assemblyOptions(folder, config));
    return await runHub({
      config,
      registries,
      assembly,
      clock,
      log,
      stop,
      force,
      readAlong: readModel,
      front,
      onStarted() {
        duty.started();
        if (page !== null) onStarted(page.status());
      },
    });
  } finally {
    lock.release();
  }
}

/** The sources that this configuration lets run, and what is expected of each. */
export function sourceRhythms(config: HubConfig): readonly SourceRhythm[] {
  return config.connectors
    .filter(({ enabled, problems }) => enabled && problems.length === 0)
    .map(({ id: source, type, silentAfterMs }) => {
      const definition = registries.connectors.get(type);
      const expected = silentAfterMs ?? definition.silentAfterMs ?? dayMs;
      const { answersAreSigns = false } = definition;
      return { source, silentAfterMs: expected === 0 ? null : expected, answersAreSigns };
    });
}

/** The sinks that this configuration lets run, and what each reads. */
export function sinkTopics(config: HubConfig): readonly SinkTopics[] {
  return config.sinks
    .filter(({ enabled, problems }) => enabled && problems.length === 0)
    .map(({ id: sink, type, input }) => {
      const definition = registries.sinks.get(type);
      return { sink, topics: definition.topics(definition.config.parse(input)) };
    });
}

/** What only the running hub knows of the facts of `hub status`. */
export type Overview = Omit<RunningFacts, 'pid'> & Pick<StatusAsk, 'sources' | 'sinks'>;

/** What a hub of one process does for commands. */
function methodsOf(hub: RunningHub, config: HubConfig, page: DutyFront, startedAt: number) {
  return {
    ...hubMethods(hub),
    overview: async (): Promise<Overview> => ({
      parts: hub.parts.status(),
      front: page.status(),
      startedAt,
      sources: sourceRhythms(config),
      sinks: sinkTopics(config),
    }),
    backfill: (ask: BackfillAsk) => backfillInto(hub.writer, config, ask),
  };
}
