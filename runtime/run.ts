import { totalmem } from 'node:os';
import type { Clock } from './clock.ts';
import type { HubConfig, Registries } from './config.ts';
import { type HubError, toHubError } from './errors.ts';
import { framesOf } from './foreign-error.ts';
import { partsOf, startPart } from './parts.ts';
import { followSlots } from './placement/follow.ts';
import type { Logger } from './telemetry.ts';
import type { AssemblyAt } from './threads/messages.ts';
import { type Supervisor, supervise } from './threads/supervisor.ts';
import type { PartKind } from './threads/watched-part.ts';
import { startWriter, type Writer } from './threads/writer.ts';

/** What the process ends with; a service manager restarts it on anything but 0, 78 and 130. */
export const exitCodes = {
  /** Stopped on request, everything in flight finished. */
  drained: 0,
  /** Could not start (data folder locked, port busy, …); the message says why. */
  notStarted: 1,
  /** The writer's thread died; nothing accepted is lost. */
  writerDied: 70,
  /** Stopped on request, but something did not finish in time and was ended; it is read or delivered again. */
  drainIncomplete: 75,
  /** The configuration is wrong (HUB_CONFIG_*, HUB_CATALOGUE_*): starting again changes nothing. */
  configInvalid: 78,
  /** A second signal: ended at once. */
  forced: 130,
} as const;

export type ExitCode = (typeof exitCodes)[keyof typeof exitCodes];

/** Longest wait for each step of stopping, ms: together within the 20 s that a service manager gives. */
export const stopWithinMs = {
  front: 2_000,
  connectors: 5_000,
  writerLoop: 5_000,
  sinks: 4_000,
  writer: 3_000,
} as const;

/** Share of the machine's (or the container's) memory above which the part that grew most is ended. */
const processMemoryShare = 0.85;

/** A running hub, as HTTP, status and control see it. */
export interface RunningHub {
  readonly writer: Pick<Writer, 'admin' | 'attach' | 'silentMs'>;
  readonly parts: Pick<Supervisor, 'status' | 'restart'>;
}

/** What a process that is one of several does of the hub. */
export interface WorkerRole {
  /** Stable, and unlike that of any other worker: the names of its transactions and of its places in groups are made from it. */
  readonly name: string;
  /** The kinds of parts that it takes a share of. */
  readonly parts: readonly PartKind[];
}

export interface RunOptions {
  readonly config: HubConfig;
  readonly registries: Registries;
  /** The module that assembles the writer and the readers, and its options. */
  readonly assembly: AssemblyAt;
  /** One of several processes of a hub, which share its parts out; null or absent: this process is the whole hub. */
  readonly worker?: WorkerRole | null;
  readonly clock: Clock;
  readonly log: Logger;
  /** Default: in a thread of its own. */
  readonly startWriter?: typeof startWriter;
  /** Aborts when the hub is to stop (the first signal). */
  readonly stop: AbortSignal;
  /** Aborts when it is to end at once (the second signal). */
  readonly force: AbortSignal;
  /** What reads along (the item store). */
  readonly readAlong?: ReadAlong;
  /** What stands in front (HTTP): opened when the writer is ready, closed first. */
  front?(hub: RunningHub): Promise<Front>;
  /** Called when all is started. */
  onStarted?(hub: RunningHub): void;
}

/**
 * Starts writer, then sinks, then connectors; runs until asked to stop or until the writer dies; stops in the order in which
 * records flow: front and connectors (nothing new comes in), writer loop, sinks (which still need the writer for their offsets) and what
 * reads along, writer. Never rejects: what went wrong is logged, and told by the exit code.
 */
export async function runHub(options: RunOptions): Promise<ExitCode> {
  return Promise.race([run(options), aborted(options.force).then(() => exitCodes.forced)]);
}

interface Front {
  close(): Promise<void>;
}

export interface ReadAlong {
  /** Called when the writer is ready. */
  start(): void;
  /** Ends it within that time, whatever it has come to. Called before the writer is closed, so that this is the last on its file. */
  close(withinMs: number): Promise<void>;
}

