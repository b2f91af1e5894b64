/** Words found in a text in one pass, whatever their number: looked up by the code of their first character. */
export class Dictionary<Meaning> {
  readonly #byFirst = new Map<number, { readonly word: string; readonly meaning: Meaning }[]>();

  constructor(entries: Iterable<readonly [word: string, meaning: Meaning]>) {
    for (const [word, meaning] of entries) {
      const first = word.charCodeAt(0);
      const words = this.#byFirst.get(first) ?? [];
      words.push({ word, meaning });
      this.#byFirst.set(first, words);
    }
    for (const words of this.#byFirst.values()) words.sort((a, b) => b.word.length - a.word.length);
  }

  /** The longest word that stands at this index. */
  longestAt(text: string, at: number): { readonly word: string; readonly meaning: Meaning } | undefined {
    const words = this.#byFirst.get(text.charCodeAt(at));
    if (words === undefined) return undefined;
    for (const entry of words) if (text.startsWith(entry.word, at)) return entry;
    return undefined;
  }

  /** Every word of the text, overlapping ones too. */
  eachIn(text: string, found: (meaning: Meaning) => void): void {
    for (let at = 0; at < text.length; at++) {
      const words = this.#byFirst.get(text.charCodeAt(at));
      if (words === undefined) continue;
      for (const { word, meaning } of words) if (text.startsWith(word, at)) found(meaning);
    }
  }

  has(text: string): boolean {
    for (let at = 0; at < text.length; at++) if (this.longestAt(text, at) !== undefined) return true;
    return false;
  }
}
