/**
 * How long a turn of the item writer should take, ms: what has just come by the urgent lane waits for one turn to end and has the next
 * for itself, so it stays well below the second that it may take. A turn writes a segment to each topic and partition that it has
 * anything for, mostly departments': at 75 ms that cost half as much again for each item.
 */
const turnMs = 250;
/** Fewer are not worth a commit, however slow they are. */
const leastInputs = 8;
/** Weight of what was measured before, a turn on: the last ten or so count. */
const remembered = 0.8;

/** How many inputs the next turn may take, from what those before took. A pace changes only when things happen, never what. */
export class Pace {
  readonly #most: number;
  #inputs = 0;
  #ms = 0;

  /** @param most inputs of a turn, however fast they are */
  constructor(most: number) {
    this.#most = most;
  }

  took(inputs: number, ms: number): void {
    // The clock has been set back meanwhile.
    if (ms < 0) return;
    this.#inputs = this.#inputs * remembered + inputs;
    // Or forth: that must not slow the writer down for long.
    this.#ms = this.#ms * remembered + Math.min(ms, 100 * turnMs);
  }

  next(): number {
    const inTime = this.#ms === 0 ? leastInputs * 8 : Math.floor((turnMs * this.#inputs) / this.#ms);
    return Math.min(this.#most, Math.max(leastInputs, inTime));
  }
}
