import type { NormalizedRecord } from '../../runtime/connector.ts';
import { type AdminCodes, townCodes } from '../parsing/address.ts';
import { locate } from '../parsing/coordinates.ts';
import { coordSystemOf } from './words.ts';

type Place = NormalizedRecord['place'];
type PlaceQuality = 'NO_PLACE' | 'COORD_GUESSED' | 'COORD_SWAPPED';

export interface DeliveredPlace {
  /** `330903003003012`, one cleaned line. */
  readonly gridCode: string;
  /** `WG330903003-20260310-0012` carries the town in which the event was first put down. */
  readonly eventNo: string;
  /** `122.305611,29.944098`: longitude first, mostly. */
  readonly mapLocation: string;
  readonly coordType: string;
}

/** Village code 12 and a number of 2 or 3 digits, some with 2 more behind it (domain.md §2, codes). */
const gridForm = /^\d{14,17}$/;

/**
 * An event has no address: its place is a grid and a point, and whatever the text says.
 *
 * A grid is kept by the code it was delivered with. Old codes (phones that know nothing of the last redrawing) keep their town and
 * their village; which grid they have become only the registry of grids knows, which the hub does not have.
 */
export function readPlace({ gridCode, eventNo, mapLocation, coordType }: DeliveredPlace): {
  readonly place: Place;
  readonly quality: readonly PlaceQuality[];
} {
  const isGrid = gridForm.test(gridCode);
  const town =
    (isGrid ? townCodes(gridCode.slice(0, 9)) : null) ??
    townCodes(/^WG(\d{9})-/i.exec(eventNo)?.[1] ?? '') ??
    nowhere;
  const community = isGrid && gridCode.startsWith(town.townCode ?? '?') ? gridCode.slice(0, 12) : null;
  const { quality, ...point } = readPoint(mapLocation, coordType);
  const grids: Place['grids'] =
    gridCode === '' ? [] : [{ code: gridCode, scheme: 'SOCIAL', kind: isGrid ? 'BASIC' : 'OTHER' }];
  return {
    place: {
      address: null,
      premise: null,
      ...town,
      adminCode: community ?? town.adminCode,
      communityCode: community,
      grids,
      ...point,
      accuracyM: null,
      assetId: null,
    },
    quality: point.lon === null && grids.length === 0 ? [...quality, 'NO_PLACE'] : quality,
  };
}

const nowhere: AdminCodes = { adminCode: null, districtCode: null, townCode: null };

/** The app's map is a GCJ-02 one; where the event does not say so, or says nonsense, that is a guess. */
function readPoint(mapLocation: string, coordType: string) {
  const parts = mapLocation.split(/[,，;；\s]+/).filter((part) => part !== '');
  const [x, y] = parts.length === 2 ? parts : [];
  const system = coordSystemOf(coordType);
  return locate({ x, y, system: system ?? 'GCJ02', labelled: system !== null });
}
