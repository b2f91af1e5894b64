import type { WarnedItems } from '../core/warning-loop.ts';
import { holdsRecords } from '../log/holds-records.ts';
import type { Log, TopicPartition } from '../log/index.ts';
import type { ItemStore, Wanted } from './index.ts';
import { Positions } from './positions.ts';

/** The item store for the look for items under a warning. */
export function warnedItems(
  log: Pick<Log, 'read'>,
  store: Pick<ItemStore, 'reached' | 'inCategories'>,
): WarnedItems {
  return {
    async page(query, after, limit, ends) {
      const wanted = await takenIn(log, store, ends);
      const found = wanted && (await store.inCategories(query, after, limit, wanted));
      return found?.map(({ itemId, baseId, item }) => ({ itemId, baseId, origin: item.origin })) ?? null;
    },
  };
}

/** What the store has reached, where that is all that lies below `ends`; else null. */
async function takenIn(
  log: Pick<Log, 'read'>,
  store: Pick<ItemStore, 'reached'>,
  ends: readonly (TopicPartition & { readonly end: number })[],
): Promise<readonly Wanted[] | null> {
  const positions = new Positions(await store.reached());
  const wanted: Wanted[] = [];
  for (const { topic, partition, end } of ends) {
    const next = positions.next(topic, partition);
    if (await holdsRecords(log, { topic, partition }, next, end)) return null;
    if (next > 0) wanted.push({ topic, partition, next });
  }
  return wanted;
}
