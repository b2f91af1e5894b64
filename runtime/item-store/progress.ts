import { holdsRecords } from '../log/holds-records.ts';
import type { Log } from '../log/index.ts';
import type { ItemStore } from './index.ts';
import { Positions } from './positions.ts';
import { projectedTopics } from './rows.ts';

/** How far the item store is. */
export interface StoreProgress {
  /** Records of items, events and pairs that it has not taken in; offsets that hold none (gaps) may count too. */
  readonly behind: number;
  /** All that there are. */
  readonly total: number;
}

/** 0 to 100, rounded down: 100 is said only of a store that has all. */
export const percentOf = ({ behind, total }: StoreProgress): number =>
  total === 0 ? 100 : Math.floor(((total - behind) / total) * 100);

export async function progressOf(
  log: Pick<Log, 'topics' | 'range' | 'read'>,
  store: Pick<ItemStore, 'reached'>,
): Promise<StoreProgress> {
  const positions = new Positions(await store.reached());
  let behind = 0;
  let total = 0;
  for (const { name: topic, partitions } of await log.topics()) {
    if (!(projectedTopics as readonly string[]).includes(topic)) continue;
    for (let partition = 0; partition < partitions; partition += 1) {
      const { start, end } = await log.range(topic, partition);
      const next = Math.max(start, positions.next(topic, partition));
      total += end - start;
      if (await holdsRecords(log, { topic, partition }, next, end)) behind += end - next;
    }
  }
  return { behind, total };
}
