import type { Random } from './random.ts';

/** What may go wrong, with its probability per opportunity (a step for processes, a call for the log). */
export interface FaultRates {
  readonly crash: number;
  /** A crash between the effect of a commit and the answer. */
  readonly crashAfterCommit: number;
  readonly pause: number;
  /** A member comes into a group for a short while. */
  readonly rebalance: number;
  /** A commit that rejects with HUB_DATA_WRITE before it has had an effect. */
  readonly commitFails: number;
  readonly clockJump: number;
  readonly compact: number;
  /** The index does not answer, with or without having done what it was asked. */
  readonly indexFails: number;
  readonly indexEmptied: number;
  /** It is as it was some calls ago: a replica that was behind has taken over. */
  readonly indexGoesBack: number;
  /** The following do no harm and are not counted against the budget. */
  readonly slow: number;
  readonly shortPoll: number;
  readonly offsetGap: number;
}

export type FaultKind = keyof FaultRates;

export const noFaults: FaultRates = {
  crash: 0,
  crashAfterCommit: 0,
  pause: 0,
  rebalance: 0,
  commitFails: 0,
  clockJump: 0,
  compact: 0,
  indexFails: 0,
  indexEmptied: 0,
  indexGoesBack: 0,
  slow: 0,
  shortPoll: 0,
  offsetGap: 0,
};

const harmless: ReadonlySet<FaultKind> = new Set(['slow', 'shortPoll', 'offsetGap']);

/** Deals out faults by the seed until the budget is spent, so that every run comes to rest. */
export class Faults {
  readonly random: Random;
  readonly counts: Record<FaultKind, number> = { ...noFaults };
  readonly #rates: FaultRates;
  #budget: number;

  constructor(random: Random, rates: FaultRates, budget: number) {
    this.random = random;
    this.#rates = rates;
    this.#budget = budget;
  }

  /** Does it happen now? */
  strikes(kind: FaultKind): boolean {
    if (!this.random.chance(this.#rates[kind])) return false;
    if (!harmless.has(kind)) {
      if (this.#budget === 0) return false;
      this.#budget--;
    }
    this.counts[kind]++;
    return true;
  }

  /** No more faults from here on. */
  end(): void {
    this.#budget = 0;
  }
}

/** Gentle and violent seeds: every rate is drawn anew for each, and many are zero, so that rare pairs of faults meet too. */
export function drawFaults(random: Random): { readonly rates: FaultRates; readonly budget: number } {
  const draw = (...choices: number[]) => random.pick(choices);
  return {
    rates: {
      crash: draw(0, 0.002, 0.01, 0.04),
      crashAfterCommit: draw(0, 0.05, 0.3),
      pause: draw(0, 0.002, 0.01),
      rebalance: draw(0, 0.002, 0.01, 0.04),
      commitFails: draw(0, 0.05, 0.3),
      clockJump: draw(0, 0.005),
      compact: draw(0, 0.01),
      indexFails: draw(0, 0, 0.05, 0.3),
      indexEmptied: draw(0, 0, 0.01, 0.05),
      indexGoesBack: draw(0, 0, 0.01, 0.1),
      slow: draw(0, 0.05, 0.3),
      shortPoll: draw(0, 0.2, 0.8),
      offsetGap: draw(0, 0.3),
    },
    budget: draw(0, 3, 10, 30),
  };
}
