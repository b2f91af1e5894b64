import type { ItemFact, PairFact } from '../../schemas/types.ts';
import { byOrderKey } from '../dedup-index/index.ts';

/**
 * Which items are one matter (design.md §4 point 4). Pure: the same facts and verdicts give the same clusters, in whatever order they
 * became known.
 */

/** Items of one matter, in their total order. */
export interface Cluster {
  readonly members: readonly ItemFact[];
  readonly primary: ItemFact;
  /** How each member joined; absent for the first. */
  readonly joined: ReadonlyMap<string, PairFact>;
  /** Verdicts in force between two members. */
  readonly pairs: readonly PairFact[];
}

/** The items of a component with all verdicts among them. */
export interface Component {
  readonly items: readonly ItemFact[];
  readonly pairs: readonly PairFact[];
}

/** A verdict counts while it was made from what both items say now; a person's word always. */
function isInForce(pair: PairFact, facts: ReadonlyMap<string, ItemFact>): boolean {
  const owner = facts.get(pair.ownerId);
  const other = facts.get(pair.otherId);
  if (owner === undefined || other === undefined) return false;
  return pair.word !== 'NONE' || (pair.ownerHash === owner.hash && pair.otherHash === other.hash);
}

/** Brings two items together. */
export const joins = ({ word, outcome }: PairFact): boolean =>
  word === 'LINK' || (word !== 'UNLINK' && outcome === 'MADE');

/** Keeps two items out of one cluster. */
const forbids = ({ word, outcome }: PairFact): boolean =>
  word === 'UNLINK' || (word !== 'LINK' && (outcome === 'APART' || outcome === 'FORBIDDEN'));

/** Near enough to the primary: from 0.70 on, which is what a suggested pair has. */
const isNear = (pair: PairFact): boolean =>
  joins(pair) || (pair.word !== 'UNLINK' && pair.outcome === 'SUGGESTED');

/** One call in two systems. */
const isMirror = (pair: PairFact): boolean => joins(pair) && pair.relation === 'MIRROR';

const strengthOf = ({ word, score }: PairFact): number => (word === 'LINK' ? 2 : score);

/**
 * Identity links contract first; then each matter, in total order, joins the best cluster in which it has a made pair with a member, is
 * near the primary, and which no verdict, no person and no closing of the primary before it was reported keeps it out of.
 */
export function resolve({ items, pairs }: Component): readonly Cluster[] {
  const facts = new Map(items.map((item) => [item.itemId, item]));
  const inForce = pairs.filter((pair) => isInForce(pair, facts)).sort(byItems);
  const matters = contract(items, inForce);
  const edges = edgesOf(matters, inForce);
  const clusterOf = new Map<Matter, GrowingCluster>();
  const clusters: GrowingCluster[] = [];
  for (const matter of matters.list) {
    const chosen = bestCluster(matter, edges.get(matter) ?? [], clusterOf);
    const cluster = chosen?.cluster ?? new GrowingCluster();
    if (chosen === null) clusters.push(cluster);
    cluster.add(matter, chosen?.by ?? null);
    clusterOf.set(matter, cluster);
  }
  for (const pair of inForce) {
    const cluster = clusterOf.get(matters.of.get(pair.ownerId)!)!;
    if (cluster === clusterOf.get(matters.of.get(pair.otherId)!)) cluster.pairs.push(pair);
  }
  return clusters.map((cluster) => cluster.done());
}

/** Items that are one by identity, the earliest first. */
class Matter {
  readonly items: ItemFact[] = [];
  /** By which pair each but the first belongs to it. */
  readonly by = new Map<string, PairFact>();
}

interface Matters {
  /** In the order of their earliest items. */
  readonly list: readonly Matter[];
  readonly of: ReadonlyMap<string, Matter>;
}

/**
 * A person's links first: only un-linking stands against them. Where it lets not all of them stand, the newest do: who has just linked two
 * items sees them linked. Then mirrors, against which any verdict stands that keeps two of the items apart.
 */
function contract(items: readonly ItemFact[], pairs: readonly PairFact[]): Matters {
  const of = new Map<string, Matter>();
  for (const item of items) {
    const matter = new Matter();
    matter.items.push(item);
    of.set(item.itemId, matter);
  }
  const isKeptApart = ({ ownerId, otherId }: PairFact, apart: readonly PairFact[]): boolean => {
    const [owner, other] = [of.get(ownerId), of.get(otherId)];
    return apart.some((pair) => {
      const [a, b] = [of.get(pair.ownerId), of.get(pair.otherId)];
      return (a === owner && b === other) || (a === other && b === owner);
    });
  };
  const unite = (pair: PairFact): void => {
    const owner = of.get(pair.ownerId)!;
    const other = of.get(pair.otherId)!;
    if (owner === other) return;
    for (const item of owner.items) {
      other.items.push(item);
      of.set(item.itemId, other);
    }
    for (const [itemId, by] of owner.by) other.by.set(itemId, by);
    other.by.set(pair.ownerId, other.by.get(pair.ownerId) ?? pair);
  };
  const unlinked = pairs.filter(({ word }) => word === 'UNLINK');
  for (const pair of pairs.filter(({ word }) => word === 'LINK').sort(newestFirst))
    if (!isKeptApart(pair, unlinked)) unite(pair);
  const apart = pairs.filter(forbids);
  for (const pair of pairs.filter(isMirror)) if (!isKeptApart(pair, apart)) unite(pair);
  const list = [...new Set(of.values())];
  for (const matter of list) matter.items.sort(byOrderKey);
  return { list: list.sort((a, b) => byOrderKey(a.items[0]!, b.items[0]!)), of };
}

