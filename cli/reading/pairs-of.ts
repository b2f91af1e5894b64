import { stateOf, statesOf } from '../../runtime/control/item-states.ts';
import { reviewIdOf, worthAsking } from '../../runtime/control/review.ts';
import type { StoredItem, StoredPair } from '../../runtime/item-store/index.ts';
import type { ItemState, Pair, SaidOfPair } from '../../schemas/types.ts';
import type { HubReader } from '../reader.ts';

/** An item as others name it. */
export interface Named {
  readonly itemId: string;
  readonly baseId: string;
  readonly title: string;
}

/** A pair as one of its two items tells it. */
export interface ToldPair {
  readonly other: Named;
  /** Null where only a person has spoken. */
  readonly pair: Pair | null;
  readonly said: SaidOfPair | null;
  /** Set while it waits for a person. */
  readonly reviewId: string | null;
}

export interface ToldCluster {
  readonly clusterId: string;
  readonly primary: Named;
  /** Without the primary; how each came to it. */
  readonly members: readonly (Named & {
    readonly relation: string;
    readonly score: number;
    readonly byPerson: boolean;
  })[];
  /** Distinct reporters of all members, and most of them in any 7 days. */
  readonly reporters: number;
  readonly reporters7d: number;
  /** When it came to be as it is, ms. */
  readonly since: number;
}

/** Every pair of an item, also those that the other one keeps; what is linked first, then by score. */
export async function pairsOf(reader: HubReader, { itemId }: StoredItem): Promise<readonly ToldPair[]> {
  const told: ToldPair[] = [];
  const stored = await reader.store.pairsOf(itemId);
  const asking = new Set(worthAsking(stored, await reader.store.unlinkedClusters()));
  for (const one of stored) {
    const { owner, other } = one;
    const state = (await statesOf(reader, owner.partition, [owner.itemId])).get(owner.itemId);
    const pair = state?.pairs.find(({ otherId }) => otherId === other.itemId) ?? null;
    const said = state?.pairWords.find(({ otherId }) => otherId === other.itemId) ?? null;
    if (pair === null && said === null) continue;
    const named = await nameOf(reader, owner.itemId === itemId ? other.itemId : owner.itemId);
    told.push({
      other: named,
      pair,
      said,
      reviewId: asking.has(one) && isOpen(one, said) ? reviewIdOf(one) : null,
    });
  }
  return told.sort((a, b) => rank(a) - rank(b) || (b.pair?.score ?? 1) - (a.pair?.score ?? 1));
}

const isOpen = ({ outcome }: StoredPair, said: SaidOfPair | null): boolean =>
  outcome === 'SUGGESTED' && (said === null || said.word === 'NONE');

function rank({ pair, said }: ToldPair): number {
  if (said?.word === 'LINK') return 0;
  if (said?.word === 'UNLINK') return 3;
  return ['MADE', 'SUGGESTED', 'APART', 'FORBIDDEN'].indexOf(pair?.outcome ?? 'MADE');
}

/** The cluster of an item; null while it is alone. */
export async function clusterOf(reader: HubReader, state: ItemState | null): Promise<ToldCluster | null> {
  const place = state?.membership ?? null;
  if (state === null || place === null) return null;
  const [leader] = await reader.store.find(place.primaryItemId);
  if (leader === undefined) return null;
  const led = leader.itemId === state.itemId ? state : await stateOf(reader, leader.partition, leader.itemId);
  const { clusterId, members = [], reporters = 0, reporters7d = 0, at: since = 0 } = led.membership ?? {};
  if (clusterId === undefined || members.length === 0) return null;
  const named = await Promise.all(
    members.map(async (member) => ({ ...member, ...(await nameOf(reader, member.itemId)) })),
  );
  return { clusterId, primary: namedBy(leader), members: named, reporters, reporters7d, since };
}

async function nameOf({ store }: HubReader, itemId: string): Promise<Named> {
  const [stored] = await store.find(itemId);
  return stored === undefined ? { itemId, baseId: itemId, title: '' } : namedBy(stored);
}

const namedBy = ({ itemId, baseId, item: { title } }: StoredItem): Named => ({ itemId, baseId, title });
