/**
 * Which payloads have been seen within a window, from whatever receiver: they are the message itself, whoever repeats it under
 * whatever talker, group id or channel. Kept as hashes of 53 bits in two generations, so that a window costs two sets and no timer.
 */
export class RecentPayloads {
  readonly #windowMs: number;
  #current = new Set<number>();
  #previous = new Set<number>();
  #since = 0;

  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  /** Seen within the window, or at most twice as long ago? Notes it in any case. @param now ms, never going back. */
  has(payload: Uint8Array, start: number, end: number, now: number): boolean {
    if (now - this.#since >= this.#windowMs || this.#current.size >= maxPayloads) {
      this.#previous = now - this.#since >= 2 * this.#windowMs ? new Set() : this.#current;
      this.#current = new Set();
      this.#since = now;
    }
    const hash = hash53(payload, start, end);
    if (this.#current.has(hash)) return true;
    this.#current.add(hash);
    return this.#previous.has(hash);
  }
}

/** A busy strait has some thousand messages in ten seconds; a flood must not fill the memory. */
const maxPayloads = 100_000;

/** Two rounds of FNV-1a with different bases, of which the second gives 21 bits. */
function hash53(bytes: Uint8Array, start: number, end: number): number {
  let low = 0x811c9dc5;
  let high = 0x2f1b9c85;
  for (let i = start; i < end; i++) {
    low = Math.imul(low ^ bytes[i]!, 0x01000193);
    high = Math.imul(high ^ bytes[i]!, 0x01000197);
  }
  return (high >>> 11) * 2 ** 32 + (low >>> 0);
}
