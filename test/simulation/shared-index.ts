import type { DedupIndex, IndexEntry, NeighbourQuery } from '../../runtime/dedup-index/index.ts';
import type { Machine } from './world.ts';

/** Ways to break the promise of design.md §4 point 3; the simulation must see each. */
export const breaks = ['ask-first', 'no-owner'] as const;
export type Break = (typeof breaks)[number];

/**
 * One index for all workers, as a server is: each call takes its time, others come in between, and a process may die with what it has
 * written left behind. No part of the transaction.
 */
export function indexFor({ clock, signal }: Machine, shared: DedupIndex): DedupIndex {
  const wait = () => clock.sleep(Math.floor(clock.random() * 4), signal);
  return {
    async put(entries) {
      await wait();
      await shared.put(entries);
      await wait();
    },
    async neighbours(queries) {
      await wait();
      const found = await shared.neighbours(queries);
      await wait();
      return found;
    },
  };
}

/** `ask-first` asks before it writes; `no-owner` lets whoever finds a pair keep it, and tells nobody. */
export function broken(index: DedupIndex, how: Break): DedupIndex {
  if (how === 'no-owner') {
    return {
      put: index.put,
      async neighbours(queries) {
        const found = await index.neighbours(queries.map(alsoLater));
        return found.map(({ earlier, later }) => ({
          earlier: [...earlier, ...later.map(({ entry }) => entry)],
          later: [],
        }));
      },
    };
  }
  let waiting: readonly IndexEntry[] = [];
  return {
    async put(entries) {
      waiting = entries;
    },
    async neighbours(queries) {
      const found = await index.neighbours(queries);
      await index.put(waiting);
      waiting = [];
      return found;
    },
  };
}

const alsoLater = (query: NeighbourQuery): NeighbourQuery => ({ ...query, laterKeys: query.keys });
