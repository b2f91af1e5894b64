import { HubError } from '../errors.ts';
import type { Entries } from './entries.ts';
import type { IndexEntry } from './index.ts';

/** How many times entries have been put. */
export interface PutCount {
  puts: number;
}

/**
 * An entry that is read out of the index when it is asked for: a question finds a hundred, and its asker reads few in full.
 * Read after a later `put` it would tell of another item, so it throws HUB_INTERNAL then.
 */
export class StoredEntry implements IndexEntry {
  readonly #entries: Entries;
  readonly #number: number;
  readonly #count: PutCount;
  readonly #puts: number;

  constructor(entries: Entries, number: number, count: PutCount) {
    this.#entries = entries;
    this.#number = number;
    this.#count = count;
    this.#puts = count.puts;
  }

  get itemId(): string {
    return this.#current().itemId(this.#number);
  }
  get baseId(): string {
    return this.#current().baseId(this.#number);
  }
  get orderKeyAt(): number {
    return this.#current().orderKeyAt(this.#number);
  }
  get ingestedAt(): number {
    return this.#current().ingestedAt(this.#number);
  }
  get version(): number {
    return this.#current().version(this.#number);
  }
  get keys(): readonly number[] {
    return this.#current().keys(this.#number);
  }
  get features(): Uint8Array {
    return this.#current().features(this.#number);
  }

  #current(): Entries {
    if (this.#puts === this.#count.puts) return this.#entries;
    throw new HubError('HUB_INTERNAL', 'an entry of the dedup index was read after a later put');
  }
}
