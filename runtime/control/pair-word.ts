import { z } from 'zod';
import type { ItemState } from '../../schemas/types.ts';
import { ClusterMemories } from '../core/cluster-memory.ts';
import type { Commands } from '../core/commands.ts';
import { clusterIdOf } from '../core/ids.ts';
import { resolverGroup } from '../core/resolver-loop.ts';
import { byOrderKey } from '../dedup-index/index.ts';
import { HubError } from '../errors.ts';
import { holdsRecords } from '../log/holds-records.ts';
import { topics } from '../topics.ts';
import { type Applied, type AppliedDeps, appliedWithinMs, untilApplied } from './applied.ts';
import { isConsumed, type LaneEnds, laneEnds, waitUntil } from './consumed.ts';
import { stateOf } from './item-states.ts';
import { isWaiting } from './review.ts';

const place = z.object({ itemId: z.string(), partition: z.int().min(0) });

export const pairWordAsk = z
  .object({
    /** In any order. */
    items: z.tuple([place, place]),
    /** NONE leaves the pair to the score and only names who is to look at it. */
    word: z.enum(['LINK', 'UNLINK', 'NONE']),
    assignee: z.string().min(1).nullable(),
    actor: z.string().min(1),
    /** May be empty where somebody is only named. */
    reason: z.string(),
    /** Refuses a pair that no longer waits for a person: a decision must not undo another one unseen. */
    onlyWaiting: z.boolean(),
    /** Kept by a caller that tries again: the word is then applied once. */
    commandId: z.string().min(1),
  })
  .refine(({ word, reason }) => word === 'NONE' || reason !== '', 'LINK and UNLINK need a reason')
  .refine(({ word, assignee }) => (word === 'NONE') === (assignee !== null), 'an assignee goes with NONE');
export type PairWordAsk = z.infer<typeof pairWordAsk>;

/** Where an item stands among others of its matter. */
export interface PlaceInCluster {
  readonly itemId: string;
  readonly baseId: string;
  readonly clusterId: string;
  /** Who carries the work: the item itself, or the one it follows. */
  readonly primary: { readonly itemId: string; readonly baseId: string };
  /** Records of the cluster's items, this one's among them; who leads comes first. */
  readonly members: readonly string[];
}

export interface PairWordResult extends Applied {
  /** The later item, which keeps the word. Before the word. */
  readonly owner: PlaceInCluster;
  readonly other: PlaceInCluster;
  /** Null unless `outcome` is applied. */
  readonly after: { readonly owner: PlaceInCluster; readonly other: PlaceInCluster } | null;
  /** After a LINK that did not bring the two together: the pairs that persons keep apart, by record. */
  readonly keptApart: readonly (readonly [string, string])[];
}

export interface PairWordDeps extends AppliedDeps {
  readonly commands: Commands;
}

/**
 * Appends a person's word on two items to the later of them, and waits for the item writer and the cluster resolver. Throws
 * HUB_ITEM_UNKNOWN, HUB_PAIR_IMPOSSIBLE, HUB_REVIEW_UNKNOWN.
 */
export async function pairWord(deps: PairWordDeps, ask: PairWordAsk): Promise<PairWordResult> {
  const { word, assignee, actor, reason, commandId } = ask;
  const [one, two] = ask.items;
  const states = [
    { partition: one.partition, state: await stateOf(deps, one.partition, one.itemId) },
    { partition: two.partition, state: await stateOf(deps, two.partition, two.itemId) },
  ].sort((a, b) => byOrderKey(a.state, b.state)) as [PlacedState, PlacedState];
  const [other, owner] = states;
  refuse(owner.state, other.state, ask);
  const { itemId, baseId } = owner.state;
  const otherId = other.state.itemId;

  const before = await placesOf(deps, states);
  const applied = await untilApplied(deps, { itemId, baseId, partition: owner.partition }, () =>
    deps.commands.pairWord({ baseId, itemId }, { otherId, word, assignee, actor, reason }, commandId),
  );
  const result = { ...applied, ...before, after: null, keptApart: [] };
  if (applied.outcome !== 'applied') return result;
  if (!(await isSettled(deps, [owner.partition, other.partition]))) return { ...result, outcome: 'waiting' };
  const after = await placesOf(deps, states);
  const isApart = word === 'LINK' && after.owner.clusterId !== after.other.clusterId;
  return { ...result, after, keptApart: isApart ? await wordsBetween(deps, after.owner, after.other) : [] };
}

