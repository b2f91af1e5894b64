import { Dictionary } from './dictionary.ts';
import { hash16, hash32 } from './hash.ts';
import { tables } from './tables.ts';

/**
 * Proper names of places, cut to their two telling characters: 银帆 of 银帆路, 海棠 of 海棠苑12幢. Chinese writes no spaces, so a
 * name's beginning is not seen, but its end is: a suffix of the tables (路, 苑, 码头…). Two is what nearly all names have; longer
 * ones give their first and their last two. A place that has no name of its own is known by its town's: 虾峙渡口, 东港二区.
 */
export interface PlaceWord {
  readonly text: string;
  readonly kind: PlaceKind;
  /** Found in title or body, where every second name is not that of the place; not in the address. */
  readonly isMentioned: boolean;
}

/** What a name is the name of, by its suffix; bare without one. 海棠小区 and 海棠市场 are two places, 海棠 may be either. */
export const placeKinds = ['bare', 'road', 'area', 'home', 'trade', 'school', 'traffic', 'site'] as const;
export type PlaceKind = (typeof placeKinds)[number];

const { place } = tables;
const kinds: readonly (readonly [word: string, kind: PlaceKind])[] = Object.entries(place.suffixes).flatMap(
  ([kind, words]) => words.map((word) => [word, kind as PlaceKind] as const),
);
const towns = Object.values(place.towns).flat();
const noNames = new Set([
  ...place.commonNouns,
  ...kinds.map(([word]) => word),
  ...place.generic,
  ...place.around,
  ...towns,
]);
const fewInTown = new Set(place.fewInTown);
const stops = new Set(place.textStops);
/** CJK unified ideographs; rarer ones are in no name that a suffix of the tables ends. */
const isHan = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 0x4e00 && code <= 0x9fff;
};

const suffixes = new Dictionary(kinds);
const generic = new Dictionary(place.generic.map((word) => [word, true] as const));
/** A town's names, by its short one, which is the last; what lies around gives no town. */
const townNames = new Dictionary<string>([
  ...Object.values(place.towns).flatMap((names) => names.map((name) => [name, names.at(-1)!] as const)),
  ...place.around.map((name) => [name, ''] as const),
]);
/** In a running text 站, 山 or 桥 end too many words that are no names. */
const textSuffixes = new Dictionary(
  kinds.filter(([suffix]) => suffix.length > 1 || '路街弄巷苑岙邸'.includes(suffix)),
);

const maxAddress = 200;
const maxText = 600;

/**
 * Names in an address: all that is neither town, generic word nor number. What has no name of its own has that of the road before it
 * (海印路菜场), or of its town, if that has few of its sort.
 * @param town short name of the town that the source gives; empty = unknown
 */
export function wordsOfAddress(address: string, town = ''): PlaceWord[] {
  const text = address.slice(0, maxAddress).normalize('NFKC');
  const found: PlaceWord[] = [];
  let owner = town;
  let isOwnedByRoad = false;
  let run = '';
  const add = (name: string, kind: PlaceKind): void =>
    void found.push({ text: name, kind, isMentioned: false });
  const end = (kind: PlaceKind): void => {
    if (run.length >= 2) {
      add(run.slice(-2), kind);
      if (run.length > 2) add(run.slice(0, 2), kind);
    }
    run = '';
  };
  for (let i = 0; i < text.length; ) {
    const suffix = run.length >= 2 || (run === '' && owner !== '') ? suffixes.longestAt(text, i) : undefined;
    if (suffix !== undefined && (run.length >= 2 || suffix.word.length > 1)) {
      const kind = suffix.meaning;
      const isNamed = run.length >= 2 && !noNames.has(run);
      i += suffix.word.length;
      if (!isNamed) {
        if (owner !== '' && (isOwnedByRoad || fewInTown.has(suffix.word)))
          add(`${owner}${run}${suffix.word}`, kind);
        run = '';
        continue;
      }
      end(kind);
      if (kind !== 'road') continue;
      owner = found.at(-1)!.text;
      isOwnedByRoad = true;
      const house = houseAt(text, i);
      if (house !== '') add(`${owner}${house}`, 'bare');
      continue;
    }
    const other = townNames.longestAt(text, i);
    if (other !== undefined) {
      end('bare');
      if (other.meaning !== '') owner = other.meaning;
      isOwnedByRoad = false;
      i += other.word.length;
      continue;
    }
    const none = generic.longestAt(text, i);
    if (none !== undefined) {
      end('bare');
      i += none.word.length;
      continue;
    }
    if (isHan(text, i)) run += text[i];
    else end('bare');
    i++;
  }
  end('bare');
  return found;
}

