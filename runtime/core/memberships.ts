import type { ItemClass, ItemFact, Member, Membership, PairFact } from '../../schemas/types.ts';
import type { Cluster } from './clusters.ts';
import { clusterIdOf } from './ids.ts';
import { countReporters } from './reporters.ts';

/** What an item is told of its cluster, without the number of the command. */
export type Place = Omit<Membership, 'epoch' | 'at'>;

const classes: readonly ItemClass[] = ['UNCLASSIFIED', 'ORDINARY', 'SPECIALIZED', 'MAJOR'];

/**
 * The place of each member: who leads is told all that the cluster adds, the others only whom they follow (design.md §4 point 5).
 */
export function placesOf({ members, primary, joined, pairs }: Cluster): Map<string, Place> {
  const clusterId = clusterIdOf(members[0]!.itemId);
  const follows = { clusterId, primaryItemId: primary.itemId };
  const places = new Map<string, Place>();
  // The earliest member has joined nobody: where another one leads, it is the leader's pair that binds them.
  const pairOf = (itemId: string): PairFact | undefined => joined.get(itemId) ?? joined.get(primary.itemId);
  for (const { itemId } of members) {
    const by = pairOf(itemId);
    const isFollower = itemId !== primary.itemId && by !== undefined;
    const partner = by?.ownerId === itemId ? by.otherId : by?.otherId === itemId ? by.ownerId : null;
    const other = partner ?? primary.itemId;
    places.set(itemId, { ...follows, ...noVoices, joined: isFollower ? memberOf(other, by) : null });
  }
  if (members.length === 1) return places;
  const reporters = countReporters(members, pairs);
  const others = members.filter((member) => member !== primary);
  places.set(primary.itemId, {
    ...follows,
    reporters: reporters.all,
    reporters7d: reporters.in7Days,
    memberClass: highestClass(others),
    members: others.map(({ itemId }) => memberOf(itemId, pairOf(itemId))),
    joined: null,
  });
  return places;
}

const memberOf = (itemId: string, by: PairFact | undefined): Member => {
  const byPerson = by?.word === 'LINK';
  return {
    itemId,
    relation: by?.relation ?? 'SAME_MATTER',
    score: byPerson ? 1 : (by?.score ?? 0),
    byPerson,
  };
};

const isSameMember = (a: Member | null, b: Member | null): boolean =>
  a === b ||
  (a !== null &&
    b !== null &&
    a.itemId === b.itemId &&
    a.relation === b.relation &&
    a.byPerson === b.byPerson);

const noVoices = { reporters: 0, reporters7d: 0, memberClass: 'UNCLASSIFIED', members: [] } as const;

const highestClass = (facts: readonly ItemFact[]): ItemClass =>
  facts.reduce<ItemClass>(
    (highest, { ownClass }) => (classes.indexOf(ownClass) > classes.indexOf(highest) ? ownClass : highest),
    'UNCLASSIFIED',
  );

/** Is this another place than the one the item was last told? A lone item that was told nothing needs not hear that it is alone. */
export function isNewPlace(told: Membership | null, place: Place, itemId: string): boolean {
  if (told === null) return place.primaryItemId !== itemId || place.members.length > 0;
  return (
    told.clusterId !== place.clusterId ||
    told.primaryItemId !== place.primaryItemId ||
    told.reporters !== place.reporters ||
    told.reporters7d !== place.reporters7d ||
    told.memberClass !== place.memberClass ||
    told.members.length !== place.members.length ||
    !isSameMember(told.joined, place.joined) ||
    told.members.some((member, index) => !isSameMember(member, place.members[index]!))
  );
}
