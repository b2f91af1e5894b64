import type { Worker } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import { type ErrorCode, HubError, toHubError } from '../errors.ts';
import { framesOf, isErrorLike, wordsOf } from '../foreign-error.ts';
import type { Logger } from '../telemetry.ts';
import type { FromPart, Progress, ToPart } from './messages.ts';
import { fromWire } from './rpc.ts';
import { type Holding, type Life, type Limits, type PartState, type Sign, step, unborn } from './watchdog.ts';

const mebibyte = 1024 * 1024;

export type PartKind = 'connector' | 'sink';

export interface Part {
  readonly name: string;
  readonly kind: PartKind;
  /** Heap and ArrayBuffers of its thread together. */
  readonly maxMemoryMb: number;
  /** Starts one thread of this part; called anew for each restart. */
  launch(): Worker;
}

export interface PartStatus extends Progress {
  readonly name: string;
  readonly kind: PartKind;
  readonly state: PartState;
  /** When it came into this state, ms since epoch. */
  readonly since: number;
  readonly restarts: number;
  /** Kept until the next one, with its time: compare with `lastBatchAt`. */
  readonly lastError: { readonly code: ErrorCode; readonly message: string; readonly at: number } | null;
  readonly memoryBytes: number;
  /** On which of several workers it runs; absent in a hub of one process. */
  readonly worker?: string;
}

export interface WatchedPart {
  status(): PartStatus;
  /** Null while it has no thread. */
  holding(): Omit<Holding, 'name'> | null;
  start(): void;
  /** Starts it at once when it waits; else nothing. */
  restart(): void;
  /** To be called every `ms`. */
  tick(ms: number): void;
  /** Ends its thread; it is started again as after any other failure. */
  end(reason: 'silent' | 'memory', message: string): void;
  /** Tells its thread, and each that follows, whether it leads; see ReadContext.leads. */
  lead(leads: boolean): void;
  /** For good. True when the thread stopped by itself within `deadline`, else it was terminated. */
  stop(deadline: Promise<void>): Promise<boolean>;
}

interface Thread {
  readonly worker: Worker;
  readonly exited: Promise<void>;
  /** Why it ended or was ended; the first reason counts, the others follow from it. */
  failure: HubError | null;
  stopAsked: boolean;
  measuring: boolean;
  progress: Progress;
  bytes: number;
  firstBytes: number;
}

const noProgress: Progress = { batches: 0, records: 0, lastBatchAt: null, lastRecordAt: null };

const codes = {
  connector: {
    silent: 'HUB_CONNECTOR_UNRESPONSIVE',
    memory: 'HUB_CONNECTOR_MEMORY',
    crashed: 'HUB_CONNECTOR_CRASHED',
  },
  sink: { silent: 'HUB_SINK_UNRESPONSIVE', memory: 'HUB_SINK_MEMORY', crashed: 'HUB_SINK_CRASHED' },
} as const satisfies Record<PartKind, Record<string, ErrorCode>>;

/**
 * One connector or sink and the thread it has at the moment, if any. Never two at once: the next is started when the one
 * before is gone. What happens here is no business of another part.
 */