interface Edge {
  readonly to: Matter;
  readonly pair: PairFact;
}

function edgesOf({ of }: Matters, pairs: readonly PairFact[]): ReadonlyMap<Matter, readonly Edge[]> {
  const edges = new Map<Matter, Edge[]>();
  const add = (from: Matter, to: Matter, pair: PairFact) => {
    const known = edges.get(from);
    if (known === undefined) edges.set(from, [{ to, pair }]);
    else known.push({ to, pair });
  };
  for (const pair of pairs) {
    const [owner, other] = [of.get(pair.ownerId)!, of.get(pair.otherId)!];
    if (owner === other) continue;
    add(owner, other, pair);
    add(other, owner, pair);
  }
  return edges;
}

interface Choice {
  readonly cluster: GrowingCluster;
  readonly by: PairFact;
}

function bestCluster(
  matter: Matter,
  edges: readonly Edge[],
  clusterOf: ReadonlyMap<Matter, GrowingCluster>,
): Choice | null {
  const candidates = new Map<GrowingCluster, { by: PairFact | null; near: boolean; forbidden: boolean }>();
  for (const { to, pair } of edges) {
    const cluster = clusterOf.get(to);
    if (cluster === undefined) continue;
    let found = candidates.get(cluster);
    if (found === undefined) {
      found = { by: null, near: false, forbidden: cluster.isClosedTo(matter) };
      candidates.set(cluster, found);
    }
    if (forbids(pair)) found.forbidden = true;
    if (joins(pair) && (found.by === null || strengthOf(pair) > strengthOf(found.by))) found.by = pair;
    if (isNear(pair) && to.items.includes(cluster.primary)) found.near = true;
  }
  let best: Choice | null = null;
  for (const [cluster, { by, near, forbidden }] of candidates) {
    if (by === null || !near || forbidden) continue;
    const isBetter =
      best === null ||
      strengthOf(by) > strengthOf(best.by) ||
      (strengthOf(by) === strengthOf(best.by) && byOrderKey(cluster.first, best.cluster.first) < 0);
    if (isBetter) best = { cluster, by };
  }
  return best;
}

class GrowingCluster {
  readonly pairs: PairFact[] = [];
  readonly #members: ItemFact[] = [];
  readonly #joined = new Map<string, PairFact>();
  #primary: ItemFact | null = null;

  get first(): ItemFact {
    return this.#members[0]!;
  }

  get primary(): ItemFact {
    return this.#primary!;
  }

  add(matter: Matter, by: PairFact | null): void {
    for (const item of matter.items) {
      this.#members.push(item);
      const pair = matter.by.get(item.itemId) ?? by;
      if (pair !== null) this.#joined.set(item.itemId, pair);
    }
    this.#primary = primaryOf(this.#members);
  }

  /** Solved and closed before the matter was reported again: that is another case (domain.md §6 RECURRENCE). */
  isClosedTo(matter: Matter): boolean {
    const { closedAt } = this.primary;
    return closedAt !== null && matter.items[0]!.orderKeyAt > closedAt;
  }

  done(): Cluster {
    return {
      members: this.#members.sort(byOrderKey),
      primary: this.primary,
      joined: this.#joined,
      pairs: this.pairs,
    };
  }
}

/**
 * The earliest that an organisation has signed; else the earliest. One that was over at its source before it was sent out carries
 * no work, so it leads only where all are so.
 */
function primaryOf(members: readonly ItemFact[]): ItemFact {
  const best = (of: readonly ItemFact[]): ItemFact | null =>
    of.reduce<ItemFact | null>((a, b) => (a === null || byOrderKey(b, a) < 0 ? b : a), null);
  return (
    best(members.filter(({ signed }) => signed)) ??
    best(members.filter(({ sleeping }) => !sleeping)) ??
    best(members)!
  );
}

/** A link without a time is older than any other. */
const newestFirst = (a: PairFact, b: PairFact): number => (b.saidAt ?? 0) - (a.saidAt ?? 0) || byItems(a, b);

/** Verdicts in an order that does not depend on when they came. */
function byItems(a: PairFact, b: PairFact): number {
  if (a.ownerId !== b.ownerId) return a.ownerId < b.ownerId ? -1 : 1;
  return a.otherId < b.otherId ? -1 : 1;
}
