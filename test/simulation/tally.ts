import type { SeedResult } from './scenario.ts';

/** The one line that a simulation ends with. */
export interface Tally {
  readonly seeds: number;
  readonly failed: number;
  /** The lowest failing seeds, each with its reason. */
  readonly firstFailures: readonly { readonly seed: number; readonly failure: string }[];
  readonly steps: number;
  readonly crashes: number;
  readonly pauses: number;
  readonly rebalances: number;
  readonly fences: number;
  readonly commitsFailed: number;
  readonly indexFailures: number;
  /** Times that the index was emptied or went back in time. */
  readonly indexLosses: number;
}

export const emptyTally: Tally = {
  seeds: 0,
  failed: 0,
  firstFailures: [],
  steps: 0,
  crashes: 0,
  pauses: 0,
  rebalances: 0,
  fences: 0,
  commitsFailed: 0,
  indexFailures: 0,
  indexLosses: 0,
};

export function tallyOf({ seed, failure, steps, fences, faults }: SeedResult): Tally {
  return {
    seeds: 1,
    failed: failure === null ? 0 : 1,
    firstFailures: failure === null ? [] : [{ seed, failure }],
    steps,
    crashes: faults.crash + faults.crashAfterCommit,
    pauses: faults.pause,
    rebalances: faults.rebalance,
    fences,
    commitsFailed: faults.commitFails,
    indexFailures: faults.indexFails,
    indexLosses: faults.indexEmptied + faults.indexGoesBack,
  };
}

export function addTallies(a: Tally, b: Tally): Tally {
  return {
    seeds: a.seeds + b.seeds,
    failed: a.failed + b.failed,
    firstFailures: [...a.firstFailures, ...b.firstFailures].sort((x, y) => x.seed - y.seed).slice(0, 5),
    steps: a.steps + b.steps,
    crashes: a.crashes + b.crashes,
    pauses: a.pauses + b.pauses,
    rebalances: a.rebalances + b.rebalances,
    fences: a.fences + b.fences,
    commitsFailed: a.commitsFailed + b.commitsFailed,
    indexFailures: a.indexFailures + b.indexFailures,
    indexLosses: a.indexLosses + b.indexLosses,
  };
}
