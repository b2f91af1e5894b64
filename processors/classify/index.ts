import { next } from '../../runtime/outcome.ts';
import { type Draft, defineProcessor, type ProcessContext } from '../../runtime/processor.ts';
import type { Item } from '../../schemas/types.ts';
import { loadCatalogue } from '../catalogue/index.ts';
import { isConcerned } from '../warnings/index.ts';
import { categorize } from './categorize.ts';
import { readCounts } from './counts.ts';
import { askRules, decide, ownClassOf, raiseSeverity, reasonOf, suggestedClassOf } from './decide.ts';
import type { ItemFacts } from './item-facts.ts';
import { wordbookOf } from './words.ts';

export { type Language, reasonText } from './messages.ts';

/**
 * Category and class of an item, with every reason (domain.md §4 and §5). A pure function of the draft, its state, the facts
 * and the catalogue version; throws only HUB_CATALOGUE_* where that version cannot be loaded.
 */
export const classify = defineProcessor({
  name: 'classify',
  version: '1.1.0',
  summary: 'Finds the category by source words or keywords and the class by the rules of the catalogue.',
  process: (draft, context) => next({ ...draft, item: judge(draft, context) }),
});

/** A lower class that waits for a person's word because an organisation has already signed; else null. */
export const suggestedClass = (draft: Draft): string | null => suggestedClassOf(draft.item.classification);

/** The class that the item has of itself, without its cluster. */
export function ownClass({ item }: Draft): Item['classification']['itemClass'] {
  const version = item.classification.reasons[0]?.ruleVersion;
  return version === undefined
    ? item.classification.itemClass
    : ownClassOf(loadCatalogue(version), item.classification);
}

function judge({ record, item: given }: Draft, context: ProcessContext): Item {
  const catalogue = loadCatalogue(context.catalogueVersion);
  const { sourceCategory } = record;
  const words = wordbookOf(catalogue).read({
    title: given.title,
    body: given.body,
    subjectName: given.subject?.name ?? null,
    categoryPath: sourceCategory.sourceName,
  });
  const found = categorize(
    catalogue,
    {
      system: given.source.system,
      kind: given.kind,
      code: sourceCategory.code,
      path: sourceCategory.sourceName,
    },
    words,
  );
  const item: Item = {
    ...given,
    category: { ...given.category, code: found.code, method: found.method, confidence: found.confidence },
  };
  const { text } = words.reading;
  const facts: ItemFacts = {
    item,
    words,
    counts: readCounts(text).filter((count) => count.start >= words.titleStart),
    facts: context.facts,
    warnings: context.facts.warnings.filter(({ type }) => isConcerned(catalogue, type, found.code)),
    thresholds: catalogue.thresholds,
    defaultClass: catalogue.category(found.code).defaultClass,
  };
  const verdict = askRules(catalogue, facts);
  const isGiven = sourceCategory.code === found.code;
  const because = isGiven || found.words.length === 0 ? [] : found.words.map((word) => `「${word}」`);
  const reasons =
    because.length === 0 ? verdict.reasons : [...verdict.reasons, reasonOf(catalogue, 'CATEGORY', because)];
  return {
    ...item,
    severity: raiseSeverity(facts),
    classification: decide(catalogue, { ...verdict, reasons }, context),
  };
}