async function run(options: RunOptions): Promise<ExitCode> {
  const { clock, log, stop } = options;
  let writer: Writer;
  try {
    writer = await (options.startWriter ?? startWriter)(options.assembly, clock);
  } catch (thrown) {
    return notStarted(toHubError(thrown), log);
  }
  const maxProcessBytes = processMemoryShare * memoryOfProcess();
  const parts = supervise({ clock, log, maxProcessBytes, residentBytes: () => process.memoryUsage.rss() });
  const hub: RunningHub = { writer, parts };
  const leaving = new AbortController();
  let front: Front | undefined;
  let died: HubError | null;
  const end = () => {
    leaving.abort();
    return stopAll(options, front, writer, parts);
  };
  try {
    options.readAlong?.start();
    front = await options.front?.(hub);
    startParts(options, writer, parts, leaving.signal);
    options.onStarted?.(hub);
    died = await Promise.race([writer.died, aborted(stop).then(() => null)]);
  } catch (thrown) {
    await end();
    return notStarted(toHubError(thrown), log);
  }
  if (died === null) log.info('stopping');
  else {
    log.error('the writer died, the hub goes down', { ...factsOf(died), stack: framesOf(died).join('\n') });
    log.debug('what the writer threw', { stack: died.stack });
  }
  const late = await end();
  if (late.length > 0) log.warn('not all parts stopped in time', { late });
  if (died !== null) return exitCodes.writerDied;
  return late.length === 0 ? exitCodes.drained : exitCodes.drainIncomplete;
}

/** @param leaving aborts when no part is to be started any more */
function startParts(options: RunOptions, writer: Writer, parts: Supervisor, leaving: AbortSignal): void {
  const { worker = null, clock, log } = options;
  const all = partsOf({ ...options, writer, worker: worker?.name ?? null });
  const mine = worker === null ? all : all.filter(({ kind }) => worker.parts.includes(kind));
  for (const part of mine) if (worker === null || part.isEverywhere) startPart(part, parts, log);
  if (worker === null || mine.length === 0) return;
  followSlots({ configured: mine, writer, parts, clock, log }, leaving).catch((thrown: unknown) => {
    // The slots are the writer's to tell: when it dies, that is what is said of the end.
    log.debug('the slots are no longer followed', factsOf(toHubError(thrown)));
  });
}

/** In the order in which records flow. The names of what was not done in its time. */
async function stopAll(
  { clock, log, readAlong }: RunOptions,
  front: Front | undefined,
  writer: Writer,
  parts: Supervisor,
): Promise<readonly string[]> {
  const [frontClosed, lateConnectors] = await Promise.all([
    closeFront(front, clock, log),
    parts.stop('connector', stopWithinMs.connectors),
  ]);
  const loopEnded = await writer.drain(stopWithinMs.writerLoop);
  const [lateSinks] = await Promise.all([
    parts.stop('sink', stopWithinMs.sinks),
    readAlong?.close(stopWithinMs.sinks),
  ]);
  await parts.close();
  const writerClosed = await writer.close(stopWithinMs.writer);
  return [
    ...(frontClosed ? [] : ['front']),
    ...lateConnectors,
    ...(loopEnded ? [] : ['writer loop']),
    ...lateSinks,
    ...(writerClosed ? [] : ['writer']),
  ];
}

async function closeFront(front: Front | undefined, clock: Clock, log: Logger): Promise<boolean> {
  if (front === undefined) return true;
  const over = new AbortController();
  const closed = front.close().then(
    () => true,
    (thrown: unknown) => {
      log.warn('front did not close', factsOf(toHubError(thrown)));
      return false;
    },
  );
  const late = clock.sleep(stopWithinMs.front, over.signal).then(() => false);
  const inTime = await Promise.race([closed, late]);
  over.abort();
  return inTime;
}

function notStarted(error: HubError, log: Logger): ExitCode {
  log.error('the hub could not start', factsOf(error));
  return exitCodeOf(error);
}

/** Of a process that did not get as far as running, because of this error. */
export const exitCodeOf = ({ code }: HubError): ExitCode =>
  /^HUB_(CONFIG|CATALOGUE)_/.test(code) ? exitCodes.configInvalid : exitCodes.notStarted;

const factsOf = (error: HubError): Record<string, unknown> => ({
  ...error.context,
  code: error.code,
  message: error.message,
});

const aborted = (signal: AbortSignal): Promise<void> =>
  new Promise((resolve) => {
    if (signal.aborted) resolve();
    else signal.addEventListener('abort', () => resolve(), { once: true });
  });

/** A container's limit where there is one. */
function memoryOfProcess(): number {
  const constrained = process.constrainedMemory();
  return constrained > 0 && constrained < totalmem() ? constrained : totalmem();
}

/**
 * SIGTERM and SIGINT as two signals: the first asks the hub to stop, a second to end at once.
 * The caller ends the process with `process.exit(await runHub(…))`, so that after `force` nothing is waited for.
 */
export function stopSignals(): { readonly stop: AbortSignal; readonly force: AbortSignal } {
  const stop = new AbortController();
  const force = new AbortController();
  for (const name of ['SIGTERM', 'SIGINT'] as const) {
    process.on(name, () => (stop.signal.aborted ? force : stop).abort());
  }
  return { stop: stop.signal, force: force.signal };
}
