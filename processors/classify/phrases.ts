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

/** Room of the table per edge of the trie, a power of two: collisions are few, and all of it stays in the cache. */
const roomPerEdge = 4;

/** @param phrases non-empty strings; the index of a phrase is its name in `find`. Equal phrases are all reported. */
export function compilePhrases(phrases: readonly string[]): PhraseFinder {
  /** Units that occur in phrases, numbered from 1 after folding; 0 for all others, at which every walk ends. */
  const signs = new Uint16Array(0x10000);
  let count = 0;
  const foldedSigns = new Map<number, number>();
  for (const phrase of phrases) {
    for (let i = 0; i < phrase.length; i++) {
      const unit = folds[phrase.charCodeAt(i)]!;
      if (!foldedSigns.has(unit)) foldedSigns.set(unit, ++count);
    }
  }
  for (let unit = 0; unit < signs.length; unit++) signs[unit] = foldedSigns.get(folds[unit]!) ?? 0;

  const edges = new Map<number, number>();
  const endsAt: (number[] | undefined)[] = [undefined];
  phrases.forEach((phrase, index) => {
    if (phrase.length === 0) throw new RangeError(`phrase ${index} is empty`);
    let node = 0;
    for (let i = 0; i < phrase.length; i++) {
      const edge = node * (count + 1) + signs[phrase.charCodeAt(i)]!;
      let to = edges.get(edge);
      if (to === undefined) {
        to = endsAt.push(undefined) - 1;
        edges.set(edge, to);
      }
      node = to;
    }
    endsAt[node] = [...(endsAt[node] ?? []), index];
  });

  // The edges as a table of open addressing: an edge at its hash or, where that is taken, at the next free place.
  const room = 2 ** Math.ceil(Math.log2(Math.max(1, edges.size) * roomPerEdge));
  const mask = room - 1;
  const keys = new Int32Array(room).fill(-1);
  const targets = new Int32Array(room);
  for (const [edge, to] of edges) {
    if (edge > 0x7fffffff) throw new RangeError('too many phrases');
    let at = hash(edge) & mask;
    while (keys[at] !== -1) at = (at + 1) & mask;
    keys[at] = edge;
    targets[at] = to;
  }
  const roots = new Int32Array(count + 1);
  for (const sign of foldedSigns.values()) roots[sign] = edges.get(sign) ?? 0;

  return {
    find(text, visit) {
      const { length } = text;
      for (let start = 0; start < length; start++) {
        let node = roots[signs[text.charCodeAt(start)]!]!;
        for (let end = start + 1; node !== 0; end++) {
          const found = endsAt[node];
          if (found !== undefined) for (const phrase of found) visit(phrase, start, end);
          if (end === length) break;
          const sign = signs[text.charCodeAt(end)]!;
          if (sign === 0) break;
          const edge = node * (count + 1) + sign;
          let at = hash(edge) & mask;
          while (keys[at] !== edge && keys[at] !== -1) at = (at + 1) & mask;
          node = keys[at] === edge ? targets[at]! : 0;
        }
      }
    },
  };
}

const hash = (edge: number): number => {
  const mixed = Math.imul(edge, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
};
