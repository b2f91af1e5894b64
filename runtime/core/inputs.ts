import type { ItemInput } from '../../schemas/types.ts';
import type { Clock } from '../clock.ts';
import { topics } from '../topics.ts';

/** The fields of all kinds, empty: an input sets that of its own. */
export const emptyInput = {
  sourceRecord: null,
  reclass: null,
  departmentEvent: null,
  reassess: null,
  cluster: null,
  pairWord: null,
  warning: null,
} as const satisfies Partial<ItemInput>;

/** An input that follows from another one: its time and origin are the cause's. */
export const derived = (cause: ItemInput, kind: ItemInput['kind']): ItemInput => ({
  ...cause,
  ...emptyInput,
  kind,
  causeId: cause.inputId,
});

/** The lane by which an input goes: what is not live waits behind all that is (design.md §4 point 10). */
export function laneOf(input: Pick<ItemInput, 'origin' | 'sourceRecord'>): string {
  if (input.origin !== 'LIVE') return topics.inputHistory;
  return input.sourceRecord?.priority === 'URGENT' ? topics.inputUrgent : topics.input;
}

/** Numbers for `ItemInput.seq`: microseconds of the clock, strictly rising for one producer, also where the clock is set back. */
export function risingSeq(clock: Clock): () => number {
  let seq = 0;
  return () => {
    seq = Math.max(seq + 1, clock.now() * 1000);
    return seq;
  };
}
