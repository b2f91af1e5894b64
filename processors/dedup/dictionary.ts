import { compilePhrases, type PhraseFinder } from '../classify/phrases.ts';

/** Words found in a text in one pass, whatever their number. */
export class Dictionary<Meaning> {
  readonly #meanings: readonly Meaning[];
  readonly #finder: PhraseFinder;
  /** 1 for a code unit that begins a word: at most places of a text none does. */
  readonly #begins = new Uint8Array(0x10000);
  readonly #byFirst = new Map<number, { readonly word: string; readonly meaning: Meaning }[]>();

  constructor(entries: Iterable<readonly [word: string, meaning: Meaning]>) {
    const all = [...entries];
    this.#meanings = all.map(([, meaning]) => meaning);
    this.#finder = compilePhrases(all.map(([word]) => word));
    for (const [word, meaning] of all) {
      const first = word.charCodeAt(0);
      this.#begins[first] = 1;
      const words = this.#byFirst.get(first) ?? [];
      words.push({ word, meaning });
      this.#byFirst.set(first, words);
    }
    for (const words of this.#byFirst.values()) words.sort((a, b) => b.word.length - a.word.length);
  }

  /** The longest word that stands at this index, letter for letter. */
  longestAt(text: string, at: number): { readonly word: string; readonly meaning: Meaning } | undefined {
    const first = text.charCodeAt(at);
    if (this.#begins[first] !== 1) return undefined;
    for (const entry of this.#byFirst.get(first)!) if (text.startsWith(entry.word, at)) return entry;
    return undefined;
  }

  /** Every word of the text in whatever width and case, overlapping ones too. */
  eachIn(text: string, found: (meaning: Meaning) => void): void {
    this.#finder.find(text, (word) => found(this.#meanings[word]!));
  }
}
