import { type HubConfig, loadConfig } from '../runtime/config.ts';
import { connectControl } from '../runtime/control/client.ts';
import { percentOf, progressOf } from '../runtime/item-store/progress.ts';
import type { Remote } from '../runtime/threads/rpc.ts';
import { registries } from './assembly.ts';
import { withWriter } from './engine.ts';
import { type HubReader, openReader } from './reader.ts';
import type { GlobalOptions, Shell } from './shell.ts';

/** How often a command asks whether the read model has caught up. */
const lookMs = 50;
/** What has not been projected by then is projected by the next hub. */
const projectedWithinMs = 10_000;

export const configOf = ({ config }: GlobalOptions, { environment }: Pick<Shell, 'environment'>): HubConfig =>
  loadConfig(config ?? null, environment, registries);

/** A look into the data folder, beside a running hub or without one. Throws HUB_DATA_FORMAT where there is none. */
export async function withReader<T>(
  { data }: GlobalOptions,
  read: (reader: HubReader) => Promise<T>,
): Promise<T> {
  const reader = await openReader(data);
  try {
    return await read(reader);
  } finally {
    await reader.close();
  }
}

/**
 * The hub that can change something in the data folder: the one that runs on it, else one opened for this command, with the item
 * writer running. Throws HUB_DATA_LOCKED when another process holds the folder without taking commands.
 */
export async function withHub<T>(
  globals: GlobalOptions,
  shell: Pick<Shell, 'environment' | 'clock'>,
  work: (hub: Pick<Remote, 'call'>) => Promise<T>,
): Promise<T> {
  const running = await connectControl(globals.data);
  if (running !== null) return work(running);
  return withWriter(globals.data, configOf(globals, shell), async ({ admin }) => {
    const result = await work({ call: admin });
    for (let waitedMs = 0; waitedMs < projectedWithinMs; waitedMs += lookMs) {
      const { projection } = (await admin('lag')) as { readonly projection: number };
      if (projection === 0) break;
      await shell.clock.sleep(lookMs);
    }
    return result;
  });
}

/** Says so, and how far the item store is, when what is shown may be old or not be there yet. */
export async function noteIfBehind(
  { log, store }: Pick<HubReader, 'log' | 'store'>,
  { t, note }: Pick<Shell, 't' | 'note'>,
): Promise<void> {
  const progress = await progressOf(log, store);
  if (progress.behind > 0) note(t.item.behind(progress.behind, percentOf(progress)));
}
