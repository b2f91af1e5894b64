import { HubError } from '../errors.ts';
import { Cells, offsetOf, pageOf } from './cells.ts';
import { mixed } from './hash-table.ts';
import { type IndexEntry, maxFeatureBytes, maxKeys } from './index.ts';
import { type IdWords, itemIdText, parseItemId } from './item-id.ts';

/**
 * Entries by number, from 1 on. Of each there is a row of 12 words (48 bytes) and a body, a cell of as many words as it needs.
 *
 *     row   0-3   itemId, big-endian words
 *           4-6   orderKeyAt, ingestedAt, version: their low 32 bits
 *           7     their high 16 bits: ingestedAt above, orderKeyAt below
 *           8     above: 16 bits of a hash of the baseId; below: the high 16 bits of version
 *           9     address of the body; 0 = the row is free
 *           10    number of the next entry read in the same hour; in a free row the next free one
 *           11    4 bits number of keys, 7 bits bytes of features, 12 bits bytes of the record id, 9 bits number of the system
 *     body  a word a key; the features; the record id, UTF-8 (the whole baseId for system 0)
 */
const rowWords = 12;
const rowsPageBits = 10;
const rowMask = (1 << rowsPageBits) - 1;
const high = 0x1_0000_0000;
const limit = 2 ** 48;

/** A posting names a key of an entry: number and place among its keys. */
const slotBits = 4;
/** A posting has 26 bits; so has the address of a shelf, which for this many entries suffices in the worst case. */
export const maxEntriesLimit = 2_000_000;
export const postingOf = (number: number, slot: number): number => (number << slotBits) | slot;
export const numberOf = (posting: number): number => posting >>> slotBits;
const slotOf = (posting: number): number => posting & ((1 << slotBits) - 1);

/** A longer baseId is not worth its room: its item is not indexed. */
export const maxBaseIdBytes = 4_095;
const maxSystems = 511;

const encoder = new TextEncoder();
const decoder = new TextDecoder('utf-8', { ignoreBOM: true });

/** A baseId as rows hold it, to be compared with them. */
export interface Base {
  readonly system: number;
  readonly text: Uint8Array;
  readonly hash: number;
}

export class Entries {
  readonly #rows: Uint32Array[] = [];
  readonly #bodies = new Cells();
  #end = 1;
  #free = 0;
  /** `source:` of baseIds, by number from 1 on. */
  readonly #systems: string[] = [''];
  readonly #systemNumbers = new Map<string, number>();
  readonly #id: IdWords = new Uint32Array(4);

  /** Numbers in use are below it. */
  get end(): number {
    return this.#end;
  }

  get bytes(): number {
    return this.#rows.length * ((rowWords * 4) << rowsPageBits) + this.#bodies.bytes;
  }

  isLive(number: number): boolean {
    return this.#row(number)[at(number) + 9] !== 0;
  }

  orderKeyAt(number: number): number {
    const row = this.#row(number);
    return (row[at(number) + 7]! & 0xffff) * high + row[at(number) + 4]!;
  }

  ingestedAt(number: number): number {
    const row = this.#row(number);
    return (row[at(number) + 7]! >>> 16) * high + row[at(number) + 5]!;
  }

  version(number: number): number {
    const row = this.#row(number);
    return (row[at(number) + 8]! & 0xffff) * high + row[at(number) + 6]!;
  }

  next(number: number): number {
    return this.#row(number)[at(number) + 10]!;
  }

  setNext(number: number, next: number): void {
    this.#row(number)[at(number) + 10] = next;
  }

  itemId(number: number): string {
    const row = this.#row(number);
    const first = at(number);
    return itemIdText(row[first]!, row[first + 1]!, row[first + 2]!, row[first + 3]!);
  }

  hasId(number: number, id: IdWords): boolean {
    const row = this.#row(number);
    const first = at(number);
    return (
      row[first] === id[0] && row[first + 1] === id[1] && row[first + 2] === id[2] && row[first + 3] === id[3]
    );
  }

  idHash(number: number): number {
    const row = this.#row(number);
    const first = at(number);
    return hashOfWords(row[first]!, row[first + 1]!, row[first + 2]!, row[first + 3]!);
  }

