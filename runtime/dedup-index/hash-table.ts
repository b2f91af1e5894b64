import { type Cells, offsetOf, pageOf } from './cells.ts';

/**
 * A table of references by hash that grows bucket by bucket (linear hashing, W. Litwin 1980): no doubling, no pause. A
 * bucket is a cell of words in no order, as long as it must be; a word is a reference of 27 bits and 5 bits of its hash,
 * which spare most looks at what it refers to.
 */
const referenceBits = 27;
const referenceMask = (1 << referenceBits) - 1;
/** Most buckets lie in one line of the processor's cache. */
const meanLength = 8;
const directoryPageBits = 12;

export class HashTable {
  readonly #cells: Cells;
  readonly #hashOf: (reference: number) => number;
  /** Bucket → address of its cell, 0 for an empty one. */
  readonly #directory: Uint32Array[] = [];
  #buckets = 0;
  /** Buckets at the beginning of the round: those below `#buckets - #round` have been split in it. */
  #round = 1;
  #size = 0;

  /** @param hashOf of a reference that stands in the table: the hash under which it was added. All 32 bits should be mixed. */
  constructor(cells: Cells, hashOf: (reference: number) => number) {
    this.#cells = cells;
    this.#hashOf = hashOf;
    this.#addBucket();
  }

  get size(): number {
    return this.#size;
  }

  /** Without its cells. */
  get bytes(): number {
    return this.#directory.length * (4 << directoryPageBits);
  }

  /** The reference under this hash for which `isIt` holds, 0 for none. */
  find(hash: number, isIt: (reference: number) => boolean): number {
    const address = this.#cellOf(this.#bucketOf(hash));
    if (address === 0) return 0;
    const words = this.#cells.pages[pageOf(address)]!;
    const end = offsetOf(address) + this.#cells.capacity(address);
    const tag = hash >>> referenceBits;
    for (let at = offsetOf(address); at < end; at += 1) {
      const word = words[at]!;
      if (word === 0) return 0;
      if (word >>> referenceBits === tag && isIt(word & referenceMask)) return word & referenceMask;
    }
    return 0;
  }

  /** @param reference 1 to 2^27 - 1; must not stand there yet. */
  add(hash: number, reference: number): void {
    this.#append(this.#bucketOf(hash), wordOf(hash, reference));
    this.#size += 1;
    if (this.#size > this.#buckets * meanLength) this.#split();
  }

  /** Puts a reference in the place of one that stands under the same hash. */
  replace(hash: number, before: number, after: number): void {
    const address = this.#cellOf(this.#bucketOf(hash));
    this.#cells.pages[pageOf(address)]![this.#find(address, wordOf(hash, before))] = wordOf(hash, after);
  }

  remove(hash: number, reference: number): void {
    const bucket = this.#bucketOf(hash);
    const address = this.#cellOf(bucket);
    const words = this.#cells.pages[pageOf(address)]!;
    const last = offsetOf(address) + this.#lengthOf(address) - 1;
    words[this.#find(address, wordOf(hash, reference))] = words[last]!;
    words[last] = 0;
    this.#size -= 1;
    const left = last - offsetOf(address);
    if (left * 2 <= this.#cells.capacity(address)) this.#resize(bucket, left);
  }

  #bucketOf(hash: number): number {
    const bucket = hash & (this.#round * 2 - 1);
    return bucket < this.#buckets ? bucket : bucket - this.#round;
  }

  #cellOf(bucket: number): number {
    return this.#directory[bucket >>> directoryPageBits]![bucket & ((1 << directoryPageBits) - 1)]!;
  }

  #setCell(bucket: number, address: number): void {
    this.#directory[bucket >>> directoryPageBits]![bucket & ((1 << directoryPageBits) - 1)] = address;
  }

  #addBucket(): void {
    if (this.#buckets % (1 << directoryPageBits) === 0)
      this.#directory.push(new Uint32Array(1 << directoryPageBits));
    this.#buckets += 1;
  }

  #append(bucket: number, word: number): void {
    let address = this.#cellOf(bucket);
    const length = address === 0 ? 0 : this.#lengthOf(address);
    if (address === 0 || length === this.#cells.capacity(address)) address = this.#resize(bucket, length + 1);
    this.#cells.pages[pageOf(address)]![offsetOf(address) + length] = word;
  }

  #lengthOf(address: number): number {
    const words = this.#cells.pages[pageOf(address)]!;
    const start = offsetOf(address);
    let length = this.#cells.capacity(address);
    while (length > 0 && words[start + length - 1] === 0) length -= 1;
    return length;
  }

  /** Place in its page of a word that stands in the bucket. */
  #find(address: number, word: number): number {
    const at = this.#cells.pages[pageOf(address)]!.indexOf(word, offsetOf(address));
    if (at < 0 || at >= offsetOf(address) + this.#cells.capacity(address))
      throw new Error('a reference is not where its hash says');
    return at;
  }

  /** Moves a bucket into a cell for `words` words; none for 0. */
  #resize(bucket: number, words: number): number {
    const before = this.#cellOf(bucket);
    const address = words === 0 ? 0 : this.#cells.allocate(words);
    if (before !== 0) {
      if (address !== 0) {
        const from = this.#cells.pages[pageOf(before)]!;
        const start = offsetOf(before);
        const length = Math.min(words, this.#cells.capacity(before));
        this.#cells.pages[pageOf(address)]!.set(from.subarray(start, start + length), offsetOf(address));
      }
      this.#cells.free(before);
    }
    this.#setCell(bucket, address);
    return address;
  }

  /** Adds a bucket and moves into it its share of the one that it is split from. */
  #split(): void {
    const from = this.#buckets - this.#round;
    const target = this.#buckets;
    this.#addBucket();
    if (this.#buckets === this.#round * 2) this.#round *= 2;
    const address = this.#cellOf(from);
    if (address === 0) return;
    const start = offsetOf(address);
    const words = this.#cells.pages[pageOf(address)]!.slice(start, start + this.#lengthOf(address));
    this.#setCell(from, 0);
    this.#cells.free(address);
    const stays: number[] = [];
    const moves: number[] = [];
    for (const word of words)
      (this.#bucketOf(this.#hashOf(word & referenceMask)) === target ? moves : stays).push(word);
    this.#fill(from, stays);
    this.#fill(target, moves);
  }

  #fill(bucket: number, words: readonly number[]): void {
    if (words.length === 0) return;
    const address = this.#resize(bucket, words.length);
    this.#cells.pages[pageOf(address)]!.set(words, offsetOf(address));
  }
}

const wordOf = (hash: number, reference: number): number =>
  (((hash >>> referenceBits) << referenceBits) | reference) >>> 0;

const { imul } = Math;

/** Spreads 32 bits over 32 bits, one to one (the finalizer of MurmurHash3, A. Appleby). */
export function mixed(bits: number): number {
  let hash = bits;
  hash = imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
