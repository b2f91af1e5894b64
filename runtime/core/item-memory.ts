import type { ItemState } from '../../schemas/types.ts';
import type { Log } from '../log/index.ts';
import { topics } from '../topics.ts';
import { itemIdOf } from './ids.ts';
import type { Generations } from './item-writer.ts';
import { LatestValues } from './latest-values.ts';
import type { Serde } from './serde.ts';

/** The item writer's memory of the partitions it holds: `hub.state`, see LatestValues. */
export class ItemMemory {
  readonly #states: LatestValues<'item-state'>;

  constructor(log: Log, serde: Serde) {
    this.#states = new LatestValues(log, serde, topics.state, 'item-state');
  }

  clear(): void {
    this.#states.clear();
  }

  /** All generations of each base record, in one look-up for the first ones and one for the rest. */
  async load(partition: number, baseIds: readonly string[]): Promise<Map<string, Generations>> {
    const firsts = new Map(baseIds.map((baseId) => [baseId, itemIdOf(baseId, 1)]));
    const first = await this.#states.load(partition, [...firsts.values()]);
    const later: string[] = [];
    for (const [baseId, itemId] of firsts) {
      const count = first.get(itemId)?.generations ?? 1;
      for (let generation = 2; generation <= count; generation++) later.push(itemIdOf(baseId, generation));
    }
    const rest =
      later.length === 0 ? new Map<string, ItemState | null>() : await this.#states.load(partition, later);
    const found = new Map<string, Generations>();
    for (const [baseId, itemId] of firsts) {
      const state = first.get(itemId);
      if (state === null || state === undefined) {
        found.set(baseId, []);
        continue;
      }
      const generations = [state];
      for (let generation = 2; generation <= state.generations; generation++) {
        const next = rest.get(itemIdOf(baseId, generation));
        if (next) generations.push(next);
      }
      found.set(baseId, generations);
    }
    return found;
  }

  /** To be called after the commit that wrote these states, never before. */
  committed(states: Iterable<ItemState>): void {
    for (const state of states) this.#states.committed(state.itemId, state);
  }
}
