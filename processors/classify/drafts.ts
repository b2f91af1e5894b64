import type { Draft, Facts, ProcessContext } from '../../runtime/processor.ts';
import { noFacts } from '../../runtime/processor.ts';
import { exampleItem } from '../../schemas/examples.ts';
import type { Impact, Item, ItemState, SourceRecord } from '../../schemas/types.ts';
import { morning, sourceRecord } from '../../test/support/records.ts';
import { currentCatalogueVersion } from '../catalogue/index.ts';

/** For tests and the evaluation: the draft of a record as the item writer makes it, without what classify never reads. */
export function draftOf(over: Partial<SourceRecord> = {}): Draft {
  const record = sourceRecord({ title: '', body: '', ...over });
  const item: Item = {
    ...exampleItem,
    kind: record.kind,
    source: {
      ...exampleItem.source,
      system: record.system,
      channel: record.channel,
      recordId: record.recordId,
    },
    title: record.title,
    body: record.body,
    reporter: { ...exampleItem.reporter, kind: record.reporter.kind, count: record.reporter.count },
    subject: record.subject,
    category: {
      code: 'UNK.OTHER',
      method: 'RULE',
      confidence: 0,
      subject: [],
      sourceCode: record.sourceCategory.sourceCode,
      sourceName: record.sourceCategory.sourceName,
    },
    severity: record.severity,
    urgency: record.urgency,
    impact: record.impact,
    signals: record.signals,
    ext: record.ext,
    classification: {
      itemClass: 'UNCLASSIFIED',
      procedure: 'NONE',
      reasons: [],
      decidedBy: 'RULE',
      decidedAt: morning,
      previousClass: null,
    },
  };
  return { record, change: 'NEW', generation: 1, item, views: null };
}

export const contextOf = (facts: Partial<Facts> = {}, state: ItemState | null = null): ProcessContext => ({
  state,
  facts: { ...noFacts, ...facts },
  catalogueVersion: currentCatalogueVersion,
  at: morning,
});

/** The reporter of a record that stands for so many persons. */
export const personsOf = (count: number): SourceRecord['reporter'] => ({ ...sourceRecord().reporter, count });

/** Harm as the record states it; what is not named is unknown. */
export const impactOf = (over: Partial<Impact>): Impact => ({
  deaths: null,
  injured: null,
  missing: null,
  peopleAffected: null,
  amountCny: null,
  ...over,
});
