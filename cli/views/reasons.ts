import type { Catalogue } from '../../processors/catalogue/index.ts';
import { reasonText } from '../../processors/classify/index.ts';
import { readReason } from '../../processors/route/index.ts';
import type { ClassReason, ItemEvent, RouteLevel } from '../../schemas/types.ts';
import type { Language } from '../language.ts';

export type { Catalogue } from '../../processors/catalogue/index.ts';

/** A rule as `M02 Fire, explosion, leak, collapse`; one that the catalogue does not hold by its id. */
export function ruleName(ruleId: string, catalogue: Catalogue, language: Language): string {
  const rule = catalogue.rule(ruleId);
  return rule === null ? ruleId : `${ruleId} ${language === 'zh-CN' ? rule.zh : rule.en}`;
}

/** A reason with the name of its rule; those that are no rules (a person's word, the category's keywords) speak for themselves. */
export function reasonLine(reason: ClassReason, catalogue: Catalogue, language: Language): string {
  const text = reasonIn(reason, language);
  return catalogue.rule(reason.ruleId) === null
    ? text
    : `${ruleName(reason.ruleId, catalogue, language)}: ${text}`;
}

/** A reason in a language: the text stored with it is Chinese, but the evidence is enough to make either. */
export const reasonIn = ({ ruleId, evidence }: ClassReason, language: Language): string =>
  reasonText(ruleId, evidence, language);

/** Evidence of a class event (`M02: 「着火」`), in a language; what is no rule speaks for itself. */
export function evidenceIn(evidence: string, catalogue: Catalogue, language: Language): string {
  const [, id = '', rest = ''] = /^([A-Z][A-Z0-9_-]+): (.*)$/s.exec(evidence) ?? [];
  if (id === '') return evidence;
  const text = reasonText(id, rest, language);
  return catalogue.rule(id) === null ? text : `${id} ${text}`;
}

/** Why an item was sent where an event says, in a language; the reason of any other event as it stands. */
export function eventReasonIn(
  { type, reason, data }: ItemEvent,
  catalogue: Catalogue,
  language: Language,
): string {
  if (reason === null) return '';
  if (type !== 'ROUTED' && type !== 'REROUTED') return reason;
  const { lead = '', co = '', level = 'DISTRICT' } = data;
  const coDepartments = co === '' ? [] : co.split(',');
  const route = { leadDepartment: lead, coDepartments, level: level as RouteLevel, reason };
  return readReason({ route }, language, catalogue);
}
