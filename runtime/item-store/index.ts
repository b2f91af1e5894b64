import type { Item, ItemEvent, PairFact } from '../../schemas/types.ts';

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

/**
 * Queryable projection of committed topics: trace, search, counts. It follows the log by a moment and can be rebuilt from
 * it; no decision ever reads it (design.md §4 point 9).
 */
export interface ItemStore {
  /**
   * By item id, by its first 8 or more characters, by cluster id (see `ofCluster`), by `source:recordId` or by the bare record
   * number. More than one item may answer to the last three (the same number in two sources, ID_REUSED).
   */
  find(idOrNumber: string): Promise<readonly StoredItem[]>;
  /** In order of `seq`; empty for an unknown item. */
  events(itemId: string): Promise<readonly ItemEvent[]>;
  search(query: ItemQuery): Promise<readonly StoredItem[]>;
  /** In the order of item ids, those after `after`. Reported times in ms, half-open. */
  inCategories(
    query: {
      readonly categories: readonly string[];
      readonly reportedFrom: number;
      readonly reportedTo: number;
    },
    after: string,
    limit: number,
  ): Promise<readonly StoredItem[]>;
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
}
