import { MessageChannel, Worker } from 'node:worker_threads';
import { backoffMs } from '../runtime/backoff.ts';
import type { Clock } from '../runtime/clock.ts';
import type { StatusAsk, StatusFacts } from '../runtime/control/status-facts.ts';
import { HubError, toHubError } from '../runtime/errors.ts';
import type { ReadAlong } from '../runtime/run.ts';
import type { RestAnswer, RestAsk } from '../runtime/schema-registry/rest.ts';
import { stderrLogger } from '../runtime/telemetry.ts';
import { youngGenerationMb } from '../runtime/threads/part-thread.ts';
import { connect, type Remote } from '../runtime/threads/rpc.ts';
import type { ReadModelData } from './read-model-thread.ts';

/** A look that takes longer is given up, and its thread with it. */
const readWithinMs = 120_000;
/** A thread that ends by itself is started again; one that lived so long begins with the shortest pause again. */
const pauses = { firstMs: 500, longestMs: 60_000 };
const soundAfterMs = 60_000;

/** The thread of the item store: follows the log, and reads for the duty page and for who asks about schemas. */
export interface ReadModel extends ReadAlong {
  /** Facts of the status. Throws what keeps the folder from being read, HUB_LOG_CLOSED when its thread has ended. */
  facts(ask: StatusAsk): Promise<StatusFacts>;
  /** The same for what is asked about schemas. */
  schemas(ask: RestAsk): Promise<RestAnswer>;
}

/**
 * It reads what the writer has prepared when that is ready. A thread that fails is started again, and keeps nobody waiting; what it has not
 * taken in when it is closed the next one does.
 */
export function readModelOf(
  { folder, logLevel }: Pick<ReadModelData, 'folder' | 'logLevel'>,
  clock: Clock,
): ReadModel {
  const logger = stderrLogger(logLevel);
  const over = new AbortController();
  let worker: Worker | null = null;
  let remote: Remote | null = null;
  let failure: HubError | null = null;
  let ended: Promise<void> | null = null;

  async function keepRunning(): Promise<void> {
    for (let failures = 0; ; failures += 1) {
      const startedAt = clock.now();
      await runThread();
      if (over.signal.aborted) return;
      failure ??= new HubError('HUB_INTERNAL', 'it ended its own thread');
      const { code, message } = failure;
      if (clock.now() - startedAt > soundAfterMs) failures = 0;
      const pauseMs = backoffMs(failures, pauses, clock.random());
      logger.error('the item store has stopped', { code, message, retryInMs: pauseMs });
      await clock.sleep(pauseMs, over.signal);
      if (over.signal.aborted) return;
    }
  }

  /** Resolves when the thread has ended; `failure` says why. */
  function runThread(): Promise<void> {
    const { port1, port2 } = new MessageChannel();
    const started = new Worker(new URL('./read-model-thread.ts', import.meta.url), {
      name: 'read model',
      workerData: { folder, logLevel, port: port2 } satisfies ReadModelData,
      transferList: [port2],
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
      stdout: true,
    });
    started.stdout.on('data', (text: Buffer) => process.stderr.write(text));
    failure = null;
    worker = started;
    remote = connect(port1);
    return new Promise((resolve) => {
      started.on('error', (thrown: unknown) => {
        failure ??= toHubError(thrown);
      });
      started.on('exit', () => {
        worker = null;
        remote = null;
        resolve();
      });
      // It must not keep the process alive.
      started.unref();
    });
  }

  const notRunning = (): HubError =>
    failure ?? new HubError('HUB_LOG_CLOSED', 'the thread of the item store does not run');

  async function call(method: string, ask: unknown): Promise<unknown> {
    if (remote === null) throw notRunning();
    const enough = new AbortController();
    const tooLong = clock.sleep(readWithinMs, enough.signal).then(async () => {
      if (enough.signal.aborted) return null;
      failure = new HubError('HUB_LOG_CLOSED', `the data folder could not be read within ${readWithinMs} ms`);
      await worker?.terminate();
      throw failure;
    });
    const reading = remote.call(method, ask).catch((thrown: unknown) => {
      throw failure ?? thrown;
    });
    try {
      return await Promise.race([reading, tooLong]);
    } finally {
      enough.abort();
      reading.catch(() => {});
      tooLong.catch(() => {});
    }
  }

  return {
    start() {
      ended ??= keepRunning();
    },
    facts: (ask) => call('facts', ask) as Promise<StatusFacts>,
    schemas: (ask) => call('schemas', ask) as Promise<RestAnswer>,
    async close(withinMs) {
      over.abort();
      const enough = new AbortController();
      remote?.call('stop').catch(() => {});
      await Promise.race([ended, clock.sleep(withinMs, enough.signal)]);
      enough.abort();
      await worker?.terminate();
      await ended;
    },
  };
}
