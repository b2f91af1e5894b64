/** IEC 61162-1 allows 82 characters a sentence and as many a tag block; what some receivers append makes it longer. */
export const maxLineBytes = 1_024;

const lineFeed = 10;
const carriageReturn = 13;

/** Called for each line with the place where it lies, its end without CR and LF; the bytes are valid during the call only. */
export type OnLine = (bytes: Uint8Array, start: number, end: number) => void;

/**
 * Cuts what a socket or a file gives into lines. A line that begins in one chunk and ends in another is put together; one longer than
 * `maxLineBytes` is noise, dropped to its end and counted. Bytes are copied only where a chunk ends inside a line.
 */
export class LineCutter {
  readonly #onLine: OnLine;
  #begun: Uint8Array = new Uint8Array(0);
  #isSkipping = false;
  tooLong = 0;

  constructor(onLine: OnLine) {
    this.#onLine = onLine;
  }

  push(chunk: Uint8Array): void {
    let start = 0;
    for (;;) {
      const end = chunk.indexOf(lineFeed, start);
      if (end < 0) break;
      this.#line(chunk, start, end);
      start = end + 1;
    }
    if (start < chunk.length) this.#begin(chunk.subarray(start));
  }

  /** The last line of a file may lack its end; half a line at the cut of a connection is no line: call `drop` there. */
  end(): void {
    if (this.#begun.length > 0 || this.#isSkipping) this.#line(this.#begun, 0, 0);
  }

  /** @returns the bytes of the line that had begun. */
  drop(): number {
    const { length } = this.#begun;
    this.#begun = new Uint8Array(0);
    this.#isSkipping = false;
    return length;
  }

  #line(chunk: Uint8Array, start: number, end: number): void {
    const begun = this.#begun;
    if (this.#isSkipping || begun.length + end - start > maxLineBytes) {
      this.drop();
      this.tooLong += 1;
    } else if (begun.length === 0) {
      this.#onLine(chunk, start, withoutReturn(chunk, start, end));
    } else {
      const whole = Buffer.concat([begun, chunk.subarray(start, end)]);
      this.drop();
      this.#onLine(whole, 0, withoutReturn(whole, 0, whole.length));
    }
  }

  #begin(rest: Uint8Array): void {
    if (this.#isSkipping) return;
    if (this.#begun.length + rest.length > maxLineBytes) {
      this.drop();
      this.#isSkipping = true;
    } else this.#begun = Buffer.concat([this.#begun, rest]);
  }
}

const withoutReturn = (bytes: Uint8Array, start: number, end: number): number =>
  end > start && bytes[end - 1] === carriageReturn ? end - 1 : end;
