import type { Models, SchemaName } from '../../schemas/index.ts';
import type { Log } from '../log/index.ts';
import type { Serde } from './serde.ts';

/** Values kept decoded, so that what changes several times in a row is not read and decoded each time. */
const cached = 5_000;

/**
 * The last value of each key of a compacted topic behind a bounded cache. The cache is true only while its owner is the only one
 * who writes these partitions: `clear` it after an abort and whenever the assignment has changed.
 */
export class LatestValues<N extends SchemaName> {
  readonly #log: Log;
  readonly #serde: Serde;
  readonly #topic: string;
  readonly #schema: N;
  /** Null: known to have no value. Oldest first. */
  readonly #cache = new Map<string, Models[N] | null>();

  constructor(log: Log, serde: Serde, topic: string, schema: N) {
    this.#log = log;
    this.#serde = serde;
    this.#topic = topic;
    this.#schema = schema;
  }

  clear(): void {
    this.#cache.clear();
  }

  /** Null where there is none. One look-up, whatever the number of keys. */
  async load(partition: number, keys: readonly string[]): Promise<Map<string, Models[N] | null>> {
    const found = new Map<string, Models[N] | null>();
    const missing: string[] = [];
    for (const key of keys) {
      const known = this.#cache.get(key);
      if (known === undefined) missing.push(key);
      else found.set(key, known);
    }
    if (missing.length === 0) return found;
    const records = await this.#log.latest(this.#topic, partition, missing);
    await this.#serde.prepare(
      this.#schema,
      [...records.values()].map((record) => record.value),
    );
    for (const key of missing) {
      const bytes = records.get(key)?.value;
      const value = bytes ? this.#serde.decode(this.#schema, bytes) : null;
      found.set(key, value);
      this.#remember(key, value);
    }
    return found;
  }

  /** To be called after the commit that wrote the value, never before. */
  committed(key: string, value: Models[N]): void {
    this.#remember(key, value);
  }

  #remember(key: string, value: Models[N] | null): void {
    this.#cache.delete(key);
    this.#cache.set(key, value);
    if (this.#cache.size > cached) this.#cache.delete(this.#cache.keys().next().value!);
  }
}
