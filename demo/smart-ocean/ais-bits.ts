/** Bits of an AIS message, written most significant first, and their armour for a sentence (ITU-R M.1371-5, IEC 61162-1). */
export class Bits {
  #text = '';

  unsigned(value: number, length: number): this {
    if (!Number.isInteger(value) || value < 0 || value >= 2 ** length)
      throw new RangeError(`${value} is no unsigned number of ${length} bits`);
    this.#text += value.toString(2).padStart(length, '0');
    return this;
  }

  signed(value: number, length: number): this {
    return this.unsigned(value < 0 ? value + 2 ** length : value, length);
  }

  /** Six bits a character, A-Z, digits, blank and some signs, filled up with `@`. */
  text(value: string, characters: number): this {
    for (const char of value.slice(0, characters).padEnd(characters, '@')) {
      const code = char.charCodeAt(0);
      if (code < 32 || code > 95) throw new RangeError(`${char} cannot be said in AIS`);
      this.unsigned(code >= 64 ? code - 64 : code, 6);
    }
    return this;
  }

  spare(length: number): this {
    return this.unsigned(0, length);
  }

  get length(): number {
    return this.#text.length;
  }

  armoured(): Payload {
    const fill = (6 - (this.#text.length % 6)) % 6;
    const bits = this.#text + '0'.repeat(fill);
    let text = '';
    for (let i = 0; i < bits.length; i += 6) {
      const value = Number.parseInt(bits.slice(i, i + 6), 2);
      text += String.fromCharCode(value < 40 ? value + 48 : value + 56);
    }
    return { text, fill };
  }
}

export interface Payload {
  readonly text: string;
  /** Bits at the end that say nothing, 0 to 5. */
  readonly fill: number;
}
