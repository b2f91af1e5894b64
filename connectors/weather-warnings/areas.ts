import type { Area, Catalogue } from '../../processors/catalogue/index.ts';
import { isInside } from '../../processors/warnings/index.ts';
import type { CapArea } from './cap.ts';

type Point = readonly [number, number];

/** Which areas of the catalogue a CAP area stands for; null where it names some place that nobody here knows. */
export function areasOf({ areaDesc, geocode, polygon }: CapArea, catalogue: Catalogue): string[] | null {
  const codes = geocode.flatMap(({ value = '' }) => (/^\d{6,12}$/.test(value) ? [value] : []));
  const rings = polygon.flatMap((ring) => ringOf(ring ?? ''));
  const names = (areaDesc ?? '').split(/[、,,;;\s]+/).filter((name) => name !== '');
  const found = catalogue.areas.filter(
    (area) =>
      area.codes.some((own) => codes.some((code) => covers(code, own))) ||
      rings.some((ring) => meets(ring, area)) ||
      names.some((name) => name === area.zh || area.names.includes(name)),
  );
  // Codes and polygons say for certain that it is somewhere else; a name alone does not.
  if (found.length === 0 && codes.length === 0 && rings.length === 0) return null;
  return found.map(({ id }) => id);
}

/** Codes of a province or city end in zeros (330000, 330900), those of a town may go on with zeros (330903003000). */
function covers(code: string, own: string): boolean {
  const stem = code.length === 6 ? code.replace(/(00)+$/, '') : code.slice(0, 9).replace(/000$/, '');
  // A warning for more than the district is one for the district; one for a village is not yet one for its town.
  return own.length === 6 ? own.startsWith(stem) || stem === own : own === stem;
}

/** `30.1,122.2 30.1,122.4 …`: latitude first, WGS-84, closed. */
function ringOf(text: string): readonly (readonly Point[])[] {
  const points = text
    .split(/\s+/)
    .filter((pair) => pair !== '')
    .map((pair): Point => {
      const [lat, lon] = pair.split(',').map(Number);
      return [lon ?? Number.NaN, lat ?? Number.NaN];
    });
  const isRing =
    points.length >= 4 && points.every(([lon, lat]) => Number.isFinite(lon) && Number.isFinite(lat));
  return isRing ? [points.slice(0, -1)] : [];
}

/** A water is meant when the middle of either lies in the other; land is told by its codes. */
function meets(ring: readonly Point[], { polygon }: Area): boolean {
  return polygon !== null && (isInside(middleOf(polygon), ring) || isInside(middleOf(ring), polygon));
}

const middleOf = (ring: readonly Point[]): Point => [
  ring.reduce((sum, [lon]) => sum + lon, 0) / ring.length,
  ring.reduce((sum, [, lat]) => sum + lat, 0) / ring.length,
];
