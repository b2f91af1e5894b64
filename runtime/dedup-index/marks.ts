import type { Mark, Reach } from './index.ts';

interface Stored {
  /** Where the last turn began that put here. */
  readonly from: number;
  /** 0: all is held that the partition ever gave; else only what was put from here on. */
  readonly since: number;
  readonly to: number;
  /** What was written to hub.state before it was held when all was held the last time; null: it never was. */
  readonly stateOffset: number | null;
}

/** The marks of a form that lives in one place, by the rules of `putScript` (redis-scripts.ts). */
export class Marks {
  readonly #marks: Map<number, Stored>;
  readonly #refills: Map<number, number>;

  constructor(
    marks: ReadonlyMap<number, Stored> = new Map(),
    refills: ReadonlyMap<number, number> = new Map(),
  ) {
    this.#marks = new Map(marks);
    this.#refills = new Map(refills);
  }

  copy(): Marks {
    return new Marks(this.#marks, this.#refills);
  }

  get isWhole(): boolean {
    return this.#marks.values().every(({ since }) => since === 0);
  }

  /** False for a turn that begins before one that was accepted. */
  accept(reaches: readonly Reach[]): boolean {
    if (reaches.some(({ partition, from }) => from < (this.#marks.get(partition)?.from ?? 0))) return false;
    for (const { partition, from, to, stateOffset } of reaches) {
      const mark = this.#marks.get(partition);
      const since = mark === undefined || from > mark.to ? from : mark.since;
      const known = since === 0 ? stateOffset : (mark?.stateOffset ?? null);
      this.#marks.set(partition, { from, since, to, stateOffset: known });
    }
    return true;
  }

  all(): Mark[] {
    return [...this.#marks].map(([partition, { from, since, to, stateOffset }]) => ({
      partition,
      from,
      isWhole: since === 0,
      to,
      stateOffset: stateOffset ?? 0,
      missedFrom: stateOffset,
    }));
  }

  /** @param step 0 begins it; a step that does not follow on the last one says that something was lost in between */
  step(partition: number, refill: number, step: number): boolean {
    const next = refill * steps + step;
    if (step > 0 && this.#refills.get(partition) !== next - 1) return false;
    this.#refills.set(partition, next);
    return true;
  }

  /** @param step the last one */
  done(partition: number, refill: number, step: number, position: number, stateOffset: number): boolean {
    if (this.#refills.get(partition) !== refill * steps + step) return false;
    const mark = this.#marks.get(partition) ?? { from: position, since: 0, to: position };
    if (mark.since > position) return false;
    this.#refills.delete(partition);
    this.#marks.set(partition, { from: mark.from, since: 0, to: Math.max(mark.to, position), stateOffset });
    return true;
  }
}

const steps = 1_000_000;
