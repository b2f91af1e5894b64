import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Facts } from '../../runtime/processor.ts';
import type { Item, ItemClass, SourceRecord } from '../../schemas/types.ts';
import { currentCatalogueVersion, loadCatalogue } from '../catalogue/index.ts';
import { readCounts } from './counts.ts';
import { askRules } from './decide.ts';
import { contextOf, draftOf, impactOf, personsOf } from './drafts.ts';
import { classify } from './index.ts';
import { ruleTests } from './rules/index.ts';
import { wordbookOf } from './words.ts';

const catalogue = loadCatalogue(currentCatalogueVersion);
const rank: Readonly<Record<ItemClass, number>> = { UNCLASSIFIED: 0, ORDINARY: 1, SPECIALIZED: 2, MAJOR: 3 };

function judge(record: Partial<SourceRecord>, facts: Partial<Facts> = {}): Item {
  const outcome = classify.process(draftOf(record), contextOf(facts));
  if (outcome.kind !== 'next') throw new Error(outcome.kind);
  return outcome.value.item;
}

const words = Object.values(catalogue.keywords.lists).flatMap(({ any, not }) => [...any, ...not]);
const text = fc
  .array(
    fc.oneof(fc.constantFrom(...words), fc.constantFrom('没有', '3人', '四十名', ',', '。', '村民', '')),
    {
      maxLength: 8,
    },
  )
  .map((parts) => parts.join(''));
const count = fc.integer({ min: 0, max: 60 });
const harm = fc.option(count, { nil: null });
const signals = fc.uniqueArray(
  fc.constantFrom('MEDIA', 'GROUP', 'LEADER_NOTE', 'MINOR', 'WEAPON', 'PETITION'),
);
const warning = fc.record({
  warningId: fc.constantFrom('w-aaaaaaaaaa', 'w-bbbbbbbbbb', 'w-cccccccccc'),
  type: fc.constantFrom(...catalogue.warnings.map(({ type }) => type), 'NEW_TYPE'),
  level: fc.constantFrom('BLUE', 'YELLOW', 'ORANGE', 'RED'),
  area: fc.constant('putuo'),
});
const given = fc.record({
  title: text,
  body: text,
  kind: fc.constantFrom('COMPLAINT', 'HAZARD', 'DISPUTE', 'CONSULTATION', 'ALERT'),
  code: fc.option(fc.constantFrom(...catalogue.categories.map(({ code }) => code)), { nil: null }),
  persons: fc.integer({ min: 1, max: 60 }),
  signals,
  deaths: harm,
  injured: harm,
  peopleAffected: harm,
  facts: fc.record({
    distinctReporters7d: count,
    returns: count,
    reopenings: count,
    notSolved: count,
    overdueWorkingDays: count,
    memberClass: fc.constantFrom('UNCLASSIFIED', 'ORDINARY', 'SPECIALIZED', 'MAJOR'),
    warnings: fc.uniqueArray(warning, { selector: ({ warningId }) => warningId }),
    warningsVersion: fc.constant(9),
  }),
});
type Given = typeof given extends fc.Arbitrary<infer T> ? T : never;

function recordOf({
  title,
  body,
  kind,
  code,
  persons,
  signals: shown,
  ...numbers
}: Given): Partial<SourceRecord> {
  const { deaths, injured, peopleAffected } = numbers;
  return {
    title,
    body,
    kind,
    signals: shown,
    reporter: personsOf(persons),
    impact: impactOf({ deaths, injured, peopleAffected }),
    sourceCategory: { code, sourceCode: null, sourceName: null },
  };
}

const more = (a: number | null, b: number | null): number | null => (a === null ? b : a + (b ?? 0));

