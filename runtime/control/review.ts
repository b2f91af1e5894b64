import { partOf } from '../../schemas/part.ts';
import type { ItemState, Pair } from '../../schemas/types.ts';
import { uuidOf } from '../core/ids.ts';
import { isEnded } from '../core/lifecycle.ts';
import { pairKey } from '../core/link-records.ts';
import { decoded, type Serde } from '../core/serde.ts';
import type { ItemStore, PairEnd } from '../item-store/index.ts';
import type { Log } from '../log/index.ts';
import { topics } from '../topics.ts';

/** A suggested link that waits for a person. Times in ms since epoch. */
export interface Suggestion {
  /** See reviewIdOf; its first characters will do for a command. */
  readonly id: string;
  /** The later item, which keeps the pair. */
  readonly owner: PairEnd;
  readonly other: PairEnd;
  readonly pair: Pair;
  /** Null: it is the district's own. */
  readonly assignee: string | null;
  /** One of the two is no history. */
  readonly isLive: boolean;
  readonly since: number;
  readonly due: number;
  readonly isOverdue: boolean;
  /** Further suggested pairs of the same two clusters: one answer does for all. */
  readonly also: readonly string[];
}

/** A suggestion before it is seen together with the others. */
export type OpenPair = Pick<Suggestion, 'owner' | 'other' | 'pair' | 'assignee' | 'isLive'>;

/** Id of a suggestion: that of its pair, the same for ever. */
export const reviewIdOf = ({ owner, other }: Pick<Suggestion, 'owner' | 'other'>): string =>
  uuidOf(`review:${pairKey(owner.itemId, other.itemId)}`);

/** Only suggested, and no person has said yes or no. */
export const isWaiting = (
  { pairs, pairWords }: Pick<ItemState, 'pairs' | 'pairWords'>,
  otherId: string,
): boolean =>
  pairs.some((pair) => pair.otherId === otherId && pair.outcome === 'SUGGESTED') &&
  !pairWords.some((said) => said.otherId === otherId && said.word !== 'NONE');

/**
 * Pairs on which an answer would change something: left out are those whose matters are both over, that are in one cluster already, or
 * whose clusters a person has kept apart.
 */
export function worthAsking<T extends Pick<OpenPair, 'owner' | 'other'>>(
  pairs: readonly T[],
  unlinkedClusters: readonly (readonly [string, string])[],
): readonly T[] {
  const keptApart = new Set(unlinkedClusters.map(([one, two]) => clustersKey(one, two)));
  return pairs.filter(({ owner, other }) => {
    const isOver = isEnded(owner.status) && isEnded(other.status);
    const isTogether = owner.clusterId === other.clusterId;
    return !isOver && !isTogether && !keptApart.has(clustersKey(owner.clusterId, other.clusterId));
  });
}

/**
 * What a person has to look at, the most urgent first. Suggestions between the same two clusters are one question: it is told by the
 * pair that somebody has been named for, else by the likeliest. Pure.
 *
 * @param pairs worth asking about
 */
export function reviewQueue(
  pairs: readonly OpenPair[],
  { dueOf, now }: Pick<ReviewReading, 'dueOf' | 'now'>,
): readonly Suggestion[] {
  const questions = Map.groupBy(pairs, ({ owner, other }) => clustersKey(owner.clusterId, other.clusterId));
  const queue = [...questions.values()].map((group): Suggestion => {
    const [first, ...others] = group.sort(byUrgency) as [OpenPair, ...OpenPair[]];
    const since = Math.min(...group.map(({ pair }) => pair.decidedAt));
    const due = dueOf(since);
    const isLive = group.some((one) => one.isLive);
    return {
      id: reviewIdOf(first),
      ...first,
      isLive,
      since,
      due,
      isOverdue: due < now,
      also: others.map(reviewIdOf),
    };
  });
  return queue.sort((a, b) => a.due - b.due || a.since - b.since || (a.id < b.id ? -1 : 1));
}

const clustersKey = (one: string, two: string): string => (one < two ? `${one} ${two}` : `${two} ${one}`);

function byUrgency(a: OpenPair, b: OpenPair): number {
  const named = ({ assignee }: OpenPair) => (assignee === null ? 1 : 0);
  return (
    named(a) - named(b) ||
    b.pair.score - a.pair.score ||
    a.pair.decidedAt - b.pair.decidedAt ||
    (reviewIdOf(a) < reviewIdOf(b) ? -1 : 1)
  );
}

export interface ReviewReading {
  readonly log: Log;
  readonly serde: Serde;
  readonly store: Pick<ItemStore, 'suggestedPairs' | 'unlinkedClusters'>;
  /** By when a person should have looked at what was suggested then, ms. */
  readonly dueOf: (since: number) => number;
  readonly now: number;
}

type Reviewed = Pick<ItemState, 'itemId' | 'origin' | 'pairs' | 'pairWords'>;
const reviewed = partOf('item-state', { itemId: true, origin: true, pairs: true, pairWords: true });

/** The queue as it is. Which pairs there are is asked of the read model; what they are, of the items' own memory. */
export async function readReview(reading: ReviewReading): Promise<readonly Suggestion[]> {
  const { store } = reading;
  const pairs = worthAsking(await store.suggestedPairs(), await store.unlinkedClusters());
  const states = await reviewedStates(
    reading,
    pairs.flatMap(({ owner, other }) => [owner, other]),
  );
  const open = pairs.flatMap(({ owner, other }): OpenPair[] => {
    const state = states.get(owner.itemId);
    if (state === undefined || !isWaiting(state, other.itemId)) return [];
    const pair = state.pairs.find(({ otherId }) => otherId === other.itemId)!;
    const assignee = state.pairWords.find(({ otherId }) => otherId === other.itemId)?.assignee ?? null;
    const isLive = [state, states.get(other.itemId)].some((one) => one?.origin === 'LIVE');
    return [{ owner, other, pair, assignee, isLive }];
  });
  return reviewQueue(open, reading);
}

async function reviewedStates(
  { log, serde }: Pick<ReviewReading, 'log' | 'serde'>,
  ends: readonly PairEnd[],
): Promise<ReadonlyMap<string, Reviewed>> {
  const decoder = serde.decoder<Reviewed>(reviewed);
  const states = new Map<string, Reviewed>();
  for (const [partition, there] of Map.groupBy(ends, (end) => end.partition)) {
    const ids = [...new Set(there.map(({ itemId }) => itemId))];
    const records = await log.latest(topics.state, partition, ids);
    const values = [...records.values()].flatMap(({ value }) => (value === null ? [] : [value]));
    await decoder.prepare(values);
    for (const value of values) {
      const state = decoded(decoder, value);
      states.set(state.itemId, state);
    }
  }
  return states;
}
