import type { Item, ItemKind } from '../../schemas/types.ts';
import type { Catalogue } from '../catalogue/index.ts';

/** Calendar of working days by which the deadlines of this version are to be reckoned (domain.md §5). */
export const calendarId = 'CN-2026.1';

/** Strictest first. */
const majorSlas = ['MAJ-LIFE', 'MAJ-STABILITY', 'MAJ-SUPERVISE'];

const slaOfKind: Partial<Record<ItemKind, string>> = {
  CONSULTATION: 'ORD-CONSULT',
  HELP: 'ORD-HELP',
  SUGGESTION: 'ORD-SUGGEST',
  PRAISE: 'ORD-SUGGEST',
  DISPUTE: 'ORD-DISPUTE',
};

/**
 * The deadline rule of an item (domain.md §5). The category's own where the class is the category's; a MAJOR item has the
 * strictest of the rules that fired and of its category; a class that rules or a person have moved has the default of
 * that class, because the category's clock was made for another procedure.
 */
export function slaIdOf(item: Item, catalogue: Catalogue): string {
  const category = catalogue.category(item.category.code);
  const { itemClass, reasons } = item.classification;
  if (itemClass === 'MAJOR') {
    const asked = [category.slaId, ...reasons.map((reason) => catalogue.rule(reason.ruleId)?.slaId)];
    return majorSlas.find((slaId) => asked.includes(slaId)) ?? 'MAJ-SUPERVISE';
  }
  if (itemClass === category.defaultClass || itemClass === 'UNCLASSIFIED') {
    return category.defaultClass === 'MAJOR' ? 'ORD-COMPLAINT' : category.slaId;
  }
  return itemClass === 'SPECIALIZED' ? 'SPEC-DEFAULT' : (slaOfKind[item.kind] ?? 'ORD-COMPLAINT');
}
