import { crc32 } from 'node:zlib';
import { toHubError } from '../errors.ts';
import type { DedupIndex, IndexEntry, Mark, NeighbourQuery, Neighbours, Reach, Refill } from './index.ts';
import { RedisDedupIndex } from './redis.ts';
import { openRedisLink, type RedisLink, type RedisLinkOptions } from './redis-link.ts';

/** Which generation is asked, and which is being built and written beside it. */
export interface Generations {
  readonly current: number;
  readonly next: number | null;
}

export interface RedisIndexOptions {
  readonly link: RedisLink;
  /** Begin of all keys of the instance: `hub.`, or `east.hub.`. */
  readonly prefix: string;
  /** Entries of two linkers are not comparable: each has generations of its own. */
  readonly linkerVersion: string;
  /** Positions up to which the item writers have committed, by partition; 0 where nothing is. */
  readonly committed: () => Promise<readonly number[]>;
  /** Nearest earlier items of a block. Default 32. */
  readonly k?: number;
}

/**
 * The marker that says which generation counts, one key for each linker. All workers read it with each batch that they put; those that learn late
 * of a new generation leave a gap in its marks, which are then not whole, until what lies before was put there from `hub.state`.
 */
export class GenerationMarker {
  readonly #link: RedisLink;
  readonly #key: string;
  readonly #name: string;

  constructor({ link, prefix, linkerVersion }: Pick<RedisIndexOptions, 'link' | 'prefix' | 'linkerVersion'>) {
    this.#link = link;
    this.#key = `${prefix}index.${linkerVersion}`;
    this.#name = `${prefix}i${crc32(linkerVersion).toString(36)}.`;
  }

  /** Begin of all keys of a generation, up to the hash tag. */
  nameOf(generation: number): string {
    return `${this.#name}${generation}`;
  }

  async read(): Promise<Generations> {
    const known = parse(await this.#link.get(this.#key));
    if (known !== null) return known;
    await this.#link.setIfAbsent(this.#key, JSON.stringify(first));
    return parse(await this.#link.get(this.#key)) ?? first;
  }

  async write(generations: Generations): Promise<void> {
    await this.#link.set(this.#key, JSON.stringify(generations));
  }
}

const first: Generations = { current: 1, next: null };

function parse(text: string | null): Generations | null {
  if (text === null) return null;
  const { current, next } = JSON.parse(text) as Generations;
  return { current, next };
}

/** The index as workers have it: asks the current generation and puts to the next one as well, while that is being built. */
export class RedisIndex implements DedupIndex {
  readonly #options: RedisIndexOptions;
  readonly #marker: GenerationMarker;
  readonly #indexes = new Map<number, RedisDedupIndex>();
  #generations: Generations | null = null;

  constructor(options: RedisIndexOptions) {
    this.#options = options;
    this.#marker = new GenerationMarker(options);
  }

  async put(entries: readonly IndexEntry[], reaches: readonly Reach[] = []): Promise<void> {
    const { current, next } = await this.#known();
    const [read] = await Promise.all([
      this.#marker.read(),
      this.#of(current).put(entries, reaches),
      next === null ? null : this.#putBeside(next, entries, reaches),
    ]);
    this.#generations = read;
  }

  async neighbours(queries: readonly NeighbourQuery[]): Promise<readonly Neighbours[]> {
    return (await this.#current()).neighbours(queries);
  }

  async marks(): Promise<readonly Mark[]> {
    this.#generations = await this.#marker.read();
    return (await this.#current()).marks();
  }

  async refill(partition: number): Promise<Refill> {
    return (await this.#current()).refill(partition);
  }

  async #known(): Promise<Generations> {
    this.#generations ??= await this.#marker.read();
    return this.#generations;
  }

  async #current(): Promise<RedisDedupIndex> {
    return this.#of((await this.#known()).current);
  }

  /** What does not arrive there its marks betray to whoever builds it. */
  async #putBeside(generation: number, ...put: Parameters<DedupIndex['put']>): Promise<void> {
    try {
      await this.#of(generation).put(...put);
    } catch (thrown) {
      const error = toHubError(thrown);
      if (!error.code.startsWith('HUB_INDEX_')) throw error;
    }
  }

  #of(generation: number): RedisDedupIndex {
    let index = this.#indexes.get(generation);
    if (index === undefined) {
      const { link, committed, k } = this.#options;
      const name = this.#marker.nameOf(generation);
      index = new RedisDedupIndex({ link, name, committed, ...(k !== undefined && { k }) });
      // Those before are done with.
      for (const old of this.#indexes.keys()) if (old < generation - 1) this.#indexes.delete(old);
      this.#indexes.set(generation, index);
    }
    return index;
  }
}

/** Connects and opens it, for a worker. Throws HUB_INDEX_SETTING for a Redis that is no good for it; one that is not there may come later. */
export async function openRedisIndex({
  redis,
  logger,
  clock,
  ...options
}: Omit<RedisIndexOptions, 'link'> & RedisLinkOptions): Promise<{
  readonly index: DedupIndex;
  close(): Promise<void>;
}> {
  const link = await openRedisLink({ redis, logger, clock });
  return { index: new RedisIndex({ ...options, link }), close: () => link.close() };
}
