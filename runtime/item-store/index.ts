import type { Item, ItemEvent, PairFact } from '../../schemas/types.ts';
import type { TopicPartition } from '../log/index.ts';
import type { Rows } from './rows.ts';

/** Where an item is found in the log, with its newest published state. */
export interface StoredItem {
  readonly itemId: string;
  /** `source:recordId`. */
  readonly baseId: string;
  readonly partition: number;
  /** As on the unified stream: masked. */
  readonly item: Item;
}

/** Every criterion given must hold; ids are exact, `text` is looked for in the title. Times in ms, half-open. */
export interface ItemQuery {
  readonly source?: string;
  readonly itemClass?: Item['classification']['itemClass'];
  readonly category?: string;
  readonly lead?: string;
  readonly status?: string;
  readonly text?: string;
  readonly reportedFrom?: number;
  readonly reportedTo?: number;
  /** Default 50, at most 1,000; newest report first. */
  readonly limit?: number;
}

/** Counts over all items, for the status page. */
export interface ItemCounts {
  readonly total: number;
  readonly byClass: Readonly<Record<string, number>>;
  readonly byStatus: Readonly<Record<string, number>>;
  /** By organisation that has the lead; linked members are not counted, their primary carries the work. */
  readonly byLead: Readonly<Record<string, number>>;
  readonly unsignedMajor: number;
}

/** One of the two items of a pair. */
export interface PairEnd {
  readonly itemId: string;
  /** `source:recordId`. */
  readonly baseId: string;
  readonly partition: number;
  /** That of the item's newest revision; a lone item is a cluster of its own. */
  readonly clusterId: string;
  readonly status: Item['status'];
}

/** A verdict on two items, or a person's word on them; the rest of it lies in the owner's state. */
export interface StoredPair {
  /** The later item, in whose state the pair is kept. */
  readonly owner: PairEnd;
  readonly other: PairEnd;
  readonly outcome: PairFact['outcome'];
  readonly word: PairFact['word'];
}

/** How far a partition of a topic has been taken in. */
export interface Reached extends TopicPartition {
  /** Offset of the record to be taken in next. */
  readonly next: number;
  /** Key and timestamp of the record before it: by them a log is known again. */
  readonly lastKey: string | null;
  readonly lastAt: number;
}

/** A step of one partition; `from`: what must have been reached before, 0 where nothing was. */
export interface Advance extends Reached {
  readonly from: number;
}

/** A partition of which all records below `next` must have been taken in. */
export type Wanted = TopicPartition & { readonly next: number };

/**
 * Queryable projection of committed topics: trace, search, counts. It follows the log by a moment and can be rebuilt from
 * it; no decision ever reads it (design.md §4 point 9). Two forms pass `test/contract/item-store.ts`; a difference is a bug.
 *
 * While it is being filled it answers from what it has: who shows it says how far it is (`progressOf`).
 */
export interface ItemStore {
  /** Partitions of which nothing has been taken in are absent. */
  reached(): Promise<readonly Reached[]>;
  /**
   * By item id, by its first 8 or more characters, by cluster id (see `ofCluster`), by `source:recordId` or by the bare record
   * number. More than one item may answer to the last three (the same number in two sources, ID_REUSED).
   */
  find(idOrNumber: string): Promise<readonly StoredItem[]>;
  /** In order of `seq`; empty for an unknown item. */
  events(itemId: string): Promise<readonly ItemEvent[]>;
  search(query: ItemQuery): Promise<readonly StoredItem[]>;
  /**
   * In the order of item ids, those after `after`. Reported times in ms, half-open. Null where the store has not taken in `wanted`, as
   * of the moment at which it is read: it may have been thrown away since somebody looked.
   */
  inCategories(
    query: {
      readonly categories: readonly string[];
      readonly reportedFrom: number;
      readonly reportedTo: number;
    },
    after: string,
    limit: number,
    wanted: readonly Wanted[],
  ): Promise<readonly StoredItem[] | null>;
  counts(): Promise<ItemCounts>;
  /**
   * Items that belong to this cluster of two or more, or did in one of their revisions, at most 1,000; newest report first. `find` also
   * knows the ids of items that were always alone.
   */
  ofCluster(clusterId: string): Promise<readonly StoredItem[]>;
  /** In which the item is one of the two, whatever came of them. */
  pairsOf(itemId: string): Promise<readonly StoredPair[]>;
  /** On which no person has said a word. */
  suggestedPairs(): Promise<readonly StoredPair[]>;
  /** Present clusters between which a person has taken back a link. */
  unlinkedClusters(): Promise<readonly (readonly [string, string])[]>;
  close(): Promise<void>;
}

/** The write side, for the projection alone. */
export interface ItemStoreWriter {
  reached(): Promise<readonly Reached[]>;
  /**
   * Rows and the offsets that they reach, all or nothing. Throws HUB_LOG_FENCED, and changes nothing, where one of the partitions is
   * not at `from`: another has written, or the store was thrown away meanwhile. Begin again from `reached`.
   */
  apply(rows: Rows, advances: readonly Advance[]): Promise<void>;
  /** Throws all away, to be filled from the start of the log. */
  reset(): Promise<void>;
  close(): Promise<void>;
}
