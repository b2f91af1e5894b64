import { MessageChannel, Worker } from 'node:worker_threads';
import type { Clock } from '../runtime/clock.ts';
import type { StatusAsk, StatusFacts } from '../runtime/control/status-facts.ts';
import { HubError, toHubError } from '../runtime/errors.ts';
import type { RestAnswer, RestAsk } from '../runtime/schema-registry/rest.ts';
import { youngGenerationMb } from '../runtime/threads/part-thread.ts';
import { connect, type Remote } from '../runtime/threads/rpc.ts';

/** A look that takes longer is given up, and its thread with it. */
const readWithinMs = 120_000;

export interface FactsReader {
  /** Throws what keeps the folder from being read, HUB_LOG_CLOSED when its thread has ended. */
  read(ask: StatusAsk): Promise<StatusFacts>;
  /** The same for what is asked about schemas. */
  schemas(ask: RestAsk): Promise<RestAnswer>;
  close(): Promise<void>;
}

/** Reads the facts of the status in a thread of its own, which begins with the first look. */
export function factsReader(folder: string, clock: Clock): FactsReader {
  let worker: Worker | null = null;
  let remote: Remote | null = null;
  let failure: HubError | null = null;

  function launch(): Remote {
    const { port1, port2 } = new MessageChannel();
    const started = new Worker(new URL('./facts-thread.ts', import.meta.url), {
      name: 'duty page',
      workerData: { folder, port: port2 },
      transferList: [port2],
      resourceLimits: { maxYoungGenerationSizeMb: youngGenerationMb },
      stdout: true,
    });
    started.stdout.on('data', (text: Buffer) => process.stderr.write(text));
    failure = null;
    started.on('error', (thrown: unknown) => {
      failure = toHubError(thrown);
    });
    started.on('exit', () => {
      if (worker !== started) return;
      worker = null;
      remote = null;
    });
    started.unref();
    worker = started;
    remote = connect(port1);
    return remote;
  }

  async function call(method: string, ask: unknown): Promise<unknown> {
    const over = new AbortController();
    const tooLong = clock.sleep(readWithinMs, over.signal).then(async () => {
      if (over.signal.aborted) return null;
      await worker?.terminate();
      throw new HubError('HUB_LOG_CLOSED', `the data folder could not be read within ${readWithinMs} ms`);
    });
    const reading = (remote ?? launch()).call(method, ask).catch((thrown: unknown) => {
      throw failure ?? thrown;
    });
    try {
      return await Promise.race([reading, tooLong]);
    } finally {
      over.abort();
      reading.catch(() => {});
      tooLong.catch(() => {});
    }
  }

  return {
    read: (ask) => call('facts', ask) as Promise<StatusFacts>,
    schemas: (ask) => call('schemas', ask) as Promise<RestAnswer>,
    async close() {
      await worker?.terminate();
    },
  };
}
