import type { Draft, Facts, ProcessContext } from '../../runtime/processor.ts';
import { noFacts } from '../../runtime/processor.ts';
import type { Impact, ItemState, SourceRecord } from '../../schemas/types.ts';
import { draftOf as draftOfRecord } from '../../test/support/drafts.ts';
import { morning, sourceRecord } from '../../test/support/records.ts';
import { currentCatalogueVersion } from '../catalogue/index.ts';

/** For tests and the evaluation: the draft of a record that says nothing but what it is given to say. */
export const draftOf = (over: Partial<SourceRecord> = {}): Draft =>
  draftOfRecord({ title: '', body: '', ...over });

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
