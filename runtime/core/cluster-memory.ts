import type { ClusterMemory, ItemFact } from '../../schemas/types.ts';
import type { Log } from '../log/index.ts';
import { topics } from '../topics.ts';
import type { Serde } from './serde.ts';

/** Memories kept decoded: clusters grow in bursts. */
const cachedMemories = 20_000;

/**
 * The resolver's memory: `hub.clusters` behind a bounded cache, one record for each item that has, or had, a pair. True only while
 * this resolver is the only one: `clear` it after an abort and whenever the assignment has changed.
 */
export class ClusterMemories {
  readonly #log: Log;
  readonly #serde: Serde;
  readonly #cache = new Map<string, ClusterMemory | null>();

  constructor(log: Log, serde: Serde) {
    this.#log = log;
    this.#serde = serde;
  }

  clear(): void {
    this.#cache.clear();
  }

  /** Null: nothing is known of the item. */
  async load(itemIds: readonly string[]): Promise<ReadonlyMap<string, ClusterMemory | null>> {
    const found = new Map<string, ClusterMemory | null>();
    const missing: string[] = [];
    for (const itemId of itemIds) {
      const cached = this.#cache.get(itemId);
      if (cached === undefined) missing.push(itemId);
      else found.set(itemId, cached);
    }
    if (missing.length === 0) return found;
    const records = await this.#log.latest(topics.clusters, 0, missing);
    const values = [...records.values()].map((record) => record.value);
    await this.#serde.prepare('cluster-memory', values);
    for (const itemId of missing) {
      const value = records.get(itemId)?.value;
      const memory = value ? this.#serde.decode('cluster-memory', value) : null;
      found.set(itemId, memory);
      this.#remember(itemId, memory);
    }
    return found;
  }

  /** The last facts of items that a pair was told of before themselves, or that had no pair until now. */
  async facts(itemIds: readonly string[]): Promise<ReadonlyMap<string, ItemFact>> {
    const records = await this.#log.latest(topics.links, 0, itemIds);
    const values = [...records.values()].map((record) => record.value);
    await this.#serde.prepare('link-record', values);
    const facts = new Map<string, ItemFact>();
    for (const [itemId, { value }] of records) {
      const fact = value === null ? null : this.#serde.decode('link-record', value).item;
      if (fact !== null) facts.set(itemId, fact);
    }
    return facts;
  }

  /** To be called after the commit that wrote them, never before. */
  committed(memories: Iterable<ClusterMemory>): void {
    for (const memory of memories) this.#remember(memory.itemId, memory);
  }

  #remember(itemId: string, memory: ClusterMemory | null): void {
    this.#cache.delete(itemId);
    this.#cache.set(itemId, memory);
    if (this.#cache.size > cachedMemories) this.#cache.delete(this.#cache.keys().next().value!);
  }
}
