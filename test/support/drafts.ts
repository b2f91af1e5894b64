import { draftItem } from '../../runtime/core/draft-item.ts';
import { itemIdOf } from '../../runtime/core/ids.ts';
import type { Draft, ProcessContext } from '../../runtime/index.ts';
import { noFacts } from '../../runtime/index.ts';
import type { Item, SourceRecord } from '../../schemas/types.ts';
import { unlinked, unwarned } from './linkers.ts';
import { morning, recordInput } from './records.ts';

/** What the item writer hands to the first processor for a new record. */
export function draftOf(over: Partial<SourceRecord> = {}): Draft {
  const input = recordInput(over);
  const record = input.sourceRecord!;
  const pipeline = {
    processors: [],
    chooseGeneration: () => ({ generation: 1 }),
    suggestedClass: () => null,
    ownClass: () => 'UNCLASSIFIED' as const,
    linker: unlinked,
    warnings: unwarned,
    hasCatalogue: () => true,
  };
  const item = draftItem(record, {
    itemId: itemIdOf(input.baseId, 1),
    before: null,
    input,
    idReused: false,
    pipeline,
  });
  return { record, change: 'NEW', generation: 1, item, views: null };
}

/** The draft after classify has given it a class by these rules. */
export function classed(
  draft: Draft,
  category: string,
  itemClass: Item['classification']['itemClass'],
  ruleIds: readonly string[] = [],
): Draft {
  const reasons = ruleIds.map((ruleId) => ({
    code: ruleId,
    text: '',
    evidence: '',
    ruleId,
    ruleVersion: '2026.1',
  }));
  const { item } = draft;
  return {
    ...draft,
    item: {
      ...item,
      category: { ...item.category, code: category },
      classification: { ...item.classification, itemClass, reasons },
    },
  };
}

export const newItemContext: ProcessContext = {
  state: null,
  facts: noFacts,
  catalogueVersion: '2026.1',
  at: morning,
};
