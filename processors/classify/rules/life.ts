import {
  byCategory,
  countNear,
  type Evidence,
  type RuleTest,
  reaching,
  said,
  saidTogether,
  signal,
} from '../item-facts.ts';

/** Death, missing or seriously injured, trapped, threatened with a weapon, suicide, child at risk. */
const m01: RuleTest = {
  id: 'M01',
  test: (facts) => {
    const { impact, severity, urgency } = facts.item;
    const isGrave = severity === 'HIGH' || severity === 'CRITICAL';
    const inDanger = said(facts, 'fire', 'flood', 'trapped').length > 0;
    return [
      ...said(facts, 'death', 'injured', 'missing', 'trapped', 'weapon', 'suicide', 'child', 'crush'),
      ...saidTogether(facts, 'fall', 'person'),
      ...saidTogether(facts, 'gone', 'kin'),
      ...saidTogether(facts, 'lift', 'stuck'),
      ...saidTogether(facts, 'confined', 'kin'),
      ...(facts.item.category.code === 'CNV.UTILITY' ? said(facts, 'lifesupport') : []),
      ...(inDanger ? said(facts, 'noway') : []),
      ...reaching('deaths', impact?.deaths, 1),
      ...reaching('missing', impact?.missing, 1),
      ...(isGrave ? reaching('injured', impact?.injured, facts.thresholds.m01SeriouslyInjuredPersons) : []),
      ...signal(facts, 'WEAPON', 'SUICIDE', ...(urgency === 'NORMAL' ? [] : ['MINOR'])),
      ...byCategory(facts, 'GOV.PERSON'),
    ];
  },
};

const m02: RuleTest = {
  id: 'M02',
  test: (facts) => [
    ...said(facts, 'fire', 'explosion', 'leak', 'collapse'),
    ...saidTogether(facts, 'gas', 'escaping'),
    ...saidTogether(facts, 'structure', 'fallen'),
    ...byCategory(facts, 'SAF.FIRE'),
  ],
};

/** Three or more ill after one meal, or any at a school. */
const m04: RuleTest = {
  id: 'M04',
  test: (facts) => {
    const { item, thresholds } = facts;
    const isFood = item.category.code === 'MKT.FOOD' || item.category.code === 'MKT.POISON';
    const meal = said(facts, 'meal');
    if (meal.length === 0 && !isFood) return [];
    const school = said(facts, 'school');
    const limit = school.length > 0 ? thresholds.m04IllPersonsAtSchool : thresholds.m04IllPersons;
    const ill = said(facts, 'ill');
    const numbers: Evidence = [
      ...reaching('ill', item.impact?.injured, limit),
      ...reaching('ill', countNear(facts, facts.words.said('ill'), ['PERSON']), limit),
      ...(ill.length > 0 ? reaching('persons', item.reporter.count, limit) : []),
    ];
    return [
      ...(numbers.length > 0 ? [...ill, ...school, ...new Set(numbers)] : []),
      ...byCategory(facts, 'MKT.POISON'),
    ];
  },
};

export const lifeRules: readonly RuleTest[] = [m01, m02, m04];