interface PlacedState {
  readonly partition: number;
  readonly state: ItemState;
}

function refuse(owner: ItemState, other: ItemState, { onlyWaiting }: PairWordAsk): void {
  const context = { itemId: owner.itemId, otherId: other.itemId };
  if (owner.itemId === other.itemId)
    throw new HubError('HUB_PAIR_IMPOSSIBLE', `${owner.baseId} was named twice`, { context });
  if (owner.baseId === other.baseId) {
    const message = `both items are of the record ${owner.baseId}: its source has used the number for two matters`;
    throw new HubError('HUB_PAIR_IMPOSSIBLE', message, { context });
  }
  if (onlyWaiting && !isWaiting(owner, other.itemId)) {
    const message = `${owner.baseId} and ${other.baseId} do not wait for a person any more`;
    throw new HubError('HUB_REVIEW_UNKNOWN', message, { context });
  }
}

/** Waits until the resolver has heard the word, and until what it then says has reached both items. */
async function isSettled({ log, clock }: PairWordDeps, partitions: readonly number[]): Promise<boolean> {
  const { end } = await log.range(topics.links, 0);
  const isResolved = async () => {
    const [next] = await log.committed(resolverGroup, [{ topic: topics.links, partition: 0 }]);
    return !(await holdsRecords(log, { topic: topics.links, partition: 0 }, next ?? 0, end));
  };
  if (!(await waitUntil(clock, appliedWithinMs, isResolved))) return false;
  for (const partition of partitions) {
    const ends: LaneEnds = await laneEnds(log, partition);
    if (!(await waitUntil(clock, appliedWithinMs, () => isConsumed(log, partition, ends)))) return false;
  }
  return true;
}

async function placesOf(
  deps: PairWordDeps,
  [other, owner]: readonly [PlacedState, PlacedState],
): Promise<{ readonly owner: PlaceInCluster; readonly other: PlaceInCluster }> {
  const placeOf = async ({ partition, state: { itemId } }: PlacedState): Promise<PlaceInCluster> => {
    const { baseId, membership } = await stateOf(deps, partition, itemId);
    const self = { itemId, baseId };
    if (membership === null)
      return { ...self, clusterId: clusterIdOf(itemId), primary: self, members: [baseId] };
    const { clusterId, primaryItemId } = membership;
    const members = [...(await ledBy(deps, primaryItemId))].map(([id, memory]) => memory?.fact?.baseId ?? id);
    const primary = { itemId: primaryItemId, baseId: members[0] ?? primaryItemId };
    return { ...self, clusterId, primary, members };
  };
  return { owner: await placeOf(owner), other: await placeOf(other) };
}

/** What the resolver knows of all items of a cluster, its leader first. */
async function ledBy({ log, serde }: PairWordDeps, primaryItemId: string) {
  const memories = new ClusterMemories(log, serde);
  const leader = (await memories.load([primaryItemId])).get(primaryItemId);
  return memories.load([primaryItemId, ...(leader?.told?.members ?? []).map(({ itemId }) => itemId)]);
}

/** Which pairs of the two clusters a person has taken back: only such a word stands against a link by a person. */
async function wordsBetween(
  deps: PairWordDeps,
  one: PlaceInCluster,
  two: PlaceInCluster,
): Promise<readonly (readonly [string, string])[]> {
  const [ours, theirs] = [await ledBy(deps, one.primary.itemId), await ledBy(deps, two.primary.itemId)];
  const nameOf = (itemId: string) => (ours.get(itemId) ?? theirs.get(itemId))?.fact?.baseId ?? itemId;
  const isBetween = (a: string, b: string) =>
    (ours.has(a) && theirs.has(b)) || (ours.has(b) && theirs.has(a));
  return [...ours.values()]
    .flatMap((memory) => memory?.pairs ?? [])
    .filter(({ word, ownerId, otherId }) => word === 'UNLINK' && isBetween(ownerId, otherId))
    .map(({ ownerId, otherId }) => [nameOf(ownerId), nameOf(otherId)] as const);
}
