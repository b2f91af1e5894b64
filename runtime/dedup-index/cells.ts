/**
 * Room for many small arrays of 32-bit words, without an object for each. A cell's capacity is one of a few classes; a page
 * holds cells of one class, so a cell needs no header, and room that is given back serves the next cell of its class. Pages
 * are added one by one: nothing is ever copied to grow, and no page is given back.
 */

/** 16 KiB: small beside 10^5 items, not too many objects for 10^6. */
const pageWords = 1 << 12;
const pageBits = 11;
const unitMask = (1 << pageBits) - 1;

/** The largest cell. */
export const maxCellWords = 1_280;

export class Cells {
  /** Words of a cell: `pages[pageOf(address)]` from `offsetOf(address)` on. Page 0 is empty: no cell has the address 0. */
  readonly pages: Uint32Array[] = [new Uint32Array(0)];
  readonly #capacityOfPage: number[] = [0];
  /** By class (half its capacity): the first free cell, whose first word names the next one; 0 for none. */
  readonly #free = new Uint32Array(maxCellWords / 2 + 1);
  /** By class: the next cell of its newest page that was never used, and how many such there are. */
  readonly #fresh = new Uint32Array(maxCellWords / 2 + 1);
  readonly #freshLeft = new Uint32Array(maxCellWords / 2 + 1);

  get bytes(): number {
    return this.pages.length * (pageWords * 4 + 16) + 3 * this.#free.byteLength;
  }

  /** The address of a cell of at least `words` words, all 0. It counts units of 2 words and fits 32 bits. */
  allocate(words: number): number {
    const kind = capacityFor(words) >>> 1;
    const reused = this.#free[kind]!;
    if (reused !== 0) {
      const page = this.pages[pageOf(reused)]!;
      const offset = offsetOf(reused);
      this.#free[kind] = page[offset]!;
      page.fill(0, offset, offset + kind * 2);
      return reused;
    }
    if (this.#freshLeft[kind] === 0) {
      this.#fresh[kind] = this.pages.length * (1 << pageBits);
      this.#freshLeft[kind] = Math.floor(pageWords / (kind * 2));
      this.pages.push(new Uint32Array(pageWords));
      this.#capacityOfPage.push(kind * 2);
    }
    const address = this.#fresh[kind]!;
    this.#fresh[kind] = address + kind;
    this.#freshLeft[kind]! -= 1;
    return address;
  }

  free(address: number): void {
    const kind = this.capacity(address) >>> 1;
    this.pages[pageOf(address)]![offsetOf(address)] = this.#free[kind]!;
    this.#free[kind] = address;
  }

  /** Words. */
  capacity(address: number): number {
    return this.#capacityOfPage[pageOf(address)]!;
  }
}

export const pageOf = (address: number): number => address >>> pageBits;
export const offsetOf = (address: number): number => (address & unitMask) << 1;

/** Classes: every 2 words up to 64, then coarser ones. */
export function capacityFor(words: number): number {
  const step = words <= 64 ? 2 : words <= 256 ? 16 : 256;
  return Math.ceil(words / step) * step || 2;
}
