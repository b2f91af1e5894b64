import {
  byOrderKey,
  type DedupIndex,
  type IndexEntry,
  ingestedWindowMs,
  type LaterNeighbour,
  type NeighbourQuery,
  type Neighbours,
  reportedWindowMs,
} from '../../runtime/dedup-index/index.ts';
import { Marks } from '../../runtime/dedup-index/marks.ts';
import { refillOf } from '../../runtime/dedup-index/refilling.ts';

/** A plain index that can be ill-treated as a server can. */
export interface PlainIndex extends DedupIndex {
  /** As after a restart without its data. */
  empty(): void;
  /** What it holds at this moment. @returns puts that back, as a replica that was behind does */
  remember(): () => void;
}

/** The port in its plainest form: a list, sorted and filtered at each question. Truth for small sets, no speed. */
export function plainIndex(k: number): PlainIndex {
  let entries = new Map<string, IndexEntry>();
  let marks = new Marks();

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

  function neighboursOf(query: NeighbourQuery): Neighbours {
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
    return {
      earlier: [...earlier.values()].sort((a, b) => byOrderKey(b, a)),
      later: [...later.values()],
      isCertain: marks.isWhole,
    };
  }

  const put: DedupIndex['put'] = async (given, reaches = []) => {
    if (!marks.accept(reaches)) return;
    for (const entry of given) {
      const known = entries.get(entry.itemId);
      if (known === undefined || known.version <= entry.version) entries.set(entry.itemId, entry);
    }
  };

  return {
    put,
    neighbours: async (queries) => queries.map(neighboursOf),
    marks: async () => marks.all(),
    refill: async (partition) =>
      refillOf(
        partition,
        () => marks,
        (given) => put(given),
      ),
    empty() {
      entries = new Map();
      marks = new Marks();
    },
    remember() {
      const [kept, keptMarks] = [new Map(entries), marks.copy()];
      return () => {
        entries = new Map(kept);
        marks = keptMarks.copy();
      };
    },
  };
}
