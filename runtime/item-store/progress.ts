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
      if (next < end && (await hasRecord(log, { topic, partition, next, end }))) behind += end - next;
    }
  }
  return { behind, total };
}

/** Offsets without a record (the mark that ends a transaction, what compaction removed) are nothing to wait for. */
export async function hasRecord(
  log: Pick<Log, 'read'>,
  place: { readonly topic: string; readonly partition: number; readonly next: number; readonly end: number },
): Promise<boolean> {
  const [record] = await log.read(place.topic, place.partition, place.next, 1);
  return record !== undefined && record.offset < place.end;
}
