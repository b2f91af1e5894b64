import { type Cells, offsetOf, pageOf } from './cells.ts';
import { type Entries, numberOf } from './entries.ts';
import { HashTable, mixed } from './hash-table.ts';
import type { IdWords } from './item-id.ts';

/**
 * Blocks: of each key the postings of its items, sorted by order key. Most keys are an item's own: such a block is the posting
 * itself in the table of keys. Two postings are a pair, a cell of two words, the earlier first. More are a chain of shelves,
 * the newest shelf first:
 *
 *     0     address of the next older shelf, 0 for none
 *     1…    postings, the oldest first; then zeros
 *
 * A shelf grows through the classes below; a full one of the last class gets a newer shelf beside it or is cut in two. So an
 * item that arrives in order costs one write, and a late one a step for every 63 items that are newer, not for each.
 */
const shelfClasses = [4, 6, 8, 12, 16, 24, 32, 48, 64];
const largestShelf = 64;

const pairWords = 2;

/** In the table of keys: the address of a pair or a shelf, not a posting. */
const shelfFlag = 1 << 26;

/** What a walk does with each entry's number; false ends it. */
export type Visit = (number: number) => boolean;

export class Blocks {
  readonly #cells: Cells;
  readonly #entries: Entries;
  readonly #table: HashTable;
  /** Shelves that a walk has passed, the newest first. */
  readonly #passed: number[] = [];
  #sought = 0;
  readonly #isSought: (reference: number) => boolean;

