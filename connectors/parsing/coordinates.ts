import gcoordModule from 'gcoord';

/** Points as the sources write them, to WGS-84 (domain.md §2, coordinates). Degrees throughout. */

/** Its declarations promise a `default` that its CommonJS form does not have. */
const gcoord = gcoordModule as unknown as typeof gcoordModule.default;

/** Geographic systems only. CGCS2000 is taken as equal to WGS-84 (centimetres to decimetres). */
export type CoordSystem = 'WGS84' | 'GCJ02' | 'BD09' | 'CGCS2000';

export type CoordQuality = 'COORD_GUESSED' | 'COORD_SWAPPED';

export interface Located {
  /** WGS-84, rounded to 1e-8° (1 mm); null without a usable point. */
  readonly lon: number | null;
  readonly lat: number | null;
  /** Of `rawX`/`rawY`; null where they are. */
  readonly coordSystem: CoordSystem | 'UNKNOWN' | null;
  /** As delivered, before swapping and conversion; null where that was no number. */
  readonly rawX: number | null;
  readonly rawY: number | null;
  readonly locatedBy: 'SOURCE' | 'NONE';
  readonly quality: readonly CoordQuality[];
}

export interface DeliveredPoint {
  /** Longitude as delivered: number or text. */
  readonly x: unknown;
  /** Latitude as delivered. */
  readonly y: unknown;
  readonly system: CoordSystem;
  /**
   * Does the record itself name the system? Without a label the system is what the source is known to use. Then every point that had to be
   * shifted is a guess (COORD_GUESSED, up to 500 m off if wrong), and so is one outside the area in which the system is defined. On land or
   * at sea makes no difference: near the coast both lie inside that area, and a label, not the water, says whether a point is shifted.
   */
  readonly labelled: boolean;
}

/** Where GCJ-02 and BD-09 differ from WGS-84 (domain.md [R27]). */
const insideShiftedArea = (lon: number, lat: number): boolean =>
  lon >= 72.004 && lon <= 137.8347 && lat >= 0.8293 && lat <= 55.8271;

/**
 * Never throws. No point: missing, not a number, a zero (a form left empty), 181/91 (AIS for unknown) or anything else beyond the globe.
 * Latitude > 54 with longitude < 54 is swapped (no place in China is there): put right and marked.
 */
export function locate({ x, y, system, labelled }: DeliveredPoint): Located {
  const [rawX, rawY] = [coordinate(x), coordinate(y)];
  const nothing: Located = {
    lon: null,
    lat: null,
    coordSystem: rawX === null && rawY === null ? null : 'UNKNOWN',
    rawX,
    rawY,
    locatedBy: 'NONE',
    quality: [],
  };
  if (rawX === null || rawY === null || rawX === 0 || rawY === 0) return nothing;
  const swapped = rawY > 54 && rawX < 54;
  const [lon, lat] = swapped ? [rawY, rawX] : [rawX, rawY];
  if (Math.abs(lon) > 180 || Math.abs(lat) > 90) return nothing;

  const shifted = system === 'GCJ02' || system === 'BD09';
  const [wgsLon, wgsLat] = shifted && insideShiftedArea(lon, lat) ? unshift([lon, lat], system) : [lon, lat];
  const quality: CoordQuality[] = [];
  if (shifted && (!labelled || !insideShiftedArea(lon, lat))) quality.push('COORD_GUESSED');
  if (swapped) quality.push('COORD_SWAPPED');
  return {
    lon: round(wgsLon),
    lat: round(wgsLat),
    coordSystem: system,
    rawX,
    rawY,
    locatedBy: 'SOURCE',
    quality,
  };
}

/** Decimal degrees, as number or as text; no degree signs, no decimal comma. */
function coordinate(value: unknown): number | null {
  if (typeof value === 'number') return Number.isFinite(value) ? value : null;
  if (typeof value !== 'string' || value.length > 40) return null;
  const text = value.normalize('NFKC').trim();
  return /^[+-]?\d{1,12}(?:\.\d{0,20})?$/.test(text) ? Number(text) : null;
}

/**
 * Inverse of the shift by iteration: `gcoord` gives the forward step exactly, but stops its own inverse at 1e-6° (10 cm, and BD-09 at 2e-6°);
 * each round here gains about two digits.
 */
function unshift(target: [number, number], system: 'GCJ02' | 'BD09'): [number, number] {
  const crs = system === 'GCJ02' ? gcoord.GCJ02 : gcoord.BD09;
  let [lon, lat] = target;
  for (let i = 0; i < 12; i += 1) {
    const [shiftedLon, shiftedLat] = gcoord.transform([lon, lat] as [number, number], gcoord.WGS84, crs);
    const [dLon, dLat] = [target[0] - shiftedLon, target[1] - shiftedLat];
    lon += dLon;
    lat += dLat;
    if (Math.abs(dLon) < 1e-10 && Math.abs(dLat) < 1e-10) break;
  }
  return [lon, lat];
}

const round = (degrees: number): number => Math.round(degrees * 1e8) / 1e8;
