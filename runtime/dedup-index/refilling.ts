import type { DedupIndex, IndexEntry, Refill } from './index.ts';
import type { Marks } from './marks.ts';

let refills = 0;

/** A refill of a form that lives in one place. @param marks as they are at each moment */
export function refillOf(partition: number, marks: () => Marks, put: DedupIndex['put']): Refill {
  refills += 1;
  const refill = refills;
  let step = 0;
  let isBroken = !marks().step(partition, refill, step);
  return {
    async put(entries: readonly IndexEntry[]) {
      if (isBroken) return false;
      step += 1;
      isBroken = !marks().step(partition, refill, step);
      if (!isBroken) await put(entries);
      return !isBroken;
    },
    async done(position, stateOffset) {
      return !isBroken && marks().done(partition, refill, step, position, stateOffset);
    },
  };
}
