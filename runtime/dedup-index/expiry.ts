import type { Entries } from './entries.ts';

const hourMs = 3_600_000;

interface Queue {
  first: number;
  last: number;
}

/**
 * Entries by the hour in which they were read, each hour first come, first out. An entry whose `ingestedAt` was changed stays where
 * it is; should its turn come too early, it is moved to its hour then.
 */
export class Expiry {
  readonly #entries: Entries;
  readonly #hours = new Map<number, Queue>();
  #oldest = Number.POSITIVE_INFINITY;

  constructor(entries: Entries) {
    this.#entries = entries;
  }

  get bytes(): number {
    return this.#hours.size * 100;
  }

  add(number: number): void {
    const hour = this.#hourOf(number);
    const queue = this.#hours.get(hour);
    this.#entries.setNext(number, 0);
    if (queue === undefined) this.#hours.set(hour, { first: number, last: number });
    else {
      this.#entries.setNext(queue.last, number);
      queue.last = number;
    }
    this.#oldest = Math.min(this.#oldest, hour);
  }

  /** Takes out an entry of the oldest hour, if that hour had ended by `before` (ms). 0 for none. */
  take(before: number): number {
    while ((this.#oldest + 1) * hourMs <= before) {
      const queue = this.#hours.get(this.#oldest)!;
      const number = queue.first;
      queue.first = this.#entries.next(number);
      const hour = this.#oldest;
      if (queue.first === 0) {
        this.#hours.delete(hour);
        this.#oldest = Number.POSITIVE_INFINITY;
        for (const each of this.#hours.keys()) this.#oldest = Math.min(this.#oldest, each);
      }
      if (this.#hourOf(number) <= hour) return number;
      this.add(number);
    }
    return 0;
  }

  #hourOf(number: number): number {
    return Math.floor(this.#entries.ingestedAt(number) / hourMs);
  }
}
