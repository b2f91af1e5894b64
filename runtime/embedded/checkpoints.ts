import { once } from 'node:events';
import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import type { Clock } from '../clock.ts';
import { toHubError } from '../errors.ts';
import type { Logger } from '../telemetry.ts';

export interface CheckpointData {
  readonly folder: string;
}

/** What the checkpoints' thread answers. */
export type Checkpointed = { readonly pages: number } | { readonly code: string; readonly message: string };

/**
 * Rows after which a checkpoint is due: some 3 to 6 KiB of the write-ahead log each, so 30 to 60 MiB. The last page of each topic and
 * partition changes with every commit: a checkpoint writes it to the file once for many of them.
 */
const rowsBetween = 10_000;
const lookMs = 100;

/**
 * Copies into the data file what its write-ahead log holds, in a thread of its own: a checkpoint of 60 MiB takes some tenths of a second,
 * which nothing that is to be judged should wait. The last few pages are the writer's, so that its next commit finds the log copied whole and
 * begins it anew. Where the thread fails, `wal_autocheckpoint` of the writer's connection keeps the log bounded.
 *
 * @param run.database the writer's connection to the data file in `run.folder`
 */
export async function runCheckpoints(run: {
  readonly database: DatabaseSync;
  readonly folder: string;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { database, folder, clock, logger, signal } = run;
  const changes = database.prepare('SELECT total_changes() AS changes');
  const last = database.prepare('PRAGMA wal_checkpoint(PASSIVE)');
  const rows = (): number => (changes.get() as { changes: number }).changes;
  let worker: Worker | null = null;
  let before = rows();
  while (!signal.aborted) {
    await clock.sleep(lookMs, signal);
    const now = rows();
    if (signal.aborted || now - before < rowsBetween) continue;
    before = now;
    try {
      worker ??= startThread(folder);
      const answer = await ask(worker);
      if ('code' in answer) logger.warn('no checkpoint of the data file', answer);
      else last.get();
    } catch (thrown) {
      const { code, message } = toHubError(thrown);
      logger.warn('no checkpoint of the data file', { code, message });
      await worker?.terminate();
      worker = null;
    }
  }
  await worker?.terminate();
}

function startThread(folder: string): Worker {
  return new Worker(new URL('./checkpoint-thread.ts', import.meta.url), {
    name: 'checkpoints',
    workerData: { folder } satisfies CheckpointData,
    // It makes hardly any objects.
    resourceLimits: { maxYoungGenerationSizeMb: 1 },
  });
}

/** Rejects when the thread ends. */
async function ask(worker: Worker): Promise<Checkpointed> {
  const over = new AbortController();
  const ended = once(worker, 'exit', { signal: over.signal }).then(([code]) => {
    throw new Error(`the checkpoints' thread ended (exit code ${code})`);
  });
  ended.catch(() => {});
  try {
    worker.postMessage(null);
    const [answer] = await Promise.race([once(worker, 'message'), ended]);
    return answer as Checkpointed;
  } finally {
    over.abort();
  }
}
