import { hash16 } from './hash.ts';

/** A home's place in its estate, hashed. 0 = not said. */
export interface Premise {
  readonly building: number;
  readonly unit: number;
  readonly room: number;
}

const form =
  /(?<building>[A-Za-z]?\d{1,4})\s?(?:号楼|幢|栋|座)\s?-?(?:(?<unit>\d{1,2})\s?单元)?\s?-?(?<room>\d{3,4})?(?!\d)|(?<plainBuilding>\d{1,3})-(?<plainUnit>\d{1,2})-(?<plainRoom>\d{3,4})|(?<house>\d{1,4})号\s?-?(?<houseRoom>\d{3,4})室?/;
const digit = /\d/;
/** A range or list names no single building. */
const many = /\d\s?[-、~至和]\s?\d{1,3}\s?(?:幢|栋|号楼)/;

/** What is said of it in any of the texts, the surest text first. */
export function premiseOf(...texts: readonly (string | null)[]): Premise {
  const found = { building: 0, unit: 0, room: 0 };
  for (const text of texts) {
    if (text === null || !digit.test(text) || many.test(text)) continue;
    const groups = form.exec(text)?.groups ?? roomAlone.exec(text)?.groups;
    if (groups === undefined) continue;
    const building = hashOf(groups.building ?? groups.plainBuilding ?? groups.house);
    // Another building in the text is a neighbour's.
    if (found.building !== 0 && building !== 0 && building !== found.building) continue;
    found.building ||= building;
    found.unit ||= hashOf(groups.unit ?? groups.plainUnit);
    found.room ||= hashOf(groups.room ?? groups.plainRoom ?? groups.houseRoom);
  }
  return found;
}

const hashOf = (number: string | undefined): number =>
  number === undefined ? 0 : hash16(number.toUpperCase());

/** A room alone, as people speak of their home: 501漏水, 住201. */
const roomAlone = /(?<![\d.:-])(?<room>[1-9]\d?0[1-9])(?:室|号房)?(?=漏|渗|滴|住|家|业主|[,，。]|$)/;
