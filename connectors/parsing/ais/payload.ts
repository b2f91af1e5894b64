/** Value of an armoured character (ITU-R M.1371 over IEC 61162-1): `0`-`W` are 0-39, `` ` ``-`w` are 40-63; -1 = not one of them. */
export const sixBits = new Int8Array(256).fill(-1);
for (let value = 0; value < 64; value++) sixBits[value < 40 ? value + 48 : value + 56] = value;

const letters = '@ABCDEFGHIJKLMNOPQRSTUVWXYZ[\\]^_ !"#$%&\'()*+,-./0123456789:;<=>?';

/**
 * The bits of one message, read where they lie: armoured characters in the bytes of a line. Bits past the end read as zeros.
 * One object may be pointed at message after message, so that reading a stream makes no garbage.
 */
export class Payload {
  #bytes: Uint8Array = new Uint8Array(0);
  #start = 0;
  #characters = 0;
  /** Length of the message in bits, fill bits taken off. */
  bits = 0;

  /**
   * @param start, end the armoured characters in `bytes`.
   * @param fillBits 0 to 5, bits of the last character that are not the message's.
   * @returns this; null where a character is none of the 64.
   */
  at(bytes: Uint8Array, start: number, end: number, fillBits: number): this | null {
    for (let i = start; i < end; i++) if (sixBits[bytes[i]!]! < 0) return null;
    this.#bytes = bytes;
    this.#start = start;
    this.#characters = end - start;
    this.bits = Math.max(0, this.#characters * 6 - fillBits);
    return this;
  }

  /** @param width 1 to 30. */
  uint(from: number, width: number): number {
    const last = ((from + width - 1) / 6) | 0;
    let value = 0;
    // What stands before the field in its first character falls off at the left end or under the mask.
    for (let i = (from / 6) | 0; i < last; i++) value = (value << 6) | this.#six(i);
    const tail = (last + 1) * 6 - from - width;
    value = (value << (6 - tail)) | (this.#six(last) >> tail);
    return value & ((1 << width) - 1);
  }

  /** Two's complement. */
  int(from: number, width: number): number {
    const unused = 32 - width;
    return (this.uint(from, width) << unused) >> unused;
  }

  flag(from: number): boolean {
    return this.uint(from, 1) === 1;
  }

  /** Six-bit text up to the first `@`, spaces at its end taken off; null when nothing is left. */
  text(from: number, characters: number): string | null {
    let text = '';
    const count = Math.min(characters, Math.floor((this.bits - from) / 6));
    for (let i = 0; i < count; i++) {
      const value = this.uint(from + i * 6, 6);
      if (value === 0) break;
      text += letters[value];
    }
    return text.trimEnd() || null;
  }

  /** These bits as hexadecimal digits, two for every eight; the last two filled up with zeros. */
  hex(from: number, to = this.bits): string {
    let digits = '';
    for (let at = from; at < to; at += 8) {
      const width = Math.min(8, to - at);
      digits += (this.uint(at, width) << (8 - width)).toString(16).padStart(2, '0');
    }
    return digits;
  }

  #six(character: number): number {
    return character < this.#characters ? sixBits[this.#bytes[this.#start + character]!]! : 0;
  }
}
