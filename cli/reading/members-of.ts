import type { StoredItem } from '../../runtime/item-store/index.ts';
import type { HubReader } from '../reader.ts';

/** Some items with all that share their clusters now: who leads comes first, the others by the time of their report. */
export async function membersOf(
  { store }: Pick<HubReader, 'store'>,
  items: readonly StoredItem[],
): Promise<readonly StoredItem[]> {
  const members = new Map(items.map((stored) => [stored.itemId, stored]));
  for (const clusterId of new Set(items.map(({ item }) => item.clusterId))) {
    for (const stored of await store.ofCluster(clusterId)) {
      if (stored.item.clusterId === clusterId) members.set(stored.itemId, stored);
    }
  }
  return [...members.values()].sort(leadersFirst);
}

function leadersFirst(a: StoredItem, b: StoredItem): number {
  const follows = ({ item }: StoredItem) => (item.primaryItemId === null ? 0 : 1);
  return follows(a) - follows(b) || a.item.reportedAt - b.item.reportedAt || (a.itemId < b.itemId ? -1 : 1);
}