  constructor(cells: Cells, entries: Entries) {
    this.#cells = cells;
    this.#entries = entries;
    const keyOf = (reference: number) =>
      entries.keyOf((reference & shelfFlag) === 0 ? reference : this.#first(reference ^ shelfFlag));
    this.#table = new HashTable(cells, (reference) => mixed(keyOf(reference)));
    this.#isSought = (reference) => keyOf(reference) === this.#sought;
  }

  /** Distinct keys. */
  get size(): number {
    return this.#table.size;
  }

  /** Without the cells. */
  get bytes(): number {
    return this.#table.bytes;
  }

  /** The entry must have been written, and the posting stand in no block. */
  insert(posting: number): void {
    const key = this.#entries.keyOf(posting);
    const hash = mixed(key);
    const reference = this.find(key);
    if (reference === 0) {
      this.#table.add(hash, posting);
      return;
    }
    if ((reference & shelfFlag) === 0) {
      const pair = this.#cells.allocate(pairWords);
      const sorted = this.#isBefore(posting, reference) ? [posting, reference] : [reference, posting];
      this.#words(pair).set(sorted, offsetOf(pair));
      this.#table.replace(hash, reference, pair | shelfFlag);
      return;
    }
    let head = reference ^ shelfFlag;
    if (this.#isPair(head)) {
      const pair = head;
      head = this.#cells.allocate(shelfClasses[0]!);
      this.#words(head).set(this.#postingsOf(pair), offsetOf(head) + 1);
      this.#cells.free(pair);
      this.#table.replace(hash, reference, head | shelfFlag);
    }
    let newer = 0;
    let shelf = head;
    for (let older = this.#older(shelf); older !== 0 && this.#isBefore(posting, this.#first(shelf)); ) {
      newer = shelf;
      shelf = older;
      older = this.#older(shelf);
    }
    const length = this.#length(shelf);
    const place = this.#placeOf(shelf, length, posting);
    const replaced = this.#put(shelf, length, place, posting, newer === 0);
    if (replaced !== shelf) this.#link(hash, head, newer, replaced);
  }

  /** The entry must still be as it was when the posting was inserted. */
  remove(posting: number): void {
    const key = this.#entries.keyOf(posting);
    const hash = mixed(key);
    const reference = this.find(key);
    if (reference === posting) {
      this.#table.remove(hash, posting);
      return;
    }
    const head = reference ^ shelfFlag;
    if (this.#isPair(head)) {
      const other = this.#postingsOf(head).find((each) => each !== posting)!;
      this.#table.replace(hash, reference, other);
      this.#cells.free(head);
      return;
    }
    let newer = 0;
    let shelf = head;
    while (this.#isBefore(posting, this.#first(shelf))) {
      newer = shelf;
      shelf = this.#older(shelf);
    }
    const words = this.#words(shelf);
    const start = offsetOf(shelf) + 1;
    const length = this.#length(shelf) - 1;
    const place = this.#placeOf(shelf, length + 1, posting);
    words.copyWithin(start + place, start + place + 1, start + length + 1);
    words[start + length] = 0;
    const older = this.#older(shelf);
    if (length === 2 && newer === 0 && older === 0) {
      const pair = this.#cells.allocate(pairWords);
      this.#words(pair).set(words.subarray(start, start + 2), offsetOf(pair));
      this.#table.replace(hash, reference, pair | shelfFlag);
      this.#cells.free(shelf);
    } else if (length === 0) {
      if (newer === 0 && older === 0) this.#table.remove(hash, reference);
      else this.#link(hash, head, newer, older);
      this.#cells.free(shelf);
    } else if ((length + 1) * 2 <= this.#cells.capacity(shelf) && length + 1 > 2) {
      this.#link(hash, head, newer, this.#moved(shelf, length));
    }
  }

  /** The block of a key, until the next insert or remove; 0 for none. */
  find(key: number): number {
    this.#sought = key;
    return this.#table.find(mixed(key), this.#isSought);
  }

  /** Entries of a block before a place in the order of items, the nearest first. */
  earlier(reference: number, orderKeyAt: number, id: IdWords, visit: Visit): void {
    const few = this.#fewOf(reference);
    if (few !== null) {
      for (let i = few.length - 1; i >= 0; i -= 1) {
        const number = numberOf(few[i]!);
        if (this.#entries.compareTo(number, orderKeyAt, id) < 0 && !visit(number)) return;
      }
      return;
    }
    let shelf = reference ^ shelfFlag;
    while (shelf !== 0 && this.#entries.compareTo(numberOf(this.#first(shelf)), orderKeyAt, id) >= 0)
      shelf = this.#older(shelf);
    if (shelf === 0) return;
    let count = this.#countBefore(shelf, orderKeyAt, id);
    while (shelf !== 0) {
      const words = this.#words(shelf);
      const start = offsetOf(shelf);
      for (let i = count; i > 0; i -= 1) if (!visit(numberOf(words[start + i]!))) return;
      shelf = words[start]!;
      if (shelf !== 0) count = this.#length(shelf);
    }
  }

  /** Entries of a block after a place in the order of items, the nearest first; one that stands at the place itself too. */
  later(reference: number, orderKeyAt: number, id: IdWords, visit: Visit): void {
    const few = this.#fewOf(reference);
    if (few !== null) {
      for (const posting of few)
        if (this.#entries.compareTo(numberOf(posting), orderKeyAt, id) >= 0 && !visit(numberOf(posting)))
          return;
      return;
    }
    const passed = this.#passed;
    passed.length = 0;
    let shelf = reference ^ shelfFlag;
    while (shelf !== 0) {
      passed.push(shelf);
      if (this.#entries.compareTo(numberOf(this.#first(shelf)), orderKeyAt, id) < 0) break;
      shelf = this.#older(shelf);
    }
    let from = shelf === 0 ? 0 : this.#countBefore(shelf, orderKeyAt, id);
    for (let each = passed.length - 1; each >= 0; each -= 1) {
      const words = this.#words(passed[each]!);
      const start = offsetOf(passed[each]!) + 1;
      const length = this.#length(passed[each]!);
      for (let i = from; i < length; i += 1) if (!visit(numberOf(words[start + i]!))) return;
      from = 0;
    }
  }

  /** Puts a posting into a shelf. @returns what must now stand in the chain where the shelf stood */
  #put(shelf: number, length: number, place: number, posting: number, isNewest: boolean): number {
    const words = this.#words(shelf);
    const start = offsetOf(shelf);
    if (length + 1 < this.#cells.capacity(shelf)) {
      words.copyWithin(start + 1 + place + 1, start + 1 + place, start + 1 + length);
      words[start + 1 + place] = posting;
      return shelf;
    }
    if (length + 1 < largestShelf) {
      const grown = this.#moved(shelf, length + 1);
      return this.#put(grown, length, place, posting, isNewest);
    }
    if (isNewest && place === length) {
      const added = this.#cells.allocate(shelfClasses[2]!);
      this.#words(added).set([shelf, posting], offsetOf(added));
      return added;
    }
    const half = length >>> 1;
    const upper = this.#cells.allocate(largestShelf);
    const target = this.#words(upper);
    target[offsetOf(upper)] = shelf;
    target.set(words.subarray(start + 1 + half, start + 1 + length), offsetOf(upper) + 1);
    words.fill(0, start + 1 + half, start + 1 + length);
    if (place <= half) this.#put(shelf, half, place, posting, false);
    else this.#put(upper, length - half, place - half, posting, false);
    return upper;
  }

  /** Moves a shelf into a cell with room for `postings`. */
  #moved(shelf: number, postings: number): number {
    const capacity = shelfClasses.find((each) => each > postings)!;
    const target = this.#cells.allocate(capacity);
    const start = offsetOf(shelf);
    const words = Math.min(capacity, this.#cells.capacity(shelf));
    this.#words(target).set(this.#words(shelf).subarray(start, start + words), offsetOf(target));
    this.#cells.free(shelf);
    return target;
  }

  /** Lets the shelf after `newer`, or the first one, be `shelf`. */
  #link(hash: number, head: number, newer: number, shelf: number): void {
    if (newer === 0) this.#table.replace(hash, head | shelfFlag, shelf | shelfFlag);
    else this.#words(newer)[offsetOf(newer)] = shelf;
  }

  /** The postings of a block that is no chain, the earlier first; null for a chain. */
  #fewOf(reference: number): readonly number[] | null {
    if (reference === 0) return [];
    if ((reference & shelfFlag) === 0) return [reference];
    return this.#isPair(reference ^ shelfFlag) ? this.#postingsOf(reference ^ shelfFlag) : null;
  }

  #isPair(address: number): boolean {
    return this.#cells.capacity(address) === pairWords;
  }

  #postingsOf(pair: number): readonly [number, number] {
    const words = this.#words(pair);
    return [words[offsetOf(pair)]!, words[offsetOf(pair) + 1]!];
  }

