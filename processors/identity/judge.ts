import type { ItemState, SourceRecord } from '../../schemas/types.ts';
import { differentTextBelow, textSimilarity } from './same-text.ts';
import { compareVersions } from './versions.ts';

/** What a record is to the item it names (domain.md §6, design.md §4 point 2). */
export type IdentityVerdict = 'NEW' | 'CORRECTION' | 'STATUS' | 'STALE' | 'REDELIVERY' | 'ID_REUSED';

/** A number used again after this long for another text is another matter (domain.md §6, "Never merge"). */
export const reusedAfterMs = 90 * 24 * 3_600_000;

/**
 * The record against one remembered item, in this order:
 * reused number, older version, same content. A reused number is seen first because a source that starts its numbers
 * anew starts their versions anew: by version alone every such matter would be absorbed as stale and lost.
 */
export function judgeIdentity(state: ItemState | null, record: SourceRecord): IdentityVerdict {
  if (state === null) return 'NEW';
  if (isOtherMatter(state, record)) return 'ID_REUSED';
  if (ageAgainst(state, record) < 0) return 'STALE';
  if (state.contentHash !== record.contentHash) return 'CORRECTION';
  const sameStatus =
    state.record.sourceStatus === record.sourceStatus && state.record.sourceEvent === record.sourceEvent;
  return sameStatus ? 'REDELIVERY' : 'STATUS';
}

/**
 * Which of the matters told under one number a record belongs to: one with exactly its content, else one near it in
 * time, else one with a similar text, else a new one. Among equals the nearest in time, then the later matter.
 *
 * @param states all generations of one base record, in any order; empty when the number is new.
 */
export function chooseGeneration(
  states: readonly ItemState[],
  record: SourceRecord,
): { readonly generation: number; readonly verdict: IdentityVerdict } {
  if (states.length === 0) return { generation: 1, verdict: 'NEW' };
  const best = states
    .filter((state) => !isOtherMatter(state, record))
    .sort(
      (a, b) =>
        closeness(a, record) - closeness(b, record) ||
        apart(a, record) - apart(b, record) ||
        b.generation - a.generation,
    )[0];
  if (best !== undefined) return { generation: best.generation, verdict: judgeIdentity(best, record) };
  return { generation: Math.max(...states.map((state) => state.generation)) + 1, verdict: 'ID_REUSED' };
}

const apart = (state: ItemState, record: SourceRecord): number =>
  Math.abs(record.reportedAt - state.orderKeyAt);

const closeness = (state: ItemState, record: SourceRecord): number =>
  state.contentHash === record.contentHash ? 0 : apart(state, record) <= reusedAfterMs ? 1 : 2;

const isOtherMatter = (state: ItemState, record: SourceRecord): boolean =>
  state.contentHash !== record.contentHash &&
  apart(state, record) > reusedAfterMs &&
  textSimilarity(textOf(state.record), textOf(record)) < differentTextBelow;

const textOf = (record: SourceRecord): string => `${record.title}\n${record.body}`;

/** Below 0: older than what was last accepted. 0: as old, or nothing comparable. The version speaks before the time. */
function ageAgainst(state: ItemState, record: SourceRecord): number {
  if (state.recordVersion !== null && record.recordVersion !== null) {
    const order = compareVersions(record.recordVersion, state.recordVersion);
    if (order !== null && order !== 0) return order;
  }
  if (state.sourceUpdatedAt === null || record.sourceUpdatedAt === null) return 0;
  return record.sourceUpdatedAt - state.sourceUpdatedAt;
}