export function watchPart(part: Part, clock: Clock, log: Logger, limits: Limits): WatchedPart {
  const label = `${part.kind} ${part.name}`;
  let life: Life = unborn;
  let since = clock.now();
  let lastError: PartStatus['lastError'] = null;
  let thread: Thread | null = null;
  /** What was last said; null: nothing, the thread knows from its launch. */
  let leads: boolean | null = null;
  /** Of the threads that are gone. */
  let before: Progress = noProgress;

  function apply(sign: Sign): void {
    const [next, action] = step(life, sign, limits, clock.random());
    if (next.state !== life.state) since = clock.now();
    life = next;
    if (action === 'start') launch();
    else if (action === 'end silent') end('silent', `${label} gave no sign of life for ${life.silentMs} ms`);
    else if (action === 'end memory') {
      const held = Math.round((thread?.bytes ?? 0) / mebibyte);
      end('memory', `${label} holds ${held} MiB, at most ${part.maxMemoryMb} expected (maxMemoryMb)`);
    }
  }

  function launch(): void {
    let worker: Worker;
    try {
      worker = part.launch();
    } catch (thrown) {
      fail(toHubError(thrown));
      return;
    }
    const { promise: exited, resolve } = Promise.withResolvers<void>();
    const mine: Thread = {
      worker,
      exited,
      failure: null,
      stopAsked: false,
      measuring: false,
      progress: noProgress,
      bytes: 0,
      firstBytes: 0,
    };
    thread = mine;
    worker.on('message', (message: FromPart) => hear(mine, message));
    worker.on('error', (error: unknown) => {
      const outOfMemory = isErrorLike(error) && error.code === 'ERR_WORKER_OUT_OF_MEMORY';
      mine.failure ??= failure(outOfMemory ? 'memory' : 'crashed', `${label}: ${wordsOf(error)}`, error);
    });
    worker.on('exit', (exitCode) => {
      thread = null;
      before = sum(before, mine.progress);
      resolve();
      if (mine.stopAsked) apply({ type: 'ended', failure: null });
      else fail(mine.failure ?? failure('crashed', `${label} ended its own thread (exit code ${exitCode})`));
    });
    if (leads !== null) tellLead(worker, leads);
    apply({ type: 'started' });
  }

  const tellLead = (worker: Worker, leads: boolean): void =>
    worker.postMessage({ type: 'lead', leads } satisfies ToPart);

  function hear(mine: Thread, message: FromPart): void {
    if (message.type === 'heartbeat') {
      mine.progress = message.progress;
      apply({ type: 'heard' });
    } else if (message.type === 'retry') {
      note(fromWire(message.error));
      apply({ type: 'retrying', pauseMs: message.pauseMs });
    } else if (message.type === 'failed') mine.failure ??= fromWire(message.error);
    else mine.failure ??= failure('crashed', `${label} returned although nobody asked it to stop`);
  }

  function failure(reason: 'silent' | 'memory' | 'crashed', message: string, cause?: unknown): HubError {
    return new HubError(codes[part.kind][reason], message, { cause });
  }

  function end(reason: 'silent' | 'memory', message: string): void {
    if (thread === null) return;
    thread.failure ??= failure(reason, message);
    apply({ type: 'ending' });
    void thread.worker.terminate();
  }

  function fail(error: HubError): void {
    note(error);
    apply({ type: 'ended', failure: error });
    const facts = { part: part.name, kind: part.kind, code: error.code, message: error.message };
    const origin = isErrorLike(error.cause) ? error.cause : error;
    const stack = framesOf(origin).join('\n');
    log.error('part ended', { ...facts, retryInMs: life.waitMs, ...error.context, stack });
    // The head of the whole stack is the message.
    log.debug('what the part threw', { part: part.name, kind: part.kind, stack: origin.stack });
  }

  function note(error: HubError): void {
    lastError = { code: error.code, message: error.message, at: clock.now() };
  }

  /** Asks V8, not the part: an isolate answers even while its code spins or a regular expression backtracks. */
  async function measure(mine: Thread, sinceMs: number): Promise<void> {
    if (mine.measuring) return;
    mine.measuring = true;
    try {
      const heap = await mine.worker.getHeapStatistics();
      mine.bytes = heap.used_heap_size + heap.external_memory;
      if (mine.firstBytes === 0) mine.firstBytes = mine.bytes;
      if (thread === mine) {
        apply({ type: 'memory', bytes: mine.bytes, limitBytes: part.maxMemoryMb * mebibyte, sinceMs });
      }
    } catch {
      // The thread has ended in the meantime; its exit says why.
    } finally {
      mine.measuring = false;
    }
  }

  return {
    status: () => ({
      name: part.name,
      kind: part.kind,
      state: life.state,
      since,
      restarts: life.restarts,
      lastError,
      memoryBytes: thread?.bytes ?? 0,
      ...sum(before, thread?.progress ?? noProgress),
    }),
    holding: () => (thread === null ? null : { bytes: thread.bytes, firstBytes: thread.firstBytes }),
    start: launch,
    restart: () => apply({ type: 'restart' }),
    tick(ms) {
      if (thread !== null) void measure(thread, ms);
      apply({ type: 'tick', ms });
    },
    end,
    lead(now) {
      leads = now;
      if (thread !== null) tellLead(thread.worker, now);
    },
    async stop(deadline) {
      const mine = thread;
      apply({ type: 'ending' });
      apply({ type: 'never again' });
      if (mine === null) return true;
      mine.stopAsked = true;
      mine.worker.postMessage({ type: 'stop' } satisfies ToPart);
      await Promise.race([mine.exited, deadline]);
      if (thread === null) return true;
      await mine.worker.terminate();
      return false;
    },
  };
}

function sum(before: Progress, now: Progress): Progress {
  return {
    batches: before.batches + now.batches,
    records: before.records + now.records,
    lastBatchAt: now.lastBatchAt ?? before.lastBatchAt,
    lastRecordAt: now.lastRecordAt ?? before.lastRecordAt,
    counted: Object.fromEntries(
      [...new Set([...Object.keys(before.counted ?? {}), ...Object.keys(now.counted ?? {})])].map(
        (series) => [series, (before.counted?.[series] ?? 0) + (now.counted?.[series] ?? 0)],
      ),
    ),
  };
}
