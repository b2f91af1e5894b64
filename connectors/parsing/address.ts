import district from './towns.json' with { type: 'json' };

export interface SplitAddress {
  /** Street and site; null when nothing is left. */
  readonly address: string | null;
  /** Building, unit, room (楼-单元-室) as said: `3幢2单元501`. More sensitive than the address (PII 2). */
  readonly premise: string | null;
}

const building = '(?:[A-Za-z]?\\d{1,4}\\s?(?:号楼|幢|栋|座)|[A-Za-z]座)';
const unit = '\\d{1,2}\\s?单元';
const room = '\\d{3,4}(?:室|号房|房)?(?!\\d)';
const joint = '\\s?-?\\s?';
/** Lists and ranges (7-8幢) name no single building. */
const notAfter = '(?<![\\dA-Za-z、,，~至和-])';

/** With a unit or a room it names a home and is split off wherever it stands. */
const home = new RegExp(
  `${notAfter}(?:${[
    `${building}${joint}${unit}(?:${joint}${room})?`,
    `${building}${joint}${room}`,
    `${unit}${joint}${room}`,
    `\\d{1,4}号${joint}\\d{3,4}室`,
    '\\d{1,3}-\\d{1,2}-\\d{3,4}室?(?!\\d)',
  ].join('|')})`,
);
/** A building alone is split off at the end only. */
const block = new RegExp(`${notAfter}${building}$`);
/** A place beside the home is not in it: 3幢2单元501对面. */
const beside =
  /^\s*(?:对面|对过|隔壁|旁|附近|之间|周边|门口|门前|楼下|前面|后面|[东南西北]侧|[、,，~至和-]\s?\d)/;

/** Splits the premise off an address. @param text one cleaned line. */
export function splitPremise(text: string): SplitAddress {
  const whole = { address: text === '' ? null : text, premise: null };
  const found = home.exec(text) ?? block.exec(text);
  if (found === null) return whole;
  const after = text.slice(found.index + found[0].length);
  if (beside.test(after)) return whole;
  const rest = `${text.slice(0, found.index)}${after}`.replace(/\(\s?\)|（\s?）/, '').trim();
  return { address: rest === '' ? null : rest, premise: found[0].replace(/\s/g, '') };
}

export interface AdminCodes {
  readonly adminCode: string | null;
  readonly districtCode: string | null;
  readonly townCode: string | null;
}

const unknownPlace: AdminCodes = { adminCode: null, districtCode: null, townCode: null };

/**
 * Codes of the one town that an address names in full (东港街道, not 东港: streets and estates are called so all over the country). Null when it names
 * none, two of them, or another city or district before it.
 */
export function adminCodes(address: string): AdminCodes {
  const { province, city, districtCode, towns } = district;
  const named = towns.filter((town) => address.includes(town.name));
  // 普陀山镇 and 普陀区 share characters; strip what is ours, then anything that still calls itself a city or district is another one.
  const [town] = named;
  if (town === undefined || named.length > 1) {
    const ours =
      address.includes(`${city}${district.district}`) ||
      address.includes(`${city.slice(0, -1)}${district.district}`);
    return ours ? { ...unknownPlace, adminCode: districtCode, districtCode } : unknownPlace;
  }
  const before = [province, city, district.district].reduce(
    (text, name) => text.replace(name, ''),
    address.slice(0, address.indexOf(town.name)),
  );
  if (/[省市区县]/.test(before)) return unknownPlace;
  return { adminCode: town.code, districtCode, townCode: town.code };
}

/** The codes of a town of this district by its own code, 9 digits; null for any other. */
export function townCodes(code: string): AdminCodes | null {
  if (!district.towns.some((town) => town.code === code)) return null;
  return { adminCode: code, districtCode: district.districtCode, townCode: code };
}
