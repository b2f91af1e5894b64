import type { ItemFact, ItemInput, ItemState, LinkRecord } from '../../schemas/types.ts';
import { closedAtOf, isSleeping, isTaken } from './lifecycle.ts';
import { changedPairs } from './pairs.ts';

/** What the resolver knows an item by; null while it has no features, and so no pairs. */
export function factOf(state: ItemState | null): ItemFact | null {
  if (state === null || state.entry === null) return null;
  const { itemId, baseId, orderKeyAt, entry, record, ownClass } = state;
  return {
    itemId,
    baseId,
    orderKeyAt,
    hash: entry.hash,
    reporterRef: record.reporter.ref,
    reporterCount: record.reporter.count,
    ownClass,
    signed: isTaken(state),
    sleeping: isSleeping(state),
    closedAt: closedAtOf(state),
  };
}

const isSameFact = (a: ItemFact, b: ItemFact): boolean =>
  a.hash === b.hash &&
  a.reporterRef === b.reporterRef &&
  a.reporterCount === b.reporterCount &&
  a.ownClass === b.ownClass &&
  a.signed === b.signed &&
  a.sleeping === b.sleeping &&
  a.closedAt === b.closedAt;

export const pairKey = (ownerId: string, otherId: string): string => `${ownerId}/${otherId}`;

/** The two items of a pair's key; null for the key of an item. */
export function pairOfKey(key: string): { readonly ownerId: string; readonly otherId: string } | null {
  const slash = key.indexOf('/');
  return slash < 0 ? null : { ownerId: key.slice(0, slash), otherId: key.slice(slash + 1) };
}

/** What the resolver must hear of an item's change, by key; null takes a verdict back. */
export function* linkRecords(
  before: ItemState | null,
  after: ItemState,
  cause: ItemInput,
): Generator<[string, LinkRecord | null]> {
  const { inputId: causeId, at, origin, catalogueVersion } = cause;
  const about = { causeId, at, origin, catalogueVersion };
  const was = factOf(before);
  const fact = factOf(after);
  if (fact !== null && (was === null || !isSameFact(was, fact)))
    yield [after.itemId, { ...about, item: fact, pair: null }];
  for (const [otherId, verdict] of changedPairs(before ?? noPairs, after)) {
    const key = pairKey(after.itemId, otherId);
    const pair = verdict && { ownerId: after.itemId, otherId, ...verdict };
    yield [key, pair && { ...about, item: null, pair }];
  }
}

const noPairs = { pairs: [], pairWords: [] } as const;
