import type { Catalogue } from '../../processors/catalogue/index.ts';
import { levelNames } from '../../processors/classify/messages.ts';
import type { KnownWarning } from '../../runtime/processor.ts';
import type { Warning } from '../../schemas/types.ts';
import type { Language } from '../language.ts';
import type { Messages } from '../messages/index.ts';
import { clockTime } from '../time.ts';
import { indented } from './layout.ts';

export interface ListedWarning extends KnownWarning {
  /** All that was said of it, in the order in which it was heard. */
  readonly records: readonly Warning[];
}

/** A line for each warning, the words of its issuer below it. */
export function warningList(
  warnings: readonly ListedWarning[],
  now: number,
  catalogue: Catalogue,
  language: Language,
  t: Messages,
): string[] {
  const word = language === 'zh-CN' ? 'zh' : 'en';
  return warnings.flatMap(({ warningId, type, level, areas, from, until, records }) => {
    const kind = catalogue.warningType(type)?.[word] ?? type;
    const places = areas
      .map((id) => catalogue.area(id)?.[word] ?? id)
      .join(language === 'zh-CN' ? '、' : ', ');
    const span = t.warning.span(clockTime(from), until === null ? null : clockTime(until));
    const colour = levelNames[level]?.[language] ?? level;
    const state = from > now ? t.warning.ahead : until !== null && until <= now ? t.warning.over : '';
    return [
      `${warningId}  ${t.warning.named(kind, colour)}  ${places}  ${span}${state === '' ? '' : `  ${state}`}`,
      ...indented(records.map(({ issuer, text }) => `${issuer}: ${text}`)),
    ];
  });
}
