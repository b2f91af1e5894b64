/**
 * Finds all phrases of a fixed list in a text in one pass. Phrases are a few characters long, so a trie walked from
 * every position is bounded by text length × longest phrase, whatever the text: nothing can backtrack.
 */
export interface PhraseFinder {
  /** Calls `visit` for every occurrence, overlapping ones included, by rising start and then rising length. `end` is exclusive. */
  find(text: string, visit: (phrase: number, start: number, end: number) => void): void;
}

/** ASCII letters to lower case, full-width forms to half-width; one code unit to one, so positions stay true. */
const folds = Uint16Array.from({ length: 0x10000 }, (_, unit) => {
  const half = unit >= 0xff01 && unit <= 0xff5e ? unit - 0xfee0 : unit;
  return half >= 65 && half <= 90 ? half + 32 : half;
});

export function foldText(text: string): string {
  let folded = '';
  for (let i = 0; i < text.length; i++) folded += String.fromCharCode(folds[text.charCodeAt(i)]!);
  return folded;
}

/** @param phrases non-empty strings; the index of a phrase is its name in `find`. Equal phrases are all reported. */
export function compilePhrases(phrases: readonly string[]): PhraseFinder {
  const roots = new Int32Array(0x10000);
  const edges = new Map<number, number>();
  const endsAt: (number[] | undefined)[] = [undefined];

  const child = (node: number, unit: number): number =>
    node === 0 ? roots[unit]! : (edges.get(node * 0x10000 + unit) ?? 0);

  phrases.forEach((phrase, index) => {
    if (phrase.length === 0) throw new RangeError(`phrase ${index} is empty`);
    let node = 0;
    for (let i = 0; i < phrase.length; i++) {
      const unit = folds[phrase.charCodeAt(i)]!;
      let to = child(node, unit);
      if (to === 0) {
        to = endsAt.push(undefined) - 1;
        if (node === 0) roots[unit] = to;
        else edges.set(node * 0x10000 + unit, to);
      }
      node = to;
    }
    endsAt[node] = [...(endsAt[node] ?? []), index];
  });

  return {
    find(text, visit) {
      for (let start = 0; start < text.length; start++) {
        let node = roots[folds[text.charCodeAt(start)]!]!;
        for (let end = start + 1; node !== 0; end++) {
          const found = endsAt[node];
          if (found !== undefined) for (const phrase of found) visit(phrase, start, end);
          if (end >= text.length) break;
          node = edges.get(node * 0x10000 + folds[text.charCodeAt(end)]!) ?? 0;
        }
      }
    },
  };
}
