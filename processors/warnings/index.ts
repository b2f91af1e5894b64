import { inForce } from '../../runtime/core/warning-book.ts';
import type { KnownWarning, WarningRules } from '../../runtime/processor.ts';
import type { SourceRecord, WarningFact } from '../../schemas/types.ts';
import { isCategory } from '../catalogue/cross-check.ts';
import { type Catalogue, loadCatalogue } from '../catalogue/index.ts';
import { liesIn } from './place.ts';

export { isInside } from './place.ts';

/** A vessel is "out of contact under a warning" for as long as it would take to be a lost one without it (M06). */
const longestLostMs = 6 * 3_600_000;

/** Which warnings concern an item: by where it lies and by its own times, never by the clock. */
export const warningRules: WarningRules = {
  concerning(record, toldAt, known, catalogueVersion) {
    const spans = spansOf(record, toldAt);
    const earliest = Math.min(...spans.map(([from]) => from));
    const catalogue = loadCatalogue(catalogueVersion);
    const found: WarningFact[] = [];
    for (const warning of known) {
      // Those that end last come first: all that follow are over before the item begins.
      if (warning.until !== null && warning.until <= earliest) break;
      if (!spans.some(([from, to]) => inForce(warning, from, to))) continue;
      const area = areaOf(record, warning, catalogue);
      if (area === null) continue;
      const { warningId, type, level } = warning;
      found.push({ warningId, type, level, area });
    }
    return found.sort((a, b) => (a.warningId < b.warningId ? -1 : 1));
  },
  categories: (type, catalogueVersion) => {
    const catalogue = loadCatalogue(catalogueVersion);
    return catalogue.categories.map(({ code }) => code).filter((code) => isConcerned(catalogue, type, code));
  },
};

/** Do items of this category look at warnings of this type? */
export const isConcerned = (catalogue: Catalogue, type: string, category: string): boolean =>
  catalogue.warningType(type)?.categories.some((pattern) => isCategory(pattern, category)) ?? false;

/**
 * The item's own times: when it was reported and when the source last spoke of it; for a vessel out of contact (`ext.lostMin`) also
 * the time since its last signal. What lies between two words of a matter on land is nobody's word.
 */
function spansOf(record: SourceRecord, toldAt: number): readonly (readonly [number, number])[] {
  const { reportedAt, sourceUpdatedAt, ext } = record;
  const lostMs = Number(ext.lostMin ?? 0) * 60_000 || 0;
  // Counted from when the minutes were said: an alarm that comes again without news leaves the record, and them, as they were.
  const lastSignalAt = Math.min(sourceUpdatedAt ?? reportedAt, toldAt) - lostMs;
  return [
    [reportedAt, reportedAt],
    [lostMs > 0 ? Math.max(lastSignalAt, toldAt - longestLostMs) : toldAt, toldAt],
  ];
}

/** The first of the warning's areas in which the item lies; null when it lies in none. */
function areaOf({ place }: SourceRecord, { areas }: KnownWarning, catalogue: Catalogue): string | null {
  for (const id of areas) {
    const area = catalogue.area(id);
    if (area !== null && liesIn(place, area, catalogue)) return id;
  }
  return null;
}
