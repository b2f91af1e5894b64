import { ingestedWindowMs, type NeighbourQuery, reportedWindowMs } from './index.ts';
import {
  baseByte,
  baseHash,
  contentOf,
  idBytes,
  ingestedAtByte,
  orderKeyAtByte,
  postingBytes,
} from './redis-layout.ts';

/** A question as postings are compared with it. */
export interface Asking {
  readonly id: Buffer;
  readonly base: number;
  readonly at: number;
  readonly readAt: number;
  /** What was read before it is as good as gone. */
  readonly since: number;
}

/** Null where the asking item itself is as good as gone. */
export function askingOf(query: NeighbourQuery): Asking | null {
  const since = (query.askedAt ?? query.ingestedAt) - ingestedWindowMs;
  if (query.ingestedAt < since) return null;
  return {
    id: idBytes(query.itemId),
    base: baseHash(query.baseId),
    at: query.orderKeyAt,
    readAt: query.ingestedAt,
    since,
  };
}

/** What of a block lies around a question, as it was answered. */
export interface Slice {
  readonly bytes: Buffer;
  /** Where its postings begin: first those at or before the question's place, then those at or after it, each the nearest first. */
  readonly start: number;
  readonly before: number;
  readonly after: number;
  /** There may be more before or after than were asked for. */
  readonly isCutBefore: boolean;
  readonly isCutAfter: boolean;
  /** No posting of the block has a higher ingestedAt. */
  readonly newest: number;
  /** No item of the block was read longer before it was reported, ms: 0 where clocks are right. */
  readonly ahead: number;
}

/** Where the postings found begin in the slice's bytes. */
export interface FoundInBlock {
  readonly earlier: readonly number[];
  readonly later: readonly { readonly start: number; readonly crowded: boolean }[];
}

/** Postings that turned out not to stand, by slice: where they begin. */
export type Absent = (start: number) => boolean;

/**
 * The neighbours of a question in one block, by the words of the port. Null when the slice is cut off too near to know.
 *
 * @param wants `keys`: earlier ones; `laterKeys`: later ones
 */
export function findInBlock(
  slice: Slice,
  asking: Asking,
  k: number,
  wants: { readonly earlier: boolean; readonly later: boolean },
  isAbsent: Absent,
): FoundInBlock | null {
  const search = new BlockSearch(slice, asking, k, isAbsent);
  const earlier = wants.earlier ? search.earlier() : [];
  const later = wants.later ? search.later() : [];
  return earlier === null || later === null ? null : { earlier, later };
}

class BlockSearch {
  readonly #slice: Slice;
  readonly #asking: Asking;
  readonly #k: number;
  /** Postings on either side of the asking item, the nearest first; itself and what does not stand are left out. */
  readonly #before: readonly number[];
  readonly #after: readonly number[];

