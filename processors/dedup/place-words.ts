import { Dictionary } from './dictionary.ts';
import { hash16, hash32 } from './hash.ts';
import { tables } from './tables.ts';

/**
 * Proper names of places, cut to their two telling characters: 银帆 of 银帆路, 海棠 of 海棠苑12幢. Chinese writes no spaces, so a
 * name's beginning is not seen, but its end is: a suffix of the tables (路, 苑, 码头…). Two is what nearly all names have; longer
 * ones give their first and their last two.
 */
export interface PlaceWord {
  readonly text: string;
  /** A road, village or mountain: long, so that alone it does not make two places one. */
  readonly isRoad: boolean;
  /** Found in title or body, where every second name is not that of the place; not in the address. */
  readonly isMentioned: boolean;
}

const { place } = tables;
const roads = new Set(place.roads);
const noNames = new Set([...place.commonNouns, ...place.suffixes, ...place.generic]);
const stops = new Set(place.textStops);
/** CJK unified ideographs; rarer ones are in no name that a suffix of the tables ends. */
const isHan = (text: string, at: number): boolean => {
  const code = text.charCodeAt(at);
  return code >= 0x4e00 && code <= 0x9fff;
};

const dictionary = (words: readonly string[]): Dictionary<boolean> =>
  new Dictionary(words.map((word) => [word, roads.has(word)] as const));

const suffixes = dictionary(place.suffixes);
const generic = dictionary(place.generic);
const townNames = dictionary([...Object.values(place.towns).flat(), ...place.around]);
/** In a running text 站, 山 or 桥 end too many words that are no names. */
const textSuffixes = dictionary(
  place.suffixes.filter((suffix) => suffix.length > 1 || '路街弄巷苑岙邸'.includes(suffix)),
);

const maxAddress = 200;
const maxText = 600;

/** Names in an address: all that is neither town, generic word nor number. */
export function wordsOfAddress(address: string): PlaceWord[] {
  const text = address.slice(0, maxAddress).normalize('NFKC');
  const found: PlaceWord[] = [];
  let run = '';
  const end = (isRoad: boolean): void => {
    if (run.length >= 2) {
      found.push({ text: run.slice(-2), isRoad, isMentioned: false });
      if (run.length > 2) found.push({ text: run.slice(0, 2), isRoad, isMentioned: false });
    }
    run = '';
  };
  for (let i = 0; i < text.length; ) {
    const suffix = run.length >= 2 ? suffixes.longestAt(text, i) : undefined;
    if (suffix !== undefined) {
      end(suffix.meaning);
      i += suffix.word.length;
      continue;
    }
    const none = townNames.longestAt(text, i) ?? generic.longestAt(text, i);
    if (none !== undefined) {
      end(false);
      i += none.word.length;
      continue;
    }
    if (isHan(text, i)) run += text[i];
    else end(false);
    i++;
  }
  end(false);
  return found;
}

/** Names in title and body: the two characters before a suffix. */
export function wordsOfText(text: string): PlaceWord[] {
  const bare = text.slice(0, maxText);
  const found: PlaceWord[] = [];
  for (let i = 2; i < bare.length; i++) {
    const suffix = textSuffixes.longestAt(bare, i);
    if (suffix === undefined) continue;
    if (isName(bare, i - 2))
      found.push({ text: bare.slice(i - 2, i), isRoad: suffix.meaning, isMentioned: true });
    i += suffix.word.length - 1;
  }
  return found;
}

/** Two Han characters, none of which stands before common nouns. */
const isName = (text: string, at: number): boolean =>
  isHan(text, at) && isHan(text, at + 1) && !stops.has(text[at]!) && !stops.has(text[at + 1]!);

/**
 * 24 bits of a word; the last two tell a road and a mention. Sixteen would be too few: of the thousands of names in a district two
 * of a pair's would be equal by chance too often.
 */
export const wordCode = ({ text, isRoad, isMentioned }: PlaceWord): number =>
  ((hash32(text) >>> 8) & 0xfffffc) | (isMentioned ? 2 : 0) | (isRoad ? 1 : 0);
export const isRoadCode = (code: number): boolean => (code & 1) !== 0;
export const isMentionCode = (code: number): boolean => (code & 2) !== 0;
/** The name alone. */
export const nameOfCode = (code: number): number => code & 0xfffffc;

/** Words of a place: its address's, then its text's; each once, at most `limit`. */
export function placeWords(address: string | null, text: string, limit: number): PlaceWord[] {
  const words = new Map<string, PlaceWord>();
  for (const word of [...wordsOfAddress(address ?? ''), ...wordsOfText(text)]) {
    if (words.size === limit) break;
    if (!noNames.has(word.text) && !words.has(word.text)) words.set(word.text, word);
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

const firms = dictionary(place.firms);

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
