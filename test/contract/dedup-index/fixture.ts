import { afterEach, beforeEach } from '@jest/globals';
import { itemIdOf } from '../../../runtime/core/ids.ts';
import type {
  DedupIndex,
  IndexEntry,
  NeighbourQuery,
  Neighbours,
} from '../../../runtime/dedup-index/index.ts';

export interface OpenedDedupIndex {
  readonly index: DedupIndex;
  /** Frees what `open` took. */
  close(): Promise<void>;
}

/** A fresh, empty index. @param options.k nearest per block */
export type OpenDedupIndex = (options: { readonly k: number }) => Promise<OpenedDedupIndex>;

export const minute = 60_000;
export const day = 24 * 60 * minute;
export const now = Date.UTC(2026, 10, 3, 4, 5, 6, 789);

/** An index for each test of the enclosing `describe`. */
export function useIndex(open: OpenDedupIndex, k: number): () => DedupIndex {
  let opened: OpenedDedupIndex;
  beforeEach(async () => {
    opened = await open({ k });
  });
  afterEach(() => opened.close());
  return () => opened.index;
}

/** An entry named after its record, reported and read at once unless told otherwise. */
export function entry(
  recordId: string,
  keys: readonly number[],
  { at = now, generation = 1, ...rest }: Partial<IndexEntry> & { at?: number; generation?: number } = {},
): IndexEntry {
  const baseId = `test:${recordId}`;
  return {
    itemId: itemIdOf(baseId, generation),
    baseId,
    orderKeyAt: at,
    ingestedAt: at,
    version: 1,
    keys,
    features: new TextEncoder().encode(recordId.slice(0, 8)),
    ...rest,
  };
}

export const queryOf = (
  { itemId, baseId, orderKeyAt, ingestedAt, keys }: IndexEntry,
  more: Partial<NeighbourQuery> = {},
): NeighbourQuery => ({ itemId, baseId, orderKeyAt, ingestedAt, keys, laterKeys: keys, ...more });

/** What was found, by record ids; a crowded later one with a star. */
export async function ask(
  index: DedupIndex,
  about: IndexEntry,
  more: Partial<NeighbourQuery> = {},
): Promise<{ readonly earlier: readonly string[]; readonly later: readonly string[] }> {
  const [found] = await index.neighbours([queryOf(about, more)]);
  const name = ({ baseId }: IndexEntry) => baseId.slice('test:'.length);
  return {
    earlier: found!.earlier.map(name),
    later: found!.later.map(({ entry: later, crowded }) => name(later) + (crowded ? '*' : '')),
  };
}

/** An entry as a value of its own: the index may hand out views. */
export const copyOf = (found: IndexEntry) => ({
  itemId: found.itemId,
  baseId: found.baseId,
  orderKeyAt: found.orderKeyAt,
  ingestedAt: found.ingestedAt,
  version: found.version,
  keys: [...found.keys].sort((a, b) => a - b),
  features: Buffer.from(found.features).toString('hex'),
});

export const copyOfAll = ({ earlier, later }: Neighbours) => ({
  earlier: earlier.map(copyOf),
  later: later.map(({ entry: found, crowded }) => ({ ...copyOf(found), crowded })),
});