/** A house's number that stands right behind the road: 57号, 57弄. */
function houseAt(text: string, at: number): string {
  let end = at;
  while (end < at + 5 && text.charCodeAt(end) >= 0x30 && text.charCodeAt(end) <= 0x39) end++;
  return end > at && text[end] === '号' ? text.slice(at, end) : '';
}

/** Names in title and body: the two characters before a suffix. */
export function wordsOfText(text: string): PlaceWord[] {
  const bare = text.slice(0, maxText);
  const found: PlaceWord[] = [];
  for (let i = 2; i < bare.length; i++) {
    const suffix = textSuffixes.longestAt(bare, i);
    if (suffix === undefined) continue;
    const name = bare.slice(i - 2, i);
    const kind = suffix.meaning;
    if (townNames.longestAt(bare, i - 2)?.word === name) {
      if (suffix.word.length > 1) found.push({ text: `${name}${suffix.word}`, kind, isMentioned: true });
    } else if (isName(bare, i - 2)) found.push({ text: name, kind, isMentioned: true });
    i += suffix.word.length - 1;
  }
  return found;
}

/** Two Han characters, none of which stands before common nouns. */
const isName = (text: string, at: number): boolean =>
  isHan(text, at) && isHan(text, at + 1) && !stops.has(text[at]!) && !stops.has(text[at + 1]!);

/**
 * 24 bits of a word: 20 of its name, 3 of its kind, the last tells a mention. Sixteen for the name would be too few: of the
 * thousands of names in a district two of a pair's would be equal by chance too often.
 */
export const wordCode = ({ text, kind, isMentioned }: PlaceWord): number =>
  ((hash32(text) >>> 8) & 0xfffff0) | (placeKinds.indexOf(kind) << 1) | (isMentioned ? 1 : 0);
const kindOfCode = (code: number): number => (code >>> 1) & 7;
const road = placeKinds.indexOf('road');
const area = placeKinds.indexOf('area');
/** A road, village or mountain: long, so that alone it does not make two places one. */
export const isRoadCode = (code: number): boolean => kindOfCode(code) === road || kindOfCode(code) === area;
export const isBareCode = (code: number): boolean => kindOfCode(code) === 0;
export const isMentionCode = (code: number): boolean => (code & 1) !== 0;
/** The name alone. */
export const nameOfCode = (code: number): number => code & 0xfffff0;
/** Of one name: of one kind too, or one of them said without. */
export const isOneKind = (one: number, other: number): boolean =>
  kindOfCode(one) === kindOfCode(other) || kindOfCode(one) === 0 || kindOfCode(other) === 0;

/** Words of a place: its address's, then its text's; each once, at most `limit`. */
export function placeWords(
  address: string | null,
  text: string,
  limit: number,
  townCode: string | null = null,
): PlaceWord[] {
  const words = new Map<string, PlaceWord>();
  for (const word of [
    ...wordsOfAddress(address ?? '', townCode === null ? '' : (place.towns[townCode]?.at(-1) ?? '')),
    ...wordsOfText(text),
  ]) {
    if (words.size === limit) break;
    const name = `${word.text}${word.isMentioned ? '' : word.kind}`;
    if (!noNames.has(word.text) && !words.has(name)) words.set(name, word);
  }
  return [...words.values()];
}

/** Code of the one town that a text names; null for none or several. */
export function townNamed(text: string): string | null {
  const named = Object.keys(place.towns).filter((code) =>
    place.towns[code]!.some((name) => text.includes(name)),
  );
  return named.length === 1 ? named[0]! : null;
}

const firms = new Dictionary(place.firms.map((word) => [word, true] as const));

/** Name of the first firm that a text names (蓝屿 of 蓝屿旅行社), hashed; 0 for none. */
export function firmOf(text: string): number {
  const end = Math.min(text.length, maxText);
  for (let i = 2; i < end; i++) {
    if (firms.longestAt(text, i) === undefined || !isName(text, i - 2)) continue;
    const name = text.slice(i - 2, i);
    if (!noNames.has(name)) return hash16(name);
  }
  return 0;
}
