import type { ItemInput, ItemState, Pair } from '../../schemas/types.ts';
import type { DedupIndex, IndexEntry, NeighbourQuery } from '../dedup-index/index.ts';
import type { Linker } from '../processor.ts';
import { entryOf, pairsOf, scorePair } from './pairs.ts';

/** What a batch makes of one item. */
export interface Change {
  readonly partition: number;
  /** As it was when the batch began; null for a new item. */
  readonly before: ItemState | null;
  readonly state: ItemState;
  /** The last input that changed it. */
  readonly cause: ItemInput;
}

/** An item that is to look for its pairs. */
export interface Look {
  readonly entry: IndexEntry;
  /** Its entry before the batch, where that has changed: what was near the old one must hear of it. */
  readonly former: IndexEntry | null;
  readonly changed: boolean;
  readonly pairs: readonly Pair[];
  readonly at: number;
}

/** What an item has found. */
export interface Found {
  readonly itemId: string;
  /** All pairs that it owns now. */
  readonly pairs: readonly Pair[];
  /** Later items, owners of pairs with it, that must look again. */
  readonly owners: readonly IndexEntry[];
}

/** Items whose entry has changed, and those that were told to look again. An entry of another linker is not comparable. */
export function looksOf(
  changes: ReadonlyMap<string, Change>,
  lookingAgain: ReadonlyMap<string, ItemInput>,
  linker: Linker,
): readonly Look[] {
  const looks: Look[] = [];
  for (const [itemId, { before, state, cause }] of changes) {
    const entry = state.entry?.linkerVersion === linker.version ? entryOf(state) : null;
    if (entry === null) continue;
    const changed = state.entry!.version !== before?.entry?.version;
    if (!changed && !lookingAgain.has(itemId)) continue;
    const isComparable = before?.entry?.linkerVersion === linker.version;
    const former = changed && before !== null && isComparable ? entryOf(before) : null;
    looks.push({ entry, former, changed, pairs: state.pairs, at: cause.at });
  }
  return looks;
}

/**
 * All puts, then all queries: of two items that arrive at once on two workers at least one sees the other. What an item finds
 * among later ones is not its to keep: their owners are told (design.md §4 point 3).
 */
export async function findPairs(looks: readonly Look[], index: DedupIndex, linker: Linker): Promise<Found[]> {
  const changed = looks.filter((look) => look.changed);
  if (changed.length > 0) await index.put(changed.map(({ entry }) => entry));
  const neighbours = await index.neighbours(looks.map(queryOf));
  const looking = new Set(looks.map(({ entry }) => entry.itemId));
  return looks.map(({ entry, former, pairs, at }, number) => {
    const { earlier, later } = neighbours[number]!;
    const owners = later.filter(({ entry: owner, crowded }) => {
      // Who looks in this very batch does so after all puts, and sees it by itself.
      if (looking.has(owner.itemId)) return false;
      return (
        crowded ||
        scorePair(linker, owner, entry) !== null ||
        (former !== null && scorePair(linker, owner, former) !== null)
      );
    });
    return {
      itemId: entry.itemId,
      pairs: pairsOf(entry, pairs, earlier, linker, at),
      owners: owners.map((owner) => owner.entry),
    };
  });
}

function queryOf({ entry, former, changed, at: askedAt }: Look): NeighbourQuery {
  const { itemId, baseId, orderKeyAt, ingestedAt, keys } = entry;
  const laterKeys = changed ? [...new Set([...keys, ...(former?.keys ?? [])])] : [];
  return { itemId, baseId, orderKeyAt, ingestedAt, askedAt, keys, laterKeys };
}
