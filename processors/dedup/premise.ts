import { hash16 } from './hash.ts';

/** A home's place in its estate, hashed: the building, and unit with room. 0 = not said. */
export interface Premise {
  readonly building: number;
  readonly room: number;
}

const unknown: Premise = { building: 0, room: 0 };
const form =
  /(?<building>[A-Za-z]?\d{1,4})\s?(?:号楼|幢|栋|座)\s?-?(?:(?<unit>\d{1,2})\s?单元)?\s?-?(?<room>\d{3,4})?(?!\d)|(?<plainBuilding>\d{1,3})-(?<plainUnit>\d{1,2})-(?<plainRoom>\d{3,4})|(?<house>\d{1,4})号\s?-?(?<houseRoom>\d{3,4})室?/;
/** A range or list names no single building. */
const many = /\d\s?[-、~至和]\s?\d{1,3}\s?(?:幢|栋|号楼)/;

/** @param texts where a premise may stand, the surest first. */
export function premiseOf(...texts: readonly (string | null)[]): Premise {
  for (const text of texts) {
    if (text === null || many.test(text)) continue;
    const groups = form.exec(text)?.groups;
    if (groups === undefined) continue;
    const building = groups.building ?? groups.plainBuilding ?? groups.house;
    const unit = groups.unit ?? groups.plainUnit;
    const room = groups.room ?? groups.plainRoom ?? groups.houseRoom;
    return {
      building: building === undefined ? 0 : hash16(building.toUpperCase()),
      room: unit === undefined && room === undefined ? 0 : hash16(`${unit ?? ''}-${room ?? ''}`),
    };
  }
  return unknown;
}
