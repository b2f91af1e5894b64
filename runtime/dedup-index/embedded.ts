import { Blocks } from './blocks.ts';
import { Cells } from './cells.ts';
import { Entries, hashOfId, isFit, maxEntriesLimit, postingOf } from './entries.ts';
import { Expiry } from './expiry.ts';
import { HashTable } from './hash-table.ts';
import {
  type DedupIndex,
  type IndexEntry,
  ingestedWindowMs,
  lagMs,
  type Mark,
  type NeighbourQuery,
  type Neighbours,
  type Reach,
  type Refill,
} from './index.ts';
import { parseItemId } from './item-id.ts';
import { Marks } from './marks.ts';
import { NeighbourSearch } from './neighbour-search.ts';
import { refillOf } from './refilling.ts';
import { StoredEntry } from './stored-entry.ts';

export interface EmbeddedDedupIndexOptions {
  /** Nearest earlier items of a block. Default 32. */
  readonly k?: number;
  /**
   * Entries held at most, some 300 bytes each; what was read longest ago goes first, by the hour. Default 1,000,000, at most
   * 2,000,000: 67 days of 30,000 items.
   */
  readonly maxEntries?: number;
}

export interface EmbeddedDedupIndex extends DedupIndex {
  readonly k: number;
  /** Entries held. */
  readonly size: number;
  /** Bytes of all that it holds, free room included. */
  readonly memoryBytes: number;
  /** Since it was opened: entries that fell out of the window, that gave way to newer ones, that were never taken in (baseId too long). */
  readonly lost: { readonly expired: number; readonly crowdedOut: number; readonly refused: number };
  /**
   * All entries, in no order, for a snapshot. Puts may go on meanwhile: what stands all the time comes once, what is put or
   * goes meanwhile comes or not.
   */
  held(): Iterable<IndexEntry>;
}

const horizonMs = ingestedWindowMs + lagMs;

/**
 * The dedup index in memory, on typed arrays: docs/data-format.md shows the layout. Every call is done when it returns. Throws
 * HUB_INTERNAL for an entry that the port forbids.
 */
export function openEmbeddedDedupIndex(options: EmbeddedDedupIndexOptions = {}): EmbeddedDedupIndex {
  const { k = 32, maxEntries = 1_000_000 } = options;
  return new Embedded(k, Math.max(1, Math.min(maxEntries, maxEntriesLimit)));
}

class Embedded implements EmbeddedDedupIndex {
  readonly k: number;
  readonly lost = { expired: 0, crowdedOut: 0, refused: 0 };
  readonly #maxEntries: number;
  readonly #entries = new Entries();
  readonly #cells = new Cells();
  readonly #blocks = new Blocks(this.#cells, this.#entries);
  readonly #ids = new HashTable(this.#cells, (number) => this.#entries.idHash(number));
  readonly #expiry = new Expiry(this.#entries);
  readonly #search: NeighbourSearch;
  readonly #marks = new Marks();
  readonly #count = { puts: 0 };
  readonly #id = new Uint32Array(4);
  readonly #isSought = (number: number) => this.#entries.hasId(number, this.#id);
  #newest = 0;

  constructor(k: number, maxEntries: number) {
    this.k = k;
    this.#maxEntries = maxEntries;
    this.#search = new NeighbourSearch(k, this.#entries, this.#blocks);
  }

  get size(): number {
    return this.#ids.size;
  }

  get memoryBytes(): number {
    const parts = [this.#entries, this.#cells, this.#blocks, this.#ids, this.#expiry];
    return parts.reduce((sum, part) => sum + part.bytes, 0);
  }

  async put(entries: readonly IndexEntry[], reaches: readonly Reach[] = []): Promise<void> {
    this.#count.puts += 1;
    if (!this.#marks.accept(reaches)) return;
    for (const entry of entries) {
      this.#newest = Math.max(this.#newest, entry.ingestedAt);
      this.#put(entry);
      // Two for one: it catches up with any arrears, and never makes a pause.
      for (let i = 0; i < 2; i += 1) {
        const number = this.#expiry.take(this.#newest - horizonMs);
        if (number === 0) break;
        this.#remove(number);
        this.lost.expired += 1;
      }
    }
  }

  async neighbours(queries: readonly NeighbourQuery[]): Promise<readonly Neighbours[]> {
    const isCertain = this.#marks.isWhole;
    return queries.map((query) => {
      const self = this.#numberOf(query.itemId);
      const { earlier, later, crowded } = this.#search.find(query, self, this.#newest);
      const stored = (number: number) => new StoredEntry(this.#entries, number, this.#count);
      return {
        earlier: earlier.map(stored),
        later: later.map((number, i) => ({ entry: stored(number), crowded: crowded[i]! })),
        isCertain,
      };
    });
  }

  async marks(): Promise<readonly Mark[]> {
    return this.#marks.all();
  }

  async refill(partition: number): Promise<Refill> {
    return refillOf(
      partition,
      () => this.#marks,
      (entries) => this.put(entries),
    );
  }

  *held(): Iterable<IndexEntry> {
    for (let number = 1; number < this.#entries.end; number += 1)
      if (this.#entries.isLive(number)) yield new StoredEntry(this.#entries, number, this.#count);
  }

  /** 0 for none. */
  #numberOf(itemId: string): number {
    parseItemId(itemId, this.#id);
    return this.#ids.find(hashOfId(this.#id), this.#isSought);
  }

  #put(entry: IndexEntry): void {
    const standing = this.#numberOf(entry.itemId);
    if (!isFit(entry)) this.lost.refused += 1;
    else if (standing === 0) this.#add(entry);
    else if (entry.version >= this.#entries.version(standing)) this.#replace(standing, entry);
  }

  #add(entry: IndexEntry): void {
    if (this.size >= this.#maxEntries) {
      this.#remove(this.#expiry.take(Number.POSITIVE_INFINITY));
      this.lost.crowdedOut += 1;
    }
    const number = this.#entries.add(entry);
    this.#ids.add(this.#entries.idHash(number), number);
    for (let slot = 0; slot < entry.keys.length; slot += 1) this.#blocks.insert(postingOf(number, slot));
    this.#expiry.add(number);
  }

  #replace(number: number, entry: IndexEntry): void {
    const stays =
      this.#entries.orderKeyAt(number) === entry.orderKeyAt && this.#entries.hasKeys(number, entry.keys);
    if (!stays) this.#leaveBlocks(number);
    this.#entries.overwrite(number, entry);
    if (stays) return;
    for (let slot = 0; slot < entry.keys.length; slot += 1) this.#blocks.insert(postingOf(number, slot));
  }

  #remove(number: number): void {
    this.#leaveBlocks(number);
    this.#ids.remove(this.#entries.idHash(number), number);
    this.#entries.remove(number);
  }

  #leaveBlocks(number: number): void {
    for (let slot = this.#entries.keys(number).length - 1; slot >= 0; slot -= 1)
      this.#blocks.remove(postingOf(number, slot));
  }
}
