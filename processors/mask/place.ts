import type { Item } from '../../schemas/types.ts';

type Place = Item['place'];

/** Side of a cell of the coarse grid, metres (domain.md §8). */
const cellM = 500;
/** Metres of one degree of latitude on the sphere of 6,371,008.8 m. */
const degreeM = 111_195;

/** A point to a tenth of a metre: finer digits are noise of the conversion, and could tell what a raw value must not. */
const fine = (degrees: number): number => Math.round(degrees * 1e6) / 1e6;
const fineMetres = (metres: number): number => Math.round(metres * 10) / 10;

/** The whole place, for who must go there. */
export const exactPlace = (place: Place, address: string | null): Place => ({ ...atPoint(place), address });

/** Point and address, without building, unit and room. */
export const placeWithoutPremise = (place: Place, address: string | null): Place => ({
  ...atPoint(place),
  address,
  premise: null,
});

/** Raw coordinates are no finer than the point, and gone where there is no point that they could be no finer than. */
function atPoint(place: Place): Place {
  if (place.lon === null || place.lat === null)
    return { ...place, rawX: null, rawY: null, coordSystem: null };
  const plane =
    place.coordSystem === 'CITY_LOCAL' || place.coordSystem === 'CGCS2000' || place.coordSystem === 'UNKNOWN';
  const raw = (value: number | null) =>
    value === null ? null : plane && Math.abs(value) > 360 ? fineMetres(value) : fine(value);
  return {
    ...place,
    lon: fine(place.lon),
    lat: fine(place.lat),
    rawX: raw(place.rawX),
    rawY: raw(place.rawY),
  };
}

/** Community and the centre of a 500 m cell; whatever would tell the point (address, grid, asset, raw values) is gone. */
export function coarsePlace(place: Place): Place {
  const cell = place.lon === null || place.lat === null ? null : cellCentre(place.lon, place.lat);
  return {
    ...place,
    address: null,
    premise: null,
    grids: [],
    lon: cell?.lon ?? null,
    lat: cell?.lat ?? null,
    accuracyM: cell === null ? null : Math.ceil(cellM * Math.SQRT1_2),
    coordSystem: null,
    rawX: null,
    rawY: null,
    assetId: null,
  };
}

/** District alone. */
export const districtOnly = (place: Place): Place => ({
  ...coarsePlace({ ...place, lon: null, lat: null }),
  adminCode: place.districtCode,
  townCode: null,
  communityCode: null,
  locatedBy: 'NONE',
});

/** Rows of equal height; in each row columns of the width that its own latitude asks for. */
export function cellCentre(lon: number, lat: number): { readonly lon: number; readonly lat: number } {
  const height = cellM / degreeM;
  const middle = (Math.floor(lat / height) + 0.5) * height;
  const width = height / Math.cos((middle * Math.PI) / 180);
  return { lon: fine((Math.floor(lon / width) + 0.5) * width), lat: fine(middle) };
}
