import { describe } from '@jest/globals';
import type { OpenDedupIndex } from './dedup-index/fixture.ts';
import { historyContract } from './dedup-index/histories.ts';
import { marksContract } from './dedup-index/marks.ts';
import { nearestContract } from './dedup-index/nearest.ts';
import { puttingContract } from './dedup-index/putting.ts';
import { windowContract } from './dedup-index/windows.ts';

export type { OpenDedupIndex, OpenedDedupIndex } from './dedup-index/fixture.ts';

/**
 * What every form of the dedup-index port must do: embedded, Redis. A difference between two forms is a bug of one of them.
 *
 * @param open a fresh, empty index each time
 * @param options.modelRuns random histories compared with a model (default 200)
 */
export function dedupIndexContract(
  name: string,
  open: OpenDedupIndex,
  options: { readonly modelRuns?: number } = {},
): void {
  describe(`${name} keeps the contract of the dedup index`, () => {
    puttingContract(open);
    nearestContract(open);
    windowContract(open);
    marksContract(open);
    historyContract(open, options.modelRuns ?? 200);
  });
}
