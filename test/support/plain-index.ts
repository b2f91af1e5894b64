import {
  byOrderKey,
  type DedupIndex,
  type IndexEntry,
  ingestedWindowMs,
  type LaterNeighbour,
  type NeighbourQuery,
  reportedWindowMs,
} from '../../runtime/dedup-index/index.ts';

/** The port in its plainest form: a list, sorted and filtered at each question. Truth for small sets, no speed. */
export function plainIndex(k: number): DedupIndex {
  const entries = new Map<string, IndexEntry>();

  const block = (key: number, of: Pick<IndexEntry, 'baseId' | 'orderKeyAt' | 'ingestedAt'>): IndexEntry[] =>
    [...entries.values()]
      .filter(
        (entry) =>
          entry.keys.includes(key) &&
          entry.baseId !== of.baseId &&
          Math.abs(entry.orderKeyAt - of.orderKeyAt) <= reportedWindowMs &&
          Math.abs(entry.ingestedAt - of.ingestedAt) <= ingestedWindowMs,
      )
      .sort(byOrderKey);

  const earlierIn = (key: number, of: NeighbourQuery | IndexEntry): IndexEntry[] =>
    block(key, of).filter((entry) => byOrderKey(entry, of) < 0);

  function neighboursOf(query: NeighbourQuery) {
    const earlier = new Map<string, IndexEntry>();
    for (const key of query.keys)
      for (const entry of earlierIn(key, query).slice(-k)) earlier.set(entry.itemId, entry);
    const later = new Map<string, LaterNeighbour>();
    for (const key of query.laterKeys) {
      for (const entry of block(key, query).filter((one) => byOrderKey(one, query) > 0)) {
        const before = earlierIn(key, entry);
        const between = before.filter(
          (one) => one.itemId !== query.itemId && byOrderKey(one, query) > 0,
        ).length;
        if (between >= k) continue;
        const crowded = before.length >= k || (later.get(entry.itemId)?.crowded ?? false);
        later.set(entry.itemId, { entry, crowded });
      }
    }
    return { earlier: [...earlier.values()].sort((a, b) => byOrderKey(b, a)), later: [...later.values()] };
  }

  return {
    async put(given) {
      for (const entry of given) {
        const known = entries.get(entry.itemId);
        if (known === undefined || known.version <= entry.version) entries.set(entry.itemId, entry);
      }
    },
    neighbours: async (queries) => queries.map(neighboursOf),
  };
}
