/**
 * The dedup-index port: which items may tell the same matter (design.md §4 point 3). It holds one entry an item and finds
 * its neighbours in blocks of equal keys; it judges nothing. Everything in it can be rebuilt from `hub.state`, so a form may
 * lose entries; it must never invent one. Two forms (embedded: typed arrays in memory; Redis) pass
 * `test/contract/dedup-index.ts`.
 *
 * What was put may be gone without a word (a Redis that was emptied, or that gave way to a replica which was behind). Marks betray it:
 * every turn of an item writer leaves in the index how far it went in its input partitions, and an index that does not hold what has
 * been committed meanwhile is not trusted for what it does not find (docs/decisions/0008-marks-of-the-index.md).
 */

/** Blocking keys of an item, at most (design.md §4 "Budget per item"). */
export const maxKeys = 12;
/** Bytes of an item's features, at most. */
export const maxFeatureBytes = 112;
/**
 * A pair may exist only where the items were reported, and read, no further apart (both bounds included), and nothing is found
 * that was read longer ago than `ingestedWindowMs`, counted from the question. So a form need not hold what lies more
 * than `ingestedWindowMs` behind, and for `lagMs` more it does: eviction changes no answer to a question that is not later than that.
 */
export const reportedWindowMs = 30 * 86_400_000;
export const ingestedWindowMs = 60 * 86_400_000;
export const lagMs = 7 * 86_400_000;

export interface IndexEntry {
  /** A UUID in lower case, so that its bytes sort as its text does. */
  readonly itemId: string;
  /** `source:recordId`; items of one base record are never neighbours of each other. */
  readonly baseId: string;
  /** reportedAt of the generation's first accepted record, whole ms from 0 to 2^48: with itemId the total order of items. */
  readonly orderKeyAt: number;
  /** ingestedAt of that record, whole ms from 0 to 2^48. */
  readonly ingestedAt: number;
  /** Rises with every change of this item's entry; a whole number from 0 to 2^48. */
  readonly version: number;
  /** Unsigned 32-bit hashes, distinct, in no order. Two that are equal by chance bring two blocks together, no more. */
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
  /**
   * Time of the input for which it asks (its stored `ingestedAt` or `at`, never the clock), ms. Items read more than
   * `ingestedWindowMs` before it are as good as gone, whether a form still holds them or not: neither found nor counted, and
   * the asking item itself, when it is as old, finds nothing. Default `ingestedAt`: right for an item's first look.
   */
  readonly askedAt?: number;
  /** Blocks in which earlier items are looked for. */
  readonly keys: readonly number[];
  /** Blocks in which later items are looked for: the item's old and new keys after a change, none when it only looks again. */
  readonly laterKeys: readonly number[];
}

/**
 * Of all that follows, an item counts for another only inside both windows and when its baseId is another one.
 * The entries may be views into the index: read them, also their features, before the next `put`, and field by field (a view
 * cannot be spread).
 */
export interface Neighbours {
  /** For each of `keys` the K nearest earlier items of its block; each item once, nearest first. */
  readonly earlier: readonly IndexEntry[];
  /**
   * The later items of the blocks of `laterKeys` that have this item among their own K nearest earlier ones there, or would
   * have it if it stood in that block (it did before it left); each item once, nearest first. Mostly K a block at most; more
   * where an item between does not count for the later one.
   */
  readonly later: readonly LaterNeighbour[];
  /** False: entries may be missing. What was found is true, what was not found says nothing. */
  readonly isCertain: boolean;
}

export interface LaterNeighbour {
  readonly entry: IndexEntry;
  /**
   * One of the blocks in which it was found holds K earlier items or more besides this one: this item's coming or going moves
   * another one out or in.
   */
  readonly crowded: boolean;
}

/**
 * How far a turn goes in one input partition. Positions are sums of the offsets of its lanes: they rise with every turn, whoever takes
 * it.
 */
export interface Reach {
  readonly partition: number;
  /** All before it is committed. */
  readonly from: number;
  readonly to: number;
  /** All that was written to this partition of `hub.state` before it was put by turns before this one. */
  readonly stateOffset: number;
}

/** What the index says of one input partition. */
export interface Mark {
  readonly partition: number;
  /** Where the last turn began. Beyond what is committed: the index is of another time than the log. */
  readonly from: number;
  /** All that the partition ever gave is there, up to `to`. */
  readonly isWhole: boolean;
  readonly to: number;
  /** Offset of `hub.state` from which on entries may be missing, where it is not whole or `to` is behind what is committed. */
  readonly stateOffset: number;
  /**
   * Offset of `hub.state` from which on entries may have gone while it seemed whole, so that others may have missed them; null: it was
   * seen by all that they were gone.
   */
  readonly missedFrom: number | null;
}

/** Is all there that has been committed? @param committed positions by partition, read after what the marks are to vouch for */
export function isHeld(
  marks: ReadonlyMap<number, Pick<Mark, 'from' | 'isWhole' | 'to'>>,
  committed: readonly number[],
): boolean {
  return committed.every((position, partition) => {
    const mark = marks.get(partition);
    return position === 0 || (mark?.isWhole === true && mark.from <= position && position <= mark.to);
  });
}

/** Puts back what is missing of one partition. */
export interface Refill {
  /** As `DedupIndex.put`. False: something was lost meanwhile, so that all is to begin anew. */
  put(entries: readonly IndexEntry[]): Promise<boolean>;
  /**
   * All has been put that was committed before `position`; it was written to `hub.state` before `stateOffset`. False: it is not whole
   * for all that, so that all is to begin anew.
   */
  done(position: number, stateOffset: number): Promise<boolean>;
}

/** Order of items: by orderKeyAt, then by itemId. Negative when `a` is the earlier. */
export function byOrderKey(
  a: Pick<IndexEntry, 'orderKeyAt' | 'itemId'>,
  b: Pick<IndexEntry, 'orderKeyAt' | 'itemId'>,
): number {
  return a.orderKeyAt - b.orderKeyAt || (a.itemId < b.itemId ? -1 : a.itemId > b.itemId ? 1 : 0);
}

/**
 * A batch is put whole before its neighbours are asked for: of two items that arrive at once on two workers at least one then sees the
 * other. Any call may fail (HUB_INDEX_*); what it was to put may then be there or not.
 */
export interface DedupIndex {
  /**
   * Inserts or replaces, in the order given; an entry of a lower version than the one that stands is ignored. With `reaches` it marks how
   * far the turn goes, and a turn that begins before one that has put already is a zombie's: all of it is ignored.
   */
  put(entries: readonly IndexEntry[], reaches?: readonly Reach[]): Promise<void>;
  /** In the order of the queries. */
  neighbours(queries: readonly NeighbourQuery[]): Promise<readonly Neighbours[]>;
  /** Of each partition that has ever put here. */
  marks(): Promise<readonly Mark[]>;
  /** Entries put through it keep the rule of versions, and go beside those of turns. A second one ends the first. */
  refill(partition: number): Promise<Refill>;
}
