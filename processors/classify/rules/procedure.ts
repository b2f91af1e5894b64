import { type RuleTest, reaching, said, signal } from '../item-facts.ts';

/** Own law and clock. */
const statutoryChannels: readonly string[] = ['market-12315', 'court-12368', 'legal-12348'];

const m12: RuleTest = {
  id: 'M12',
  test: ({ facts, thresholds }) =>
    reaching('overdueWorkingDays', facts.overdueWorkingDays, thresholds.m12OverdueWorkingDays),
};

const m13: RuleTest = {
  id: 'M13',
  test: ({ facts, thresholds }) => reaching('returns', facts.returns, thresholds.m13Returns),
};

const m14: RuleTest = {
  id: 'M14',
  test: ({ facts, thresholds }) => [
    ...reaching('reopenings', facts.reopenings, thresholds.m14Reopenings),
    ...reaching('notSolved', facts.notSolved, thresholds.m14NotSolved),
  ],
};

const s01: RuleTest = {
  id: 'S01',
  test: ({ item }) =>
    statutoryChannels.includes(item.source.system) ? [`source=${item.source.system}`] : [],
};

/** A department by law, whatever the kind: a question about it is that department's too. */
const s02: RuleTest = {
  id: 'S02',
  test: (facts) => [
    ...(facts.defaultClass === 'ORDINARY' ? [] : [`category=${facts.item.category.code}`]),
    ...said(facts, 'authority'),
  ],
};

const s03: RuleTest = {
  id: 'S03',
  test: (facts) => [
    ...said(facts, 'elsewhere'),
    ...signal(facts, 'PETITION'),
    ...(facts.item.kind === 'COURT_SERVICE' ? ['kind=COURT_SERVICE'] : []),
  ],
};

export const procedureRules: readonly RuleTest[] = [m12, m13, m14, s01, s02, s03];
