import {
  byOrderKey,
  type DedupIndex,
  type IndexEntry,
  ingestedWindowMs,
  type LaterNeighbour,
  type NeighbourQuery,
  type Neighbours,
  type Reach,
  reportedWindowMs,
} from '../../../runtime/dedup-index/index.ts';
import { Marks } from '../../../runtime/dedup-index/marks.ts';
import { refillOf } from '../../../runtime/dedup-index/refilling.ts';

type Placed = Pick<IndexEntry, 'itemId' | 'baseId' | 'orderKeyAt' | 'ingestedAt'>;

/** The port's words as plainly as they can be written: everything is kept, sorted and filtered at each question. */
export class NaiveDedupIndex implements DedupIndex {
  readonly #k: number;
  readonly #entries = new Map<string, IndexEntry>();
  readonly #marks = new Marks();

  constructor(k: number) {
    this.#k = k;
  }

  async marks() {
    return this.#marks.all();
  }

  async refill(partition: number) {
    return refillOf(
      partition,
      () => this.#marks,
      (entries) => this.put(entries),
    );
  }

  async put(entries: readonly IndexEntry[], reaches: readonly Reach[] = []): Promise<void> {
    if (!this.#marks.accept(reaches)) return;
    for (const entry of entries) {
      const standing = this.#entries.get(entry.itemId);
      if (standing === undefined || entry.version >= standing.version)
        this.#entries.set(entry.itemId, structuredClone(entry));
    }
  }

  async neighbours(queries: readonly NeighbourQuery[]): Promise<readonly Neighbours[]> {
    return queries.map((query) => {
      const since = (query.askedAt ?? query.ingestedAt) - ingestedWindowMs;
      if (query.ingestedAt < since) return { earlier: [], later: [], isCertain: this.#marks.isWhole };
      const visible = [...this.#entries.values()].filter(
        ({ itemId, ingestedAt }) => itemId !== query.itemId && ingestedAt >= since,
      );
      return {
        earlier: this.#earlier(query, visible),
        later: this.#later(query, visible),
        isCertain: this.#marks.isWhole,
      };
    });
  }

  #earlier(query: NeighbourQuery, others: readonly IndexEntry[]): readonly IndexEntry[] {
    const found = new Set(
      query.keys.flatMap((key) => countingBefore(query, blockOf(key, others)).slice(0, this.#k)),
    );
    return [...found].sort((a, b) => byOrderKey(b, a));
  }

  #later(query: NeighbourQuery, others: readonly IndexEntry[]): readonly LaterNeighbour[] {
    const found = new Map<IndexEntry, boolean>();
    for (const key of query.laterKeys) {
      const block = blockOf(key, others);
      for (const later of block) {
        const nearest = countingBefore(later, [...block, query]).slice(0, this.#k);
        if (!nearest.includes(query)) continue;
        const crowded = countingBefore(later, block).length >= this.#k;
        found.set(later, crowded || (found.get(later) ?? false));
      }
    }
    return [...found]
      .map(([entry, crowded]) => ({ entry, crowded }))
      .sort((a, b) => byOrderKey(a.entry, b.entry));
  }
}

const blockOf = (key: number, entries: readonly IndexEntry[]): readonly IndexEntry[] =>
  entries.filter(({ keys }) => keys.includes(key));

/** Those before `item` that count for it, nearest first. */
const countingBefore = <T extends Placed>(item: Placed, others: readonly T[]): readonly T[] =>
  others
    .filter(
      (other) =>
        byOrderKey(other, item) < 0 &&
        other.baseId !== item.baseId &&
        item.orderKeyAt - other.orderKeyAt <= reportedWindowMs &&
        Math.abs(item.ingestedAt - other.ingestedAt) <= ingestedWindowMs,
    )
    .sort((a, b) => byOrderKey(b, a));
