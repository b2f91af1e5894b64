import { inFlight } from '../runtime/control/in-flight.ts';
import type { Log } from '../runtime/log/index.ts';
import { topics } from '../runtime/topics.ts';
import type { Progress } from './progress.ts';
import { openReader } from './reader.ts';
import type { Shell } from './shell.ts';

const lookMs = 500;

/**
 * Shows until `signal` aborts how many records a backfill has read, and which share of them is decided. Looks into the folder on a
 * connection of its own, beside the hub that does the work. Where it cannot look (no data yet), it shows nothing.
 */
export async function showBackfill(
  folder: string,
  source: string,
  progress: Progress,
  { t, clock }: Pick<Shell, 't' | 'clock'>,
  signal: AbortSignal,
): Promise<void> {
  let before: number | null = null;
  while (!signal.aborted) {
    const reader = await openReader(folder).catch(() => null);
    try {
      if (reader !== null) {
        const end = await rawEnd(reader.log, source);
        before ??= end;
        const read = end - before;
        const waiting = await inFlight(reader.log);
        if (read > 0 && !signal.aborted)
          progress.show(t.backfill.progress(read), Math.max(0, read - waiting), read);
      }
    } catch {
      // It is only looked at: what is wrong with the folder is told by the work itself.
    } finally {
      await reader?.close();
    }
    await clock.sleep(lookMs, signal);
  }
}

async function rawEnd(log: Pick<Log, 'topics' | 'range'>, source: string): Promise<number> {
  const name = topics.raw(source);
  const partitions = (await log.topics()).find((topic) => topic.name === name)?.partitions ?? 0;
  let sum = 0;
  for (let partition = 0; partition < partitions; partition++) sum += (await log.range(name, partition)).end;
  return sum;
}
