import type { ClusterMemory, ItemFact } from '../../schemas/types.ts';
import type { Log } from '../log/index.ts';
import { topics } from '../topics.ts';
import { LatestValues } from './latest-values.ts';
import type { Serde } from './serde.ts';

/** The resolver's memory: `hub.clusters`, one record for each item that has, or had, a pair; see LatestValues. */
export class ClusterMemories {
  readonly #log: Log;
  readonly #serde: Serde;
  readonly #memories: LatestValues<'cluster-memory'>;

  constructor(log: Log, serde: Serde) {
    this.#log = log;
    this.#serde = serde;
    this.#memories = new LatestValues(log, serde, topics.clusters, 'cluster-memory');
  }

  clear(): void {
    this.#memories.clear();
  }

  /** Null: nothing is known of the item. */
  load(itemIds: readonly string[]): Promise<ReadonlyMap<string, ClusterMemory | null>> {
    return this.#memories.load(0, itemIds);
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
    for (const memory of memories) this.#memories.committed(memory.itemId, memory);
  }
}
