import type { IndexEntry } from './index.ts';

/** Entries by content (item id, version and stamp): what has such a name never changes. Those not asked for longest go first. */
export class EntryCache {
  readonly #capacity: number;
  /** Two halves: what is asked for moves to the younger one, and when that is full the elder is dropped. */
  #young = new Map<string, IndexEntry>();
  #old = new Map<string, IndexEntry>();

  constructor(capacity: number) {
    this.#capacity = capacity;
  }

  get(content: string): IndexEntry | undefined {
    const young = this.#young.get(content);
    if (young !== undefined) return young;
    const old = this.#old.get(content);
    return old === undefined ? undefined : this.add(content, old);
  }

  add(content: string, entry: IndexEntry): IndexEntry {
    if (this.#young.size >= this.#capacity / 2) {
      this.#old = this.#young;
      this.#young = new Map();
    }
    this.#young.set(content, entry);
    return entry;
  }
}
