import type { RuleTest } from '../item-facts.ts';
import { crowdRules } from './crowd.ts';
import { hazardRules } from './hazard.ts';
import { lifeRules } from './life.ts';
import { procedureRules } from './procedure.ts';

/** The conditions of domain.md §5 but for O01, which is what remains. Their order means nothing. */
export const ruleTests: readonly RuleTest[] = [
  ...lifeRules,
  ...crowdRules,
  ...hazardRules,
  ...procedureRules,
];
