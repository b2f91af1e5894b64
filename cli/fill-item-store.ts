import type { Clock } from '../runtime/clock.ts';
import { lockDataFolder } from '../runtime/embedded/lock.ts';
import { HubError } from '../runtime/errors.ts';
import { openItemStoreWriter } from '../runtime/item-store/embedded.ts';
import { progressOf, type StoreProgress } from '../runtime/item-store/progress.ts';
import { followLog, runProjection } from '../runtime/item-store/projection.ts';
import { projectedTopics } from '../runtime/item-store/rows.ts';
import { stderrLogger } from '../runtime/telemetry.ts';
import { openReader } from './reader.ts';

const lookMs = 100;

/**
 * Fills the item store of a folder on which no hub runs, as a restored one: a backup does not hold it. What is missing when `signal` aborts, or of a
 * folder that must be brought up to date first, is left to the next hub. Throws HUB_DATA_LOCKED, HUB_DATA_WRITE.
 *
 * @returns how far it came; null where it could not begin
 */
export async function fillItemStore(
  folder: string,
  clock: Clock,
  signal: AbortSignal,
  onProgress: (progress: StoreProgress) => void,
): Promise<StoreProgress | null> {
  const lock = lockDataFolder(folder);
  try {
    const reader = await openReader(folder).catch((thrown: unknown) => {
      if (thrown instanceof HubError && thrown.code === 'HUB_DATA_FORMAT') return null;
      throw thrown;
    });
    if (reader === null) return null;
    const { log, serde, store } = reader;
    const logger = stderrLogger('warn');
    const writer = openItemStoreWriter(folder, logger);
    const filled = new AbortController();
    const until = AbortSignal.any([signal, filled.signal]);
    const source = followLog(log, projectedTopics);
    const running = runProjection({ store: writer, source, log, serde, clock, signal: until, logger });
    try {
      for (;;) {
        const progress = await progressOf(log, store);
        onProgress(progress);
        if (progress.behind === 0 || signal.aborted) return progress;
        await Promise.race([clock.sleep(lookMs, signal), running]);
      }
    } finally {
      filled.abort();
      await running.finally(() => reader.close().then(() => writer.close()));
    }
  } finally {
    lock.release();
  }
}
