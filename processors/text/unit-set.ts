/**
 * A set of UTF-16 units, a bit each. Texts are asked for every character, and Chinese has thousands: with a byte each, the many sets that
 * a text is held against would push each other out of the processor's cache.
 */
export class UnitSet {
  readonly #bits = new Int32Array(0x10000 / 32);

  /** @param units texts whose every unit belongs to it */
  constructor(units: Iterable<string>) {
    for (const text of units) for (let at = 0; at < text.length; at++) this.add(text.charCodeAt(at));
  }

  add(unit: number): void {
    this.#bits[unit >>> 5]! |= 1 << (unit & 31);
  }

  /** @param unit as `charCodeAt` gives it; NaN is in no set */
  has(unit: number): boolean {
    return ((this.#bits[unit >>> 5]! >>> (unit & 31)) & 1) === 1;
  }
}
