import type { ProcessContext } from '../../runtime/processor.ts';
import type { Classification, ClassReason, ItemClass, Procedure, Severity } from '../../schemas/types.ts';
import type { Catalogue } from '../catalogue/index.ts';
import { type Evidence, type ItemFacts, warningEvidence } from './item-facts.ts';
import { evidenceSeparator, reasonText } from './messages.ts';
import { ruleTests } from './rules/index.ts';

const ranks: Readonly<Record<ItemClass, number>> = { UNCLASSIFIED: 0, ORDINARY: 1, SPECIALIZED: 2, MAJOR: 3 };
const procedures: Readonly<Record<ItemClass, Procedure>> = {
  UNCLASSIFIED: 'NONE',
  ORDINARY: 'DISPATCH',
  SPECIALIZED: 'TRANSFER',
  MAJOR: 'SUPERVISE',
};

/** Does the first class stand above the second? */
export const isHigher = (one: ItemClass, other: ItemClass): boolean => ranks[one] > ranks[other];

export interface RuleVerdict {
  readonly itemClass: Exclude<ItemClass, 'UNCLASSIFIED'>;
  /** Every rule that fired, strongest first, then those that only explain. */
  readonly reasons: readonly ClassReason[];
}

/**
 * What the rules say on given facts, and a member of its cluster (design.md §4 point 5): the highest class of all. The order of
 * `tests` means nothing.
 */
export function askRules(catalogue: Catalogue, facts: ItemFacts, tests = ruleTests): RuleVerdict {
  const verdict = askOnlyRules(catalogue, facts, tests);
  const { memberClass } = facts.facts;
  if (memberClass !== 'MAJOR') return verdict;
  const reason = reasonOf(catalogue, 'MEMBER', [`memberClass=${memberClass}`]);
  return { itemClass: memberClass, reasons: [...verdict.reasons, reason] };
}

function askOnlyRules(catalogue: Catalogue, facts: ItemFacts, tests: typeof ruleTests): RuleVerdict {
  const fired = tests.flatMap(({ id, test }) => {
    const evidence = test(facts);
    const rule = catalogue.rule(id);
    return evidence.length === 0 || rule === null ? [] : [{ rule, evidence }];
  });
  if (fired.length === 0) {
    const itemClass = catalogue.rule('O01')?.itemClass ?? 'ORDINARY';
    return { itemClass, reasons: [reasonOf(catalogue, 'O01', []), ...shownOnly(catalogue, facts)] };
  }
  fired.sort((a, b) => ranks[b.rule.itemClass] - ranks[a.rule.itemClass] || (a.rule.id < b.rule.id ? -1 : 1));
  return {
    itemClass: fired[0]!.rule.itemClass,
    reasons: [
      ...fired.map(({ rule, evidence }) => reasonOf(catalogue, rule.id, evidence)),
      ...shownOnly(
        catalogue,
        facts,
        fired.flatMap(({ evidence }) => evidence),
      ),
    ],
  };
}

/** Told to the clerk, without effect on the class: half-way to M10, and the warnings in force that no rule has named. */
function shownOnly(
  catalogue: Catalogue,
  { facts, warnings, thresholds }: ItemFacts,
  named: Evidence = [],
): ClassReason[] {
  const others = warnings.map(warningEvidence).filter((evidence) => !named.includes(evidence));
  const reporters = facts.distinctReporters7d;
  const isShown =
    reporters >= thresholds.m10ShownFromReporters7d && reporters < thresholds.m10DistinctReporters7d;
  return [
    ...(isShown ? [reasonOf(catalogue, 'M10-SHOWN', [`reporters7d=${reporters}`])] : []),
    ...(others.length > 0 ? [reasonOf(catalogue, 'WARNING', others)] : []),
  ];
}

export function reasonOf(catalogue: Catalogue, id: string, evidence: Evidence): ClassReason {
  const text = [...new Set(evidence)].join(evidenceSeparator);
  return {
    code: id,
    text: reasonText(id, text, 'zh-CN'),
    evidence: text,
    ruleId: id,
    ruleVersion: catalogue.version,
  };
}

/**
 * The class in force. A person's word outranks the rules, whose reasons stay visible; a person's UNCLASSIFIED hands the
 * decision back to them. Once an organisation has signed, a lower class of the rules does not take effect and is suggested.
 */
export function decide(
  catalogue: Catalogue,
  verdict: RuleVerdict,
  { state, at }: Pick<ProcessContext, 'state' | 'at'>,
): Classification {
  const before = state?.itemClass ?? 'UNCLASSIFIED';
  const person = state?.personClass ?? null;
  const settled = (
    itemClass: ItemClass,
    reasons: readonly ClassReason[],
    decidedBy: Classification['decidedBy'],
    decidedAt: number,
  ): Classification => ({
    itemClass,
    procedure: procedures[itemClass],
    reasons,
    decidedBy,
    decidedAt,
    previousClass:
      before === 'UNCLASSIFIED' || before === itemClass ? (state?.previousClass ?? null) : before,
  });

  if (person !== null && person.itemClass !== 'UNCLASSIFIED') {
    const reason = reasonOf(catalogue, 'PERSON', [person.reason]);
    return settled(person.itemClass, [reason, ...verdict.reasons], 'PERSON', person.at);
  }
  const isSigned = state !== null && state.signedBy.length > 0;
  if (isSigned && isHigher(before, verdict.itemClass)) {
    const reason = reasonOf(catalogue, 'SUGGEST_LOWER', [verdict.itemClass]);
    return settled(before, [reason, ...verdict.reasons], 'RULE', at);
  }
  return settled(verdict.itemClass, verdict.reasons, 'RULE', at);
}

/** Reasons that an item has from its cluster, not of itself. */
const clusterReasons = ['M10', 'MEMBER'];

/** The class without what its cluster adds; a person's word is the item's own. */
export function ownClassOf(
  catalogue: Catalogue,
  { decidedBy, itemClass, reasons }: Classification,
): ItemClass {
  if (decidedBy === 'PERSON') return itemClass;
  let own: ItemClass = 'ORDINARY';
  for (const { code, ruleId } of reasons) {
    const rule = clusterReasons.includes(code) ? null : catalogue.rule(ruleId);
    if (rule !== null && isHigher(rule.itemClass, own)) own = rule.itemClass;
  }
  return own;
}

/** The class that waits for a person's word; null when none does. */
export function suggestedClassOf(classification: Classification): string | null {
  return classification.reasons.find(({ code }) => code === 'SUGGEST_LOWER')?.evidence ?? null;
}

const severities: readonly Severity[] = ['LOW', 'MEDIUM', 'HIGH', 'CRITICAL'];

/**
 * Legal grades of accidents (State Council Order 493) raise the severity that the source gave, they never lower it: any
 * death or missing person is at least MEDIUM.
 */
export function raiseSeverity({ item, words, thresholds }: ItemFacts): Severity {
  const { severity, impact } = item;
  const deaths = Math.max(impact?.deaths ?? 0, impact?.missing ?? 0, words.said('death').length > 0 ? 1 : 0);
  const injured = impact?.injured ?? 0;
  const grade: Severity =
    deaths >= thresholds.severityCriticalDeaths || injured >= thresholds.severityCriticalInjured
      ? 'CRITICAL'
      : deaths >= thresholds.severityHighDeaths || injured >= thresholds.severityHighInjured
        ? 'HIGH'
        : deaths > 0
          ? 'MEDIUM'
          : 'LOW';
  return severities.indexOf(grade) > severities.indexOf(severity) ? grade : severity;
}
