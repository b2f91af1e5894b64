import { committedPositions } from '../../runtime/core/lane-positions.ts';
import { type DedupIndex, isHeld, type NeighbourQuery } from '../../runtime/dedup-index/index.ts';
import { HubError } from '../../runtime/errors.ts';
import type { PlainIndex } from '../support/plain-index.ts';
import type { Faults } from './faults.ts';
import type { Machine } from './world.ts';

/** Ways to break the promise of design.md §4 point 3; the simulation must see each. */
export const breaks = ['ask-first', 'no-owner', 'no-marks'] as const;
export type Break = (typeof breaks)[number];

/**
 * One index for all workers, as a server is: each call takes its time, others come in between, and a process may die with what it has
 * written left behind. No part of the transaction. It fails, before or after it has done what it was asked; it comes back empty, or as it
 * was some calls ago.
 */
export class IndexServer {
  readonly #index: PlainIndex;
  readonly #faults: Faults;
  readonly #partitions: number;
  /** As it was after each of the last calls. */
  readonly #earlier: (() => void)[] = [];

  constructor(index: PlainIndex, faults: Faults, partitions: number) {
    this.#index = index;
    this.#faults = faults;
    this.#partitions = partitions;
  }

  connect({ clock, signal, log }: Machine): DedupIndex {
    const wait = () => clock.sleep(Math.floor(clock.random() * 4), signal);
    const call = async <T>(act: () => Promise<T>): Promise<T> => {
      await wait();
      this.#suffer();
      if (this.#faults.strikes('indexFails')) throw unavailable();
      const done = await act();
      this.#remember();
      await wait();
      if (this.#faults.strikes('indexFails')) throw unavailable();
      return done;
    };
    return {
      put: (entries, reaches) => call(() => this.#index.put(entries, reaches)),
      marks: () => call(() => this.#index.marks()),
      refill: async (partition) => {
        const refill = await call(() => this.#index.refill(partition));
        return {
          put: (entries) => call(() => refill.put(entries)),
          done: (position, stateOffset) => call(() => refill.done(position, stateOffset)),
        };
      },
      neighbours: async (queries) => {
        const { found, marks } = await call(async () => ({
          found: await this.#index.neighbours(queries),
          marks: await this.#index.marks(),
        }));
        const committed = await committedPositions(log, this.#partitions);
        const isWhole = isHeld(new Map(marks.map((mark) => [mark.partition, mark])), committed);
        return found.map((each) => ({ ...each, isCertain: each.isCertain && isWhole }));
      },
    };
  }

  #suffer(): void {
    if (this.#faults.strikes('indexEmptied')) this.#index.empty();
    if (this.#earlier.length > 0 && this.#faults.strikes('indexGoesBack')) {
      this.#faults.random.pick(this.#earlier)();
      this.#earlier.length = 0;
    }
  }

  #remember(): void {
    this.#earlier.push(this.#index.remember());
    if (this.#earlier.length > 8) this.#earlier.shift();
  }
}

const unavailable = () => new HubError('HUB_INDEX_UNAVAILABLE', 'The simulated index does not answer');

/**
 * `ask-first` asks before it writes; `no-owner` lets whoever finds a pair keep it, and tells nobody; `no-marks` believes an index that has
 * lost entries.
 */
export function broken(index: DedupIndex, how: Break): DedupIndex {
  if (how === 'no-marks') {
    return {
      ...index,
      async neighbours(queries) {
        const found = await index.neighbours(queries);
        return found.map((each) => ({ ...each, isCertain: true }));
      },
    };
  }
  if (how === 'no-owner') {
    return {
      ...index,
      async neighbours(queries) {
        const found = await index.neighbours(queries.map(alsoLater));
        return found.map(({ earlier, later, isCertain }) => ({
          isCertain,
          earlier: [...earlier, ...later.map(({ entry }) => entry)],
          later: [],
        }));
      },
    };
  }
  let waiting: Parameters<DedupIndex['put']> = [[]];
  return {
    ...index,
    async put(...given) {
      waiting = given;
    },
    async neighbours(queries) {
      const found = await index.neighbours(queries);
      await index.put(...waiting);
      waiting = [[]];
      return found;
    },
  };
}

const alsoLater = (query: NeighbourQuery): NeighbourQuery => ({ ...query, laterKeys: query.keys });
