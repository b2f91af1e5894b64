/** The parts that a configuration names, and how each gets its thread. */
import type { Worker } from 'node:worker_threads';
import type { HubConfig, PartConfig, Registries } from './config.ts';
import { configError } from './config-problem.ts';
import type { Logger } from './telemetry.ts';
import type { AssemblyAt } from './threads/messages.ts';
import { launchPart } from './threads/part-thread.ts';
import type { Supervisor } from './threads/supervisor.ts';
import type { PartKind } from './threads/watched-part.ts';
import type { Writer } from './threads/writer.ts';

/** A connector or sink that is not switched off. */
export interface ConfiguredPart extends Pick<PartConfig, 'problems' | 'maxMemoryMb'> {
  readonly kind: PartKind;
  /** Key in the configuration. */
  readonly name: string;
  /** Runs on every worker at once, not on one of them: it waits to be called, and loses nothing by waiting in several places. */
  readonly isEverywhere: boolean;
  /** Starts one thread of it; called anew for each restart. */
  launch(): Worker;
}

export interface PartSurroundings {
  readonly config: HubConfig;
  readonly registries: Registries;
  readonly assembly: AssemblyAt;
  readonly writer: Pick<Writer, 'attach'>;
  /**
   * Stable name of this worker among several; null for a hub of one process. What runs on every worker has an intake, and so a position and a transactional
   * id, of its own on each.
   */
  readonly worker: string | null;
}

/** Sinks first: they are to be there before the first record is. */
export function partsOf({
  config,
  registries,
  assembly,
  writer,
  worker,
}: PartSurroundings): readonly ConfiguredPart[] {
  const logLevel = config.log.level;
  const sinks = config.sinks
    .filter(({ enabled }) => enabled)
    .map(({ id, type, input, problems, maxMemoryMb }): ConfiguredPart => {
      const launch = (): Worker => {
        const definition = { type, module: registries.sinks.moduleOf(type) };
        const data = { kind: 'sink', id, definition, input, logLevel, assembly, maxMemoryMb } as const;
        return launchPart(data, writer.attach('sink', id));
      };
      return { kind: 'sink', name: id, problems, maxMemoryMb, isEverywhere: false, launch };
    });
  const connectors = config.connectors
    .filter(({ enabled }) => enabled)
    .map(({ id, type, input, problems, maxMemoryMb, maxRecordBytes }): ConfiguredPart => {
      const isEverywhere =
        worker !== null &&
        registries.connectors.has(type) &&
        registries.connectors.get(type).isEverywhere === true;
      const launch = (): Worker => {
        const definition = { type, module: registries.connectors.moduleOf(type) };
        const own = {
          id,
          source: id,
          files: null,
          definition,
          input,
          maxRecordBytes,
          leads: !isEverywhere,
        } as const;
        const data = { kind: 'connector', ...own, logLevel, maxMemoryMb } as const;
        return launchPart(data, writer.attach('intake', isEverywhere ? `${id}@${worker}` : id));
      };
      return { kind: 'connector', name: id, problems, maxMemoryMb, isEverywhere, launch };
    });
  return [...sinks, ...connectors];
}

/** One that is configured wrongly is shown and never tried; its neighbours notice nothing. */
export function startPart(
  part: ConfiguredPart,
  parts: Pick<Supervisor, 'add' | 'addDegraded'>,
  log: Logger,
): void {
  const { problems, name, kind } = part;
  if (problems.length === 0) {
    parts.add(part);
    return;
  }
  const error = configError(problems);
  log.error('part is not started', {
    part: name,
    kind,
    ...error.context,
    code: error.code,
    message: error.message,
  });
  parts.addDegraded(part, error);
}
