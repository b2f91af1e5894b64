import { contextOf } from '../../processors/classify/drafts.ts';
import { classify } from '../../processors/classify/index.ts';
import { linker } from '../../processors/dedup/index.ts';
import { baseIdOf, itemIdOf } from '../../runtime/core/ids.ts';
import type { IndexEntry } from '../../runtime/dedup-index/index.ts';
import type { Draft, PairScore } from '../../runtime/processor.ts';
import type { SourceRecord } from '../../schemas/types.ts';
import { draftOf } from '../support/drafts.ts';
import { candidatePairs } from './candidates.ts';

/** An item as the index holds it, with what an evaluation wants to know of it. */
export interface Indexed extends IndexEntry {
  readonly record: SourceRecord;
  readonly draft: Draft;
}

export interface LinkedPair {
  readonly later: Indexed;
  readonly earlier: Indexed;
  readonly scored: PairScore;
}

/** Classifies a record and gives it features and keys, as the item writer does. */
export function indexed(record: SourceRecord, closedAt: number | null = null): Indexed {
  const outcome = classify.process(draftOf(record), contextOf());
  if (outcome.kind !== 'next') throw new Error(`classify said ${outcome.kind}`);
  const draft = outcome.value;
  const { keys, bytes } = linker.features(draft, closedAt);
  const baseId = baseIdOf(record.system, record.recordId);
  return {
    itemId: itemIdOf(baseId, 1),
    baseId,
    orderKeyAt: record.reportedAt,
    ingestedAt: record.ingestedAt,
    version: 1,
    keys,
    features: bytes,
    record,
    draft,
  };
}

/** All pairs that the index gives and the linker has something to say about. */
export function linkAll(items: readonly Indexed[]): LinkedPair[] {
  return candidatePairs(items).flatMap(([later, earlier]) => {
    const scored = linker.score(later, earlier);
    return scored === null ? [] : [{ later, earlier, scored }];
  });
}
