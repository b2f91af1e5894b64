/**
 * The dedup-index port: which items may tell the same matter (design.md §4 point 3). It holds one entry an item and finds
 * its neighbours in blocks of equal keys; it judges nothing. Everything in it can be rebuilt from `hub.state`, so a form may
 * lose entries; it must never invent one. Two forms (embedded: typed arrays in memory; later Redis) pass
 * `test/contract/dedup-index.ts`.
 */

/** Blocking keys of an item, at most (design.md §4 "Budget per item"). */
export const maxKeys = 12;
/** Bytes of an item's features, at most. */
export const maxFeatureBytes = 112;
/** A pair may exist only where the items were reported, and read, no further apart. Symmetric, so eviction changes no result. */
export const reportedWindowMs = 30 * 86_400_000;
export const ingestedWindowMs = 60 * 86_400_000;

export interface IndexEntry {
  readonly itemId: string;
  /** `source:recordId`; items of one base record are never neighbours of each other. */
  readonly baseId: string;
  /** reportedAt of the generation's first accepted record, ms: with itemId the total order of items. */
  readonly orderKeyAt: number;
  /** ingestedAt of that record, ms. */
  readonly ingestedAt: number;
  /** Rises with every change of this item's entry. */
  readonly version: number;
  /** Unsigned 32-bit hashes, distinct. */
  readonly keys: readonly number[];
  /** What the linker compares; opaque here. */
  readonly features: Uint8Array;
}

/** Asks for the neighbours of an item that has been put before. */
export interface NeighbourQuery {
  readonly itemId: string;
  readonly baseId: string;
  readonly orderKeyAt: number;
  readonly ingestedAt: number;
  /** Blocks in which earlier items are looked for. */
  readonly keys: readonly number[];
  /** Blocks in which later items are looked for: the item's old and new keys after a change, none when it only looks again. */
  readonly laterKeys: readonly number[];
}

export interface Neighbours {
  /** For each of `keys` the K nearest earlier items of its block inside both windows, each item once; nearest first. */
  readonly earlier: readonly IndexEntry[];
  /**
   * For each of `laterKeys` the K nearest later items: exactly those that have this item among their own K nearest
   * earlier ones, or had it there before it left the block.
   */
  readonly later: readonly LaterNeighbour[];
}

export interface LaterNeighbour {
  readonly entry: IndexEntry;
  /** Its block holds more earlier items than K: this item's coming or going moves another one in or out. */
  readonly crowded: boolean;
}

/** Order of items: by orderKeyAt, then by itemId. Negative when `a` is the earlier. */
export function byOrderKey(
  a: Pick<IndexEntry, 'orderKeyAt' | 'itemId'>,
  b: Pick<IndexEntry, 'orderKeyAt' | 'itemId'>,
): number {
  return a.orderKeyAt - b.orderKeyAt || (a.itemId < b.itemId ? -1 : a.itemId > b.itemId ? 1 : 0);
}

/**
 * One call = one round trip. A batch is put whole before its neighbours are asked for: of two items that arrive at once on
 * two workers at least one then sees the other.
 */
export interface DedupIndex {
  /** Inserts or replaces; an entry of a lower version than the one that stands is ignored. */
  put(entries: readonly IndexEntry[]): Promise<void>;
  /** In the order of the queries. */
  neighbours(queries: readonly NeighbourQuery[]): Promise<readonly Neighbours[]>;
}
