import { contextOf } from '../../processors/classify/drafts.ts';
import { classify } from '../../processors/classify/index.ts';
import { linker } from '../../processors/dedup/index.ts';
import { resolve } from '../../runtime/core/clusters.ts';
import { baseIdOf, itemIdOf } from '../../runtime/core/ids.ts';
import { featuresHash } from '../../runtime/core/pairs.ts';
import { openEmbeddedDedupIndex } from '../../runtime/dedup-index/embedded.ts';
import { byOrderKey, type IndexEntry } from '../../runtime/dedup-index/index.ts';
import type { Draft, PairScore } from '../../runtime/processor.ts';
import type { SourceRecord } from '../../schemas/types.ts';
import { draftOf } from '../support/drafts.ts';

/** An item as the index holds it, with what an evaluation wants to know of it. */
export interface Indexed extends IndexEntry {
  readonly record: SourceRecord;
  readonly draft: Draft;
  /** ms; null while open. */
  readonly closedAt: number | null;
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
    closedAt,
  };
}

/** All pairs that the embedded index gives, the later item first: each item is put and asks in the order in which they are read, as in the hub. */
export async function candidatePairs(
  items: readonly Indexed[],
): Promise<readonly (readonly [later: Indexed, earlier: Indexed])[]> {
  const index = openEmbeddedDedupIndex();
  const known = new Map(items.map((item) => [item.itemId, item]));
  const pairs = new Map<string, readonly [Indexed, Indexed]>();
  const inOrder = [...items].sort((a, b) => a.ingestedAt - b.ingestedAt || byOrderKey(a, b));
  for (const item of inOrder) {
    await index.put([item]);
    const [found] = await index.neighbours([{ ...item, laterKeys: item.keys }]);
    const add = (later: Indexed, earlier: Indexed) =>
      pairs.set(`${later.itemId}/${earlier.itemId}`, [later, earlier]);
    for (const { itemId } of found!.earlier) add(item, known.get(itemId)!);
    for (const { entry } of found!.later) add(known.get(entry.itemId)!, item);
  }
  return [...pairs.values()];
}

/** What the linker says of all candidate pairs of which it says anything. */
export async function linkAll(items: readonly Indexed[]): Promise<readonly LinkedPair[]> {
  return (await candidatePairs(items)).flatMap(([later, earlier]) => {
    const scored = linker.score(later, earlier);
    return scored === null ? [] : [{ later, earlier, scored }];
  });
}

/** Clusters as the resolver makes them while no person and no organisation has said anything; lone items too. */
export function clustersOf(items: readonly Indexed[], pairs: readonly LinkedPair[]): readonly Indexed[][] {
  const known = new Map(items.map((item) => [item.itemId, item]));
  const clusters = resolve({
    items: items.map((item) => ({
      itemId: item.itemId,
      baseId: item.baseId,
      orderKeyAt: item.orderKeyAt,
      hash: featuresHash(item.features),
      reporterRef: item.record.reporter.ref,
      reporterCount: item.record.reporter.count,
      ownClass: item.draft.item.classification.itemClass,
      signed: false,
      sleeping: false,
      closedAt: item.closedAt,
    })),
    pairs: pairs.map(({ later, earlier, scored }) => ({
      ownerId: later.itemId,
      otherId: earlier.itemId,
      ownerHash: featuresHash(later.features),
      otherHash: featuresHash(earlier.features),
      outcome: scored.outcome,
      relation: scored.relation,
      score: scored.score,
      word: 'NONE' as const,
      saidAt: null,
    })),
  });
  return clusters.map(({ members }) => members.map(({ itemId }) => known.get(itemId)!));
}
