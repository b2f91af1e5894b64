import type { Blocks } from './blocks.ts';
import type { Base, Entries } from './entries.ts';
import { ingestedWindowMs, type NeighbourQuery, reportedWindowMs } from './index.ts';
import { parseItemId } from './item-id.ts';

/** Numbers of entries; `crowded` beside `later`. */
export interface Found {
  readonly earlier: readonly number[];
  readonly later: readonly number[];
  readonly crowded: readonly boolean[];
}

const nothing: Found = { earlier: [], later: [], crowded: [] };

/**
 * Finds the neighbours of one item after the other. What it knows of the question stands in fields, and the walks through a block are made
 * once: a question costs no closures.
 */
export class NeighbourSearch {
  readonly #k: number;
  readonly #entries: Entries;
  readonly #blocks: Blocks;
  readonly #id = new Uint32Array(4);

  // The question.
  #self = 0;
  #at = 0;
  #readAt = 0;
  #base: Base | null = null;
  /** What was read before it is as good as gone. */
  #since = 0;
  /** What is read after it does not count for the asking item. */
  #until = 0;
  #newest = 0;

  // What has been found.
  readonly #nearest: Uint32Array;
  #nearestCount = 0;
  #later = new Map<number, boolean>();
  /** Later items of the block at hand, up to the one that is looked at. */
  readonly #between: number[] = [];
  /** Of these, how many that count for whatever may still come, each of another base. */
  #certain = 0;

  // The block at hand, and the later item that is looked at in it.
  #block = 0;
  #owner = 0;
  #before = 0;

  constructor(k: number, entries: Entries, blocks: Blocks) {
    this.#k = k;
    this.#nearest = new Uint32Array(k);
    this.#entries = entries;
    this.#blocks = blocks;
  }

  /**
   * @param self number of the asking item's entry, 0 for none
   * @param newest no entry has a higher ingestedAt
   */
  find(query: NeighbourQuery, self: number, newest: number): Found {
    this.#since = (query.askedAt ?? query.ingestedAt) - ingestedWindowMs;
    if (query.ingestedAt < this.#since) return nothing;
    parseItemId(query.itemId, this.#id);
    this.#self = self;
    this.#at = query.orderKeyAt;
    this.#readAt = query.ingestedAt;
    this.#until = query.ingestedAt + ingestedWindowMs;
    this.#newest = newest;
    this.#base = this.#entries.baseOf(query.baseId);
    let earlier: number[] = [];
    const blocks = query.keys.map((key) => this.#blocks.find(key));
    for (const block of blocks) {
      this.#nearestCount = 0;
      this.#blocks.earlier(block, this.#at, this.#id, this.#visitEarlier);
      if (this.#nearestCount > 0) earlier = this.#merged(earlier);
    }
    this.#later.clear();
    for (const [i, key] of query.laterKeys.entries())
      this.#findLater(query.keys[i] === key ? blocks[i]! : this.#blocks.find(key));
    if (this.#later.size === 0) return { ...nothing, earlier };
    const later = [...this.#later.keys()].sort((a, b) => this.#entries.compare(a, b));
    return { earlier, later, crowded: later.map((number) => this.#later.get(number)!) };
  }

  readonly #visitEarlier = (number: number): boolean => {
    if (this.#at - this.#entries.orderKeyAt(number) > reportedWindowMs) return false;
    if (number === this.#self || !this.#counts(number)) return true;
    this.#nearest[this.#nearestCount] = number;
    this.#nearestCount += 1;
    return this.#nearestCount < this.#k;
  };

  /** Does an entry inside the reported window count for the asking item? */
  #counts(number: number): boolean {
    const readAt = this.#entries.ingestedAt(number);
    return (
      readAt >= this.#since &&
      readAt >= this.#readAt - ingestedWindowMs &&
      readAt <= this.#until &&
      !this.#entries.hasBase(number, this.#base)
    );
  }

  /** Two lists, nearest first, as one: what was found before and what the block at hand gives. */
  #merged(before: readonly number[]): number[] {
    const nearest = this.#nearest;
    const count = this.#nearestCount;
    const all: number[] = [];
    let i = 0;
    let j = 0;
    while (i < before.length && j < count) {
      const order = before[i] === nearest[j] ? 0 : this.#entries.compare(before[i]!, nearest[j]!);
      if (order === 0) j += 1;
      all.push(order < 0 ? nearest[j++]! : before[i++]!);
    }
    while (i < before.length) all.push(before[i++]!);
    while (j < count) all.push(nearest[j++]!);
    return all;
  }

  #findLater(block: number): void {
    this.#block = block;
    this.#between.length = 0;
    this.#certain = 0;
    this.#blocks.later(block, this.#at, this.#id, this.#visitLater);
  }

  readonly #visitLater = (number: number): boolean => {
    const entries = this.#entries;
    if (entries.orderKeyAt(number) - this.#at > reportedWindowMs) return false;
    if (number === this.#self || entries.ingestedAt(number) < this.#since) return true;
    if (this.#counts(number)) this.#lookAt(number);
    if (this.#isCertain(number)) this.#certain += 1;
    this.#between.push(number);
    // Of K + 1 with different bases at least K count for every later item that is still to come.
    return this.#certain <= this.#k;
  };

  /** Is the asking item among the K nearest earlier ones of this later one? */
  #lookAt(owner: number): void {
    this.#owner = owner;
    this.#before = 0;
    for (let i = this.#between.length - 1; i >= 0 && this.#before < this.#k; i -= 1)
      if (this.#countsForOwner(this.#between[i]!)) this.#before += 1;
    if (this.#before >= this.#k || this.#later.get(owner) === true) return;
    this.#blocks.earlier(this.#block, this.#at, this.#id, this.#visitBefore);
    this.#later.set(owner, this.#before >= this.#k);
  }

  readonly #visitBefore = (number: number): boolean => {
    const entries = this.#entries;
    if (entries.orderKeyAt(this.#owner) - entries.orderKeyAt(number) > reportedWindowMs) return false;
    if (number !== this.#self && entries.ingestedAt(number) >= this.#since && this.#countsForOwner(number))
      this.#before += 1;
    return this.#before < this.#k;
  };

  #countsForOwner(number: number): boolean {
    const apart = Math.abs(this.#entries.ingestedAt(this.#owner) - this.#entries.ingestedAt(number));
    return apart <= ingestedWindowMs && !this.#entries.sameBase(this.#owner, number);
  }

  /** Was it read within 60 days of anything that may count for the asking item, and is none of its base certain yet? */
  #isCertain(number: number): boolean {
    const readAt = this.#entries.ingestedAt(number);
    const first = Math.max(this.#since, this.#readAt - ingestedWindowMs);
    const last = Math.min(this.#newest, this.#until);
    if (readAt - first > ingestedWindowMs || last - readAt > ingestedWindowMs) return false;
    return !this.#between.some((other) => this.#entries.sameBase(other, number));
  }
}