  constructor(slice: Slice, asking: Asking, k: number, isAbsent: Absent) {
    this.#slice = slice;
    this.#asking = asking;
    this.#k = k;
    const { start, before, after } = slice;
    const side = (first: number, count: number, sign: -1 | 1): number[] => {
      const postings: number[] = [];
      for (let i = 0; i < count; i += 1) {
        const at = start + (first + i) * postingBytes;
        if (Math.sign(this.#compare(at)) !== sign || isAbsent(at)) continue;
        const last = postings.at(-1);
        // Two versions of an item while its worker is replacing one by the other: they lie side by side.
        if (last === undefined || !this.#isSameItem(last, at)) postings.push(at);
        else if (this.#version(at) > this.#version(last)) postings[postings.length - 1] = at;
      }
      return postings;
    };
    this.#before = side(0, before, -1);
    this.#after = side(before, after, 1);
  }

  earlier(): number[] | null {
    const nearest: number[] = [];
    for (const posting of this.#before) {
      if (!this.#counts(posting)) continue;
      nearest.push(posting);
      if (nearest.length === this.#k) return nearest;
    }
    return this.#slice.isCutBefore ? null : nearest;
  }

  later(): { start: number; crowded: boolean }[] | null {
    const found: { start: number; crowded: boolean }[] = [];
    const between: number[] = [];
    let certain = 0;
    for (const posting of this.#after) {
      if (this.#readAt(posting) < this.#asking.since) continue;
      if (this.#counts(posting)) {
        const crowded = this.#lookAt(posting, between);
        if (crowded === null) return null;
        if (crowded !== 'not near') found.push({ start: posting, crowded });
      }
      if (this.#isCertain(posting, between)) certain += 1;
      between.push(posting);
      // Of K + 1 with different bases at least K count for every later item that is still to come.
      if (certain > this.#k) return found;
    }
    return this.#slice.isCutAfter ? null : found;
  }

  /** Is the asking item among the K nearest earlier ones of this later one? If so, is it crowded there? */
  #lookAt(owner: number, between: readonly number[]): boolean | 'not near' | null {
    let count = 0;
    for (let i = between.length - 1; i >= 0 && count < this.#k; i -= 1)
      if (this.#countsFor(owner, between[i]!)) count += 1;
    if (count >= this.#k) return 'not near';
    for (const posting of this.#before) {
      if (this.#at(owner) - this.#at(posting) > reportedWindowMs) return false;
      if (this.#readAt(posting) >= this.#asking.since && this.#countsFor(owner, posting)) count += 1;
      if (count >= this.#k) return true;
    }
    return this.#slice.isCutBefore ? null : false;
  }

  /** Does an entry inside the reported window count for the asking item? */
  #counts(posting: number): boolean {
    const readAt = this.#readAt(posting);
    const { since, base, readAt: own } = this.#asking;
    return readAt >= since && Math.abs(readAt - own) <= ingestedWindowMs && this.#base(posting) !== base;
  }

  #countsFor(owner: number, posting: number): boolean {
    return (
      Math.abs(this.#readAt(owner) - this.#readAt(posting)) <= ingestedWindowMs &&
      this.#base(owner) !== this.#base(posting)
    );
  }

  /** Was it read within 60 days of anything that may count for the asking item, and is none of its base certain yet? */
  #isCertain(posting: number, between: readonly number[]): boolean {
    const { since, at, readAt: own } = this.#asking;
    const readAt = this.#readAt(posting);
    // Who comes later was reported later than the asking item, and read no more than so much earlier.
    const first = Math.max(since, own - ingestedWindowMs, at - this.#slice.ahead);
    const last = Math.min(this.#slice.newest, own + ingestedWindowMs);
    if (readAt - first > ingestedWindowMs || last - readAt > ingestedWindowMs) return false;
    return !between.some((other) => this.#base(other) === this.#base(posting));
  }

  /** As `byOrderKey`: negative when the posting is the earlier, 0 for the asking item itself. */
  #compare(posting: number): number {
    const { id, at } = this.#asking;
    const { bytes } = this.#slice;
    const apart = this.#at(posting) - at;
    // Mostly four bytes say that it is another item.
    if (apart !== 0 && bytes.readUInt32BE(posting) !== id.readUInt32BE(0)) return apart;
    const order = bytes.compare(id, 0, 16, posting, posting + 16);
    return order === 0 ? 0 : apart || order;
  }

  #isSameItem(one: number, other: number): boolean {
    const { bytes } = this.#slice;
    return (
      bytes.readUInt32BE(one) === bytes.readUInt32BE(other) &&
      bytes.compare(bytes, other, other + 16, one, one + 16) === 0
    );
  }

  #version = (posting: number): number => this.#slice.bytes.readUIntBE(posting + 16, 6);
  #at = (posting: number): number => this.#slice.bytes.readUIntBE(posting + orderKeyAtByte, 6);
  #readAt = (posting: number): number => this.#slice.bytes.readUIntBE(posting + ingestedAtByte, 6);
  #base = (posting: number): number => this.#slice.bytes.readUInt32BE(posting + baseByte);
}

/** Item id, version and stamp of a posting of a slice. */
export const contentAt = (slice: Slice, start: number): string => contentOf(slice.bytes, start);
