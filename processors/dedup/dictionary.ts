import { UnitSet } from '../text/unit-set.ts';

interface Entry<Meaning> {
  readonly word: string;
  readonly meaning: Meaning;
}

/** Words with a meaning each, looked up at a place of a text. */
export class Dictionary<Meaning> {
  /** At most places of a text no word begins. */
  readonly #begins: UnitSet;
  /** By their first unit, the longest first. */
  readonly #words: ReadonlyMap<number, readonly Entry<Meaning>[]>;

  constructor(entries: Iterable<readonly [word: string, meaning: Meaning]>) {
    const words = Array.from(entries, ([word, meaning]) => ({ word, meaning }));
    words.sort((a, b) => b.word.length - a.word.length);
    this.#words = Map.groupBy(words, ({ word }) => word.charCodeAt(0));
    this.#begins = new UnitSet(words.map(({ word }) => word.charAt(0)));
  }

  /** The longest word that stands at this index, letter for letter. */
  longestAt(text: string, at: number): Entry<Meaning> | undefined {
    const first = text.charCodeAt(at);
    if (!this.#begins.has(first)) return undefined;
    for (const entry of this.#words.get(first)!) if (text.startsWith(entry.word, at)) return entry;
    return undefined;
  }
}