describe('classify', () => {
  test('further facts never lower the class', () => {
    fc.assert(
      fc.property(given, given, (one, other) => {
        const grown: Given = {
          ...one,
          persons: one.persons + other.persons,
          signals: [...new Set([...one.signals, ...other.signals])],
          deaths: more(one.deaths, other.deaths),
          injured: more(one.injured, other.injured),
          peopleAffected: more(one.peopleAffected, other.peopleAffected),
          facts: {
            distinctReporters7d: one.facts.distinctReporters7d + other.facts.distinctReporters7d,
            returns: one.facts.returns + other.facts.returns,
            reopenings: one.facts.reopenings + other.facts.reopenings,
            notSolved: one.facts.notSolved + other.facts.notSolved,
            overdueWorkingDays: one.facts.overdueWorkingDays + other.facts.overdueWorkingDays,
            memberClass:
              rank[one.facts.memberClass] > rank[other.facts.memberClass]
                ? one.facts.memberClass
                : other.facts.memberClass,
            warnings: [...one.facts.warnings, ...other.facts.warnings],
            warningsVersion: 9,
          },
        };
        const before = judge(recordOf(one), one.facts);
        const after = judge(recordOf(grown), grown.facts);
        expect(rank[after.classification.itemClass]).toBeGreaterThanOrEqual(
          rank[before.classification.itemClass],
        );
        const kept = new Set(after.classification.reasons.map(({ ruleId }) => ruleId));
        const raising = before.classification.reasons.filter(({ ruleId }) => /^[MS]\d\d$/.test(ruleId));
        expect(raising.filter(({ ruleId }) => !kept.has(ruleId))).toEqual([]);
      }),
    );
  });

  test('the order of the rules changes nothing', () => {
    fc.assert(
      fc.property(
        given,
        fc.shuffledSubarray([...ruleTests], { minLength: ruleTests.length }),
        (one, shuffled) => {
          const item = judge(recordOf(one), one.facts);
          const read = wordbookOf(catalogue).read({
            title: item.title,
            body: item.body,
            subjectName: null,
            categoryPath: null,
          });
          const facts = {
            item,
            words: read,
            counts: readCounts(read.reading.text),
            facts: one.facts,
            warnings: one.facts.warnings,
            thresholds: catalogue.thresholds,
            defaultClass: catalogue.category(item.category.code).defaultClass,
          };
          expect(askRules(catalogue, facts, shuffled)).toEqual(askRules(catalogue, facts));
        },
      ),
    );
  });

  test('the same input gives the same item, and the draft given is not changed', () => {
    fc.assert(
      fc.property(given, (one) => {
        const draft = draftOf(recordOf(one));
        const copy = structuredClone(draft);
        const first = classify.process(draft, contextOf(one.facts));
        expect(classify.process(draft, contextOf(one.facts))).toEqual(first);
        expect(draft).toEqual(copy);
      }),
    );
  });

  test('the class is that of the highest rule that fired, and every item has a reason', () => {
    fc.assert(
      fc.property(given, (one) => {
        const { itemClass, reasons } = judge(recordOf(one), one.facts).classification;
        const classes = reasons.flatMap(({ ruleId }) => catalogue.rule(ruleId)?.itemClass ?? []);
        expect(Math.max(...classes.map((name) => rank[name]))).toBe(rank[itemClass]);
        expect(reasons.every(({ text: said }) => said.length > 0 && !said.includes('{}'))).toBe(true);
      }),
    );
  });

  test('a record of megabytes is judged by its beginning', () => {
    const body = `仓库起火,${'没起火孩子掉进,三人聚集'.repeat(200_000)}`;
    const sourceCategory = { code: null, sourceCode: null, sourceName: '投诉>'.repeat(500_000) };
    expect(judge({ body, title: body, sourceCategory }).classification.itemClass).toBe('MAJOR');
  });

  test('a catalogue that is not installed is an error of the environment, not a verdict', () => {
    expect(() => classify.process(draftOf(), { ...contextOf(), catalogueVersion: '1999.1' })).toThrow(
      expect.objectContaining({ code: 'HUB_CATALOGUE_UNKNOWN_VERSION' }),
    );
  });
});
