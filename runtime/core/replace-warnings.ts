import type { Warning } from '../../schemas/types.ts';
import type { RoutedWarnings, SaidWarning } from '../connector.ts';
import type { KnownWarning } from '../processor.ts';
import { foldWarnings } from './warning-book.ts';

type Known = KnownWarning & { readonly reference: string };

/**
 * What a record says that takes the place of all its source said before (`RoutedWarnings.replaces`). From its beginning on, a warning that
 * it goes on with keeps its id, one that it no longer knows ends; what was in force until then stays as it was, whatever it says of that time. A
 * warning goes on where one of its type, level and areas is in force with it, or right before or after it.
 *
 * Nothing, where a newer record has taken the place already. Pure.
 *
 * @param own what the source said so far, in the order of hub.warnings
 */
export function replaceWarnings(
  { warnings, replaces }: Pick<RoutedWarnings, 'warnings' | 'replaces'>,
  own: readonly Warning[],
): readonly SaidWarning[] {
  if (replaces === undefined) return warnings;
  const { areas, from, issuedAt, text } = replaces;
  const before = own.filter((one) => one.areas.every((area) => areas.includes(area)));
  if (before.some((one) => one.issuedAt > issuedAt)) return [];
  const references = new Map(before.map(({ warningId, reference }) => [warningId, reference ?? '']));
  const open = foldWarnings(before, 0)
    .known.filter((known) => known.until === null || known.until > Math.max(from, known.from))
    .map((known): Known => ({ ...known, reference: references.get(known.warningId)! }))
    .sort((a, b) => a.from - b.from);

  const said: SaidWarning[] = [];
  for (const named of warnings) {
    if (endOf(named) <= from) continue;
    const warning = { ...named, from: Math.max(named.from, from) };
    const at = open.findIndex((known) => goesOn(known, warning, from));
    const [known] = at < 0 ? [] : open.splice(at, 1);
    if (known === undefined) {
      said.push(warning);
      continue;
    }
    // What began before is not moved: who was told of it was told rightly.
    const began = known.from < from ? known.from : warning.from;
    if (began === known.from && warning.until === known.until) continue;
    said.push({ ...warning, reference: known.reference, from: began });
  }
  const gone = open.map(
    ({ reference, type, level, areas, from: began }): SaidWarning => ({
      reference,
      status: 'CLEARED',
      type,
      level,
      areas,
      from: began,
      until: from,
      issuedAt,
      text,
    }),
  );
  return [...gone, ...said];
}

function goesOn(known: Known, warning: SaidWarning, replacedFrom: number): boolean {
  const isSame =
    known.type === warning.type &&
    known.level === warning.level &&
    known.areas.join() === warning.areas.join();
  // Under way, but no longer when the record begins: what comes later is another one.
  const isLater = known.from < replacedFrom && warning.from > replacedFrom;
  return isSame && !isLater && known.from <= endOf(warning) && warning.from <= endOf(known);
}

const endOf = ({ until }: { readonly until: number | null }): number => until ?? Number.MAX_SAFE_INTEGER;