  /** As `byOrderKey`: negative when the entry is the earlier. */
  compareTo(number: number, orderKeyAt: number, id: IdWords): number {
    const difference = this.orderKeyAt(number) - orderKeyAt;
    if (difference !== 0) return difference;
    const row = this.#row(number);
    const first = at(number);
    for (let i = 0; i < 4; i += 1) if (row[first + i] !== id[i]) return row[first + i]! - id[i]!;
    return 0;
  }

  compare(a: number, b: number): number {
    const difference = this.orderKeyAt(a) - this.orderKeyAt(b);
    if (difference !== 0) return difference;
    const rowA = this.#row(a);
    const rowB = this.#row(b);
    for (let i = 0; i < 4; i += 1) {
      const apart = rowA[at(a) + i]! - rowB[at(b) + i]!;
      if (apart !== 0) return apart;
    }
    return 0;
  }

  keyOf(posting: number): number {
    const address = this.#row(numberOf(posting))[at(numberOf(posting)) + 9]!;
    return this.#bodies.pages[pageOf(address)]![offsetOf(address) + slotOf(posting)]!;
  }

  /** A copy. */
  keys(number: number): number[] {
    const address = this.#row(number)[at(number) + 9]!;
    const start = offsetOf(address);
    return [...this.#bodies.pages[pageOf(address)]!.subarray(start, start + this.#keyCount(number))];
  }

  hasKeys(number: number, keys: readonly number[]): boolean {
    if (this.#keyCount(number) !== keys.length) return false;
    const address = this.#row(number)[at(number) + 9]!;
    const words = this.#bodies.pages[pageOf(address)]!;
    const start = offsetOf(address);
    return keys.every((key, slot) => words[start + slot] === key);
  }

  /** A view, true until the entry is changed or removed. */
  features(number: number): Uint8Array {
    return this.#bytes(number, 0, (this.#shape(number) >>> 4) & 127);
  }

  baseId(number: number): string {
    const system = this.#shape(number) >>> 23;
    return this.#systems[system]! + decoder.decode(this.#recordId(number));
  }

  /** For comparing only: null when no entry can have it. */
  baseOf(baseId: string): Base | null {
    const colon = baseId.indexOf(':') + 1;
    const system = this.#systemNumbers.get(baseId.slice(0, colon));
    const text = encoder.encode(system === undefined ? baseId : baseId.slice(colon));
    return text.length > maxBaseIdBytes ? null : { system: system ?? 0, text, hash: hashOfText(text) };
  }

  hasBase(number: number, base: Base | null): boolean {
    if (base === null || this.#baseHash(number) !== base.hash || this.#shape(number) >>> 23 !== base.system)
      return false;
    return Buffer.compare(this.#recordId(number), base.text) === 0;
  }

  sameBase(a: number, b: number): boolean {
    if (this.#baseHash(a) !== this.#baseHash(b) || this.#shape(a) >>> 23 !== this.#shape(b) >>> 23)
      return false;
    return Buffer.compare(this.#recordId(a), this.#recordId(b)) === 0;
  }

  /** The number of a new entry. It must be one that `isFit`. */
  add(entry: IndexEntry): number {
    const number = this.#free === 0 ? this.#end : this.#free;
    if (this.#rows.length <= number >>> rowsPageBits)
      this.#rows.push(new Uint32Array(rowWords << rowsPageBits));
    if (number === this.#end) this.#end += 1;
    else this.#free = this.next(number);
    this.#write(number, entry);
    return number;
  }

  /** Writes a new state of an entry over the old one. It must be one that `isFit`. */
  overwrite(number: number, entry: IndexEntry): void {
    this.#bodies.free(this.#row(number)[at(number) + 9]!);
    this.#write(number, entry);
  }

  remove(number: number): void {
    const row = this.#row(number);
    this.#bodies.free(row[at(number) + 9]!);
    row[at(number) + 9] = 0;
    row[at(number) + 10] = this.#free;
    this.#free = number;
  }

  #write(number: number, entry: IndexEntry): void {
    const { itemId, baseId, orderKeyAt, ingestedAt, version, keys, features } = entry;
    const colon = baseId.indexOf(':') + 1;
    const system = this.#systemNumber(baseId.slice(0, colon));
    const text = encoder.encode(system === 0 ? baseId : baseId.slice(colon));
    const body = this.#bodies.allocate(keys.length + Math.ceil((features.length + text.length) / 4));
    const words = this.#bodies.pages[pageOf(body)]!;
    words.set(keys, offsetOf(body));
    const bytes = new Uint8Array(words.buffer);
    const firstByte = (offsetOf(body) + keys.length) * 4;
    bytes.set(features, firstByte);
    bytes.set(text, firstByte + features.length);

    const row = this.#row(number);
    const first = at(number);
    parseItemId(itemId, this.#id);
    row.set(this.#id, first);
    row[first + 4] = orderKeyAt % high;
    row[first + 5] = ingestedAt % high;
    row[first + 6] = version % high;
    row[first + 7] = Math.floor(ingestedAt / high) * 0x1_0000 + Math.floor(orderKeyAt / high);
    row[first + 8] = hashOfText(text) * 0x1_0000 + Math.floor(version / high);
    row[first + 9] = body;
    row[first + 11] = keys.length | (features.length << 4) | (text.length << 11) | (system << 23);
  }

  /** 0 for none: the table of systems is full, or the baseId has none. */
  #systemNumber(system: string): number {
    const known = this.#systemNumbers.get(system);
    if (known !== undefined) return known;
    if (system === '' || system.length > 100 || this.#systems.length > maxSystems) return 0;
    this.#systems.push(system);
    this.#systemNumbers.set(system, this.#systems.length - 1);
    return this.#systems.length - 1;
  }

  #row(number: number): Uint32Array {
    return this.#rows[number >>> rowsPageBits]!;
  }

  #shape(number: number): number {
    return this.#row(number)[at(number) + 11]!;
  }

  #baseHash(number: number): number {
    return this.#row(number)[at(number) + 8]! >>> 16;
  }

  #keyCount(number: number): number {
    return this.#shape(number) & 15;
  }

  #recordId(number: number): Uint8Array {
    const shape = this.#shape(number);
    return this.#bytes(number, (shape >>> 4) & 127, (shape >>> 11) & 4_095);
  }

  #bytes(number: number, from: number, length: number): Uint8Array {
    const address = this.#row(number)[at(number) + 9]!;
    const { buffer } = this.#bodies.pages[pageOf(address)]!;
    return new Uint8Array(buffer, (offsetOf(address) + this.#keyCount(number)) * 4 + from, length);
  }
}

const at = (number: number): number => (number & rowMask) * rowWords;

export const hashOfId = ([a, b, c, d]: IdWords): number => hashOfWords(a!, b!, c!, d!);

const hashOfWords = (a: number, b: number, c: number, d: number): number =>
  mixed(a ^ mixed(b ^ mixed(c ^ mixed(d))));

/** 16 bits of FNV-1a, for a first look. */
function hashOfText(text: Uint8Array): number {
  let hash = 0x811c9dc5;
  for (const byte of text) hash = Math.imul(hash ^ byte, 0x01000193);
  return (hash ^ (hash >>> 16)) & 0xffff;
}

/** False for an entry that is not indexed, as its baseId is too long. Throws HUB_INTERNAL for what the port forbids. */
export function isFit({
  itemId,
  baseId,
  orderKeyAt,
  ingestedAt,
  version,
  keys,
  features,
}: IndexEntry): boolean {
  const isNumber = (value: number) => Number.isInteger(value) && value >= 0 && value < limit;
  const isKey = (key: number) => Number.isInteger(key) && key >= 0 && key < high;
  const refuse = (found: string): never => {
    throw new HubError('HUB_INTERNAL', `index entry of ${itemId}: ${found}`);
  };
  if (!isNumber(orderKeyAt)) refuse(`orderKeyAt ${orderKeyAt}`);
  if (!isNumber(ingestedAt)) refuse(`ingestedAt ${ingestedAt}`);
  if (!isNumber(version)) refuse(`version ${version}`);
  if (keys.length > maxKeys) refuse(`${keys.length} keys, at most ${maxKeys} were expected`);
  if (!keys.every(isKey)) refuse(`keys ${keys}, unsigned 32-bit numbers were expected`);
  if (keys.some((key, slot) => keys.includes(key, slot + 1)))
    refuse(`keys ${keys}, distinct ones were expected`);
  if (features.length > maxFeatureBytes)
    refuse(`${features.length} bytes of features, at most ${maxFeatureBytes} were expected`);
  return baseId.length <= maxBaseIdBytes / 3 || Buffer.byteLength(baseId) <= maxBaseIdBytes;
}
