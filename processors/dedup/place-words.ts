import { hash16 } from './hash.ts';
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
}

const { place } = tables;
const roads = new Set(place.roads);
const stops = new Set(place.textStops);
const han = /\p{Script=Han}/u;
const byLength = (a: string, b: string): number => b.length - a.length;

/** Words by their first character, the longest first. */
function dictionary(words: readonly string[]): ReadonlyMap<string, readonly string[]> {
  return Map.groupBy([...words].sort(byLength), (word) => word[0]!);
}

const suffixes = dictionary(place.suffixes);
const generic = dictionary(place.generic);
const towns = [...place.towns].sort(byLength);
/** In a running text 站, 山 or 桥 end too many words that are no names. */
const textSuffixes = dictionary(
  place.suffixes.filter((suffix) => suffix.length > 1 || '路街弄巷苑岙邸'.includes(suffix)),
);

const longestAt = (
  words: ReadonlyMap<string, readonly string[]>,
  text: string,
  at: number,
): string | undefined => words.get(text[at]!)?.find((word) => text.startsWith(word, at));

const maxAddress = 200;
const maxText = 600;

/** Names in an address: all that is neither town, generic word nor number. */
export function wordsOfAddress(address: string): PlaceWord[] {
  let text = address.slice(0, maxAddress).normalize('NFKC');
  for (const town of towns) text = text.replaceAll(town, ' ');
  const found: PlaceWord[] = [];
  let run = '';
  const end = (isRoad: boolean): void => {
    if (run.length >= 2) {
      found.push({ text: run.slice(-2), isRoad });
      if (run.length > 2) found.push({ text: run.slice(0, 2), isRoad });
    }
    run = '';
  };
  for (let i = 0; i < text.length; ) {
    const suffix = longestAt(suffixes, text, i);
    if (suffix !== undefined && run.length >= 2) {
      end(roads.has(suffix));
      i += suffix.length;
      continue;
    }
    const word = longestAt(generic, text, i);
    if (word !== undefined) {
      end(false);
      i += word.length;
      continue;
    }
    if (han.test(text[i]!)) run += text[i];
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
    const suffix = longestAt(textSuffixes, bare, i);
    if (suffix === undefined) continue;
    const name = bare.slice(i - 2, i);
    if (![...name].every((char) => han.test(char) && !stops.has(char))) continue;
    if (longestAt(generic, name, 0) === name) continue;
    found.push({ text: name, isRoad: roads.has(suffix) });
    i += suffix.length - 1;
  }
  return found;
}

/** 16 bits of a word, the last one telling a road. */
export const wordCode = (word: PlaceWord): number =>
  (hash16(word.text) & 0xfffe) | (word.isRoad ? 1 : 0) || 2;
export const isRoadCode = (code: number): boolean => (code & 1) === 1;

/** Words of a place: its address's, then its text's; each once, at most `limit`. */
export function placeWords(address: string | null, text: string, limit: number): PlaceWord[] {
  const words = new Map<string, PlaceWord>();
  for (const word of [...wordsOfAddress(address ?? ''), ...wordsOfText(text)]) {
    if (words.size === limit) break;
    if (!words.has(word.text)) words.set(word.text, word);
  }
  return [...words.values()];
}