  #words(shelf: number): Uint32Array {
    return this.#cells.pages[pageOf(shelf)]!;
  }

  #older(shelf: number): number {
    return this.#words(shelf)[offsetOf(shelf)]!;
  }

  /** The oldest posting of a shelf; one of the two of a pair. */
  #first(shelf: number): number {
    return this.#words(shelf)[offsetOf(shelf) + 1]!;
  }

  /** Postings in a shelf: up to the first zero. */
  #length(shelf: number): number {
    const words = this.#words(shelf);
    const start = offsetOf(shelf) + 1;
    let low = 1;
    let above = this.#cells.capacity(shelf);
    while (low < above) {
      const middle = (low + above) >>> 1;
      if (words[start + middle - 1] === 0) above = middle;
      else low = middle + 1;
    }
    return low - 1;
  }

  #isBefore(a: number, b: number): boolean {
    return this.#entries.compare(numberOf(a), numberOf(b)) < 0;
  }

  /** How many of a shelf's first `length` postings come before `posting`. */
  #placeOf(shelf: number, length: number, posting: number): number {
    const words = this.#words(shelf);
    const start = offsetOf(shelf) + 1;
    // Mostly it is the newest.
    if (length > 0 && this.#isBefore(words[start + length - 1]!, posting)) return length;
    let low = 0;
    let above = length;
    while (low < above) {
      const middle = (low + above) >>> 1;
      if (this.#isBefore(words[start + middle]!, posting)) low = middle + 1;
      else above = middle;
    }
    return low;
  }

  /** How many of a shelf's postings come before a place, which mostly is near the newest. */
  #countBefore(shelf: number, orderKeyAt: number, id: IdWords): number {
    const words = this.#words(shelf);
    const start = offsetOf(shelf) + 1;
    const isBefore = (i: number) => this.#entries.compareTo(numberOf(words[start + i]!), orderKeyAt, id) < 0;
    let above = this.#length(shelf);
    let step = 1;
    while (above - step >= 0 && !isBefore(above - step)) {
      above -= step;
      step *= 2;
    }
    let low = Math.max(0, above - step + 1);
    while (low < above) {
      const middle = (low + above) >>> 1;
      if (isBefore(middle)) low = middle + 1;
      else above = middle;
    }
    return low;
  }
}
