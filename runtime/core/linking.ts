import type { ItemInput, ItemState, Pair } from '../../schemas/types.ts';
import type { DedupIndex, IndexEntry, NeighbourQuery, Reach } from '../dedup-index/index.ts';
import type { Linker } from '../processor.ts';
import { entryOf, pairsOf, scorePair } from './pairs.ts';

/** What a batch makes of one item. */
export interface Change {
  readonly partition: number;
  /** As it was when the batch began; null for a new item. */
  readonly before: ItemState | null;
  readonly state: ItemState;
  /**
   * What it was in between, where its entry has changed more than once: an attempt at this batch whose commit failed may have ended
   * there, and others may have seen the entry that it left in the index.
   */
  readonly between: readonly ItemState[];
  /** The last input that changed it. */
  readonly cause: ItemInput;
}

/** An item that is to look for its pairs. */
export interface Look {
  readonly entry: IndexEntry;
  /** Its entries before, where it has changed: what was near an old one must hear of it. */
  readonly formers: readonly IndexEntry[];
  /** Keys of entries before these, which it had while it could not look: of them nobody has heard. */
  readonly unheardKeys: readonly number[];
  /** It puts its entry and looks for later items too; else only for earlier ones. */
  readonly bothWays: boolean;
  /** All later items near it look again, whatever they were to it: its former features are not known. */
  readonly tellsAll: boolean;
  readonly pairs: readonly Pair[];
  readonly at: number;
}

/** What an item has found. */
export interface Found {
  readonly look: Look;
  /** False: it has to look again, as there may be more. */
  readonly isCertain: boolean;
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
  const comparable = (state: ItemState | null): IndexEntry[] => {
    const entry = state?.entry?.linkerVersion === linker.version ? entryOf(state) : null;
    return entry === null ? [] : [entry];
  };
  for (const [itemId, { before, state, between, cause }] of changes) {
    const [entry] = comparable(state);
    if (entry === undefined) continue;
    const changed = state.entry!.version !== before?.entry?.version;
    const again = lookingAgain.get(itemId);
    if (!changed && again === undefined) continue;
    const isOwed = state.unlinked !== null || again?.reassess?.bothWays === true;
    looks.push({
      entry,
      formers: changed ? [before, ...between].flatMap(comparable) : [],
      unheardKeys: state.unlinked?.keys ?? [],
      bothWays: changed || isOwed,
      tellsAll: isOwed,
      pairs: state.pairs,
      at: cause.at,
    });
  }
  return looks;
}

/**
 * All puts, then all queries: of two items that arrive at once on two workers at least one sees the other. What an item finds
 * among later ones is not its to keep: their owners are told (design.md §4 point 3).
 */
export async function findPairs(
  looks: readonly Look[],
  reaches: readonly Reach[],
  index: DedupIndex,
  linker: Linker,
): Promise<Found[]> {
  const putting = looks.filter(({ bothWays }) => bothWays);
  // Also where nothing is put: the mark says how far the turn went.
  await index.put(
    putting.map(({ entry }) => entry),
    reaches,
  );
  if (looks.length === 0) return [];
  const neighbours = await index.neighbours(looks.map(queryOf));
  const looking = new Set(looks.map(({ entry }) => entry.itemId));
  return looks.map((look, number) => {
    const { entry, formers, tellsAll, pairs, at } = look;
    const { earlier, later, isCertain } = neighbours[number]!;
    const owners = later.filter(({ entry: owner, crowded }) => {
      // Who looks in this very batch does so after all puts, and sees it by itself.
      if (looking.has(owner.itemId)) return false;
      return (
        tellsAll || crowded || [entry, ...formers].some((mine) => scorePair(linker, owner, mine) !== null)
      );
    });
    return {
      look,
      isCertain,
      pairs: pairsOf(entry, pairs, earlier, linker, at),
      owners: owners.map((owner) => owner.entry),
    };
  });
}

function queryOf({ entry, formers, unheardKeys, bothWays, at: askedAt }: Look): NeighbourQuery {
  const { itemId, baseId, orderKeyAt, ingestedAt, keys } = entry;
  const laterKeys = [...new Set([...keys, ...formerKeys({ formers, unheardKeys })])];
  return {
    itemId,
    baseId,
    orderKeyAt,
    ingestedAt,
    askedAt,
    keys,
    laterKeys: bothWays ? laterKeys : [],
  };
}

/** Keys under which others may know the item that it has no more, or still has. */
export const formerKeys = ({ formers, unheardKeys }: Pick<Look, 'formers' | 'unheardKeys'>): number[] => [
  ...new Set([...unheardKeys, ...formers.flatMap(({ keys }) => keys)]),
];
