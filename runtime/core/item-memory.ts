import type { ItemState } from '../../schemas/types.ts';
import type { Log } from '../log/index.ts';
import { topics } from '../topics.ts';
import { itemIdOf } from './ids.ts';
import type { Generations } from './item-writer.ts';
import type { Serde } from './serde.ts';

/** States kept decoded, so that an item that changes several times in a row is not read and decoded each time. */
const cachedStates = 20_000;

/**
 * The item writer's memory of the partitions it holds: `hub.state` behind a bounded cache. The cache is true only while this
 * writer is the only one of the partition: `clear` it after an abort and whenever the assignment has changed.
 */
export class ItemMemory {
  readonly #log: Log;
  readonly #serde: Serde;
  /** Null: known to have no state. Oldest first. */
  readonly #cache = new Map<string, ItemState | null>();

  constructor(log: Log, serde: Serde) {
    this.#log = log;
    this.#serde = serde;
  }

  clear(): void {
    this.#cache.clear();
  }

  /** All generations of each base record, in one look-up for the first ones and one for the rest. */
  async load(partition: number, baseIds: readonly string[]): Promise<Map<string, Generations>> {
    const firsts = new Map(baseIds.map((baseId) => [baseId, itemIdOf(baseId, 1)]));
    const first = await this.#fetch(partition, [...firsts.values()]);
    const later: string[] = [];
    for (const [baseId, itemId] of firsts) {
      const count = first.get(itemId)?.generations ?? 1;
      for (let generation = 2; generation <= count; generation++) later.push(itemIdOf(baseId, generation));
    }
    const rest =
      later.length === 0 ? new Map<string, ItemState | null>() : await this.#fetch(partition, later);
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
    for (const state of states) this.#remember(state.itemId, state);
  }

  async #fetch(partition: number, itemIds: readonly string[]): Promise<Map<string, ItemState | null>> {
    const found = new Map<string, ItemState | null>();
    const missing: string[] = [];
    for (const itemId of itemIds) {
      const cached = this.#cache.get(itemId);
      if (cached === undefined) missing.push(itemId);
      else found.set(itemId, cached);
    }
    if (missing.length === 0) return found;
    const records = await this.#log.latest(topics.state, partition, missing);
    await this.#serde.prepare(
      'item-state',
      [...records.values()].map((record) => record.value),
    );
    for (const itemId of missing) {
      const value = records.get(itemId)?.value;
      const state = value ? this.#serde.decode('item-state', value) : null;
      found.set(itemId, state);
      this.#remember(itemId, state);
    }
    return found;
  }

  #remember(itemId: string, state: ItemState | null): void {
    this.#cache.delete(itemId);
    this.#cache.set(itemId, state);
    if (this.#cache.size > cachedStates) this.#cache.delete(this.#cache.keys().next().value!);
  }
}
