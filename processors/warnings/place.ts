import type { SourceRecord } from '../../schemas/types.ts';
import type { Area, Catalogue } from '../catalogue/index.ts';
import { townOf } from '../route/place.ts';

type Place = SourceRecord['place'];

/**
 * Does the place lie in the area? On land by code; a warning for the whole district holds for all that is not known to lie in another
 * one, also at sea and without an address. On water by point; a place without a point lies in no water.
 */
export function liesIn(place: Place, area: Area, catalogue: Catalogue): boolean {
  if (area.polygon !== null)
    return place.lon !== null && place.lat !== null && isInside([place.lon, place.lat], area.polygon);
  const town = townOf({ place }, catalogue);
  const district = place.districtCode ?? place.townCode?.slice(0, 6) ?? null;
  return area.codes.some((code) =>
    code.length === 6 ? district === null || district === code : town === code,
  );
}

/**
 * Is the point inside the ring? Even-odd rule on plain degrees: rings are some miles wide and far from poles and the date line. Of an
 * edge that two rings share a point belongs to one at most. (A library would do these lines and bring a tree of modules.)
 */
export function isInside(
  [x, y]: readonly [number, number],
  ring: readonly (readonly [number, number])[],
): boolean {
  let inside = false;
  for (const [index, [x1, y1]] of ring.entries()) {
    const [x2, y2] = ring[(index + 1) % ring.length]!;
    if (y1 > y === y2 > y) continue;
    if (x < x1 + ((y - y1) * (x2 - x1)) / (y2 - y1)) inside = !inside;
  }
  return inside;
}
