/**
 * Finds all phrases of a fixed list in a text in one pass. Phrases are a few characters long, so a trie walked from
 * every position is bounded by text length × longest phrase, whatever the text: nothing can backtrack.
 */
export interface PhraseFinder {
  /**
   * Calls `visit` for every occurrence, overlapping ones included, by rising start and then rising length. `end` is exclusive. No other
   * text is read meanwhile.
   */
  find(text: string, visit: (phrase: number, start: number, end: number) => void): void;
}

/** ASCII letters to lower case, full-width forms to half-width; one code unit to one, so positions stay true. */
const fold = (unit: number): number => {
  const half = unit >= 0xff01 && unit <= 0xff5e ? unit - 0xfee0 : unit;
  return half >= 65 && half <= 90 ? half + 32 : half;
};

export function foldText(text: string): string {
  let folded = '';
  for (let i = 0; i < text.length; i++) folded += String.fromCharCode(fold(text.charCodeAt(i)));
  return folded;
}

/**
 * Units that occur in phrases, whatever list they are of, numbered from 1 after folding; 0 for all others, at which every walk ends.
 * One table for all lists: a character of a text costs one look-up in a large table, and small ones from there on.
 */
const signs = new Uint16Array(0x10000);
const foldedSigns = new Map<number, number>();

function signOf(unit: number): number {
  const folded = fold(unit);
  const known = foldedSigns.get(folded);
  if (known !== undefined) return known;
  const sign = foldedSigns.size + 1;
  foldedSigns.set(folded, sign);
  for (const form of formsOf(folded)) signs[form] = sign;
  return sign;
}

/** All units that fold to this one. */
function formsOf(folded: number): number[] {
  const half = folded >= 97 && folded <= 122 ? [folded, folded - 32] : [folded];
  return half.flatMap((unit) => (unit >= 0x21 && unit <= 0x7e ? [unit, unit + 0xfee0] : [unit]));
}

/** The text at hand, sign by sign, with an end that no walk passes. */
let scratch = new Uint16Array(1024);

function signsOf(text: string): Uint16Array {
  const { length } = text;
  if (length >= scratch.length) scratch = new Uint16Array(2 * (length + 1));
  const read = scratch;
  for (let at = 0; at < length; at++) read[at] = signs[text.charCodeAt(at)]!;
  read[length] = 0;
  return read;
}

/** Room of the table per edge of the trie, a power of two: collisions are few. */
const roomPerEdge = 4;
const signBits = 16;
const maxNodes = 1 << (31 - signBits);

/** @param phrases non-empty strings; the index of a phrase is its name in `find`. Equal phrases are all reported. */
export function compilePhrases(phrases: readonly string[]): PhraseFinder {
  const edges = new Map<number, number>();
  const endsAt: (number[] | undefined)[] = [undefined];
  phrases.forEach((phrase, index) => {
    if (phrase.length === 0) throw new RangeError(`phrase ${index} is empty`);
    let node = 0;
    for (let i = 0; i < phrase.length; i++) {
      const edge = (node << signBits) | signOf(phrase.charCodeAt(i));
      let to = edges.get(edge);
      if (to === undefined) {
        to = endsAt.push(undefined) - 1;
        edges.set(edge, to);
      }
      node = to;
    }
    endsAt[node] = [...(endsAt[node] ?? []), index];
  });
  if (endsAt.length > maxNodes) throw new RangeError('too many phrases');

  // The edges as a table of open addressing: an edge at its hash or, where that is taken, at the next free place; beside it where it leads.
  const room = 2 ** Math.ceil(Math.log2(Math.max(1, edges.size) * roomPerEdge));
  const mask = room - 1;
  const table = new Int32Array(2 * room).fill(-1);
  const roots = new Uint16Array(0x10000);
  /** A bit for each sign that leads on from a node, and for those that are equal to it modulo 32: most walks end here. */
  const onward = new Int32Array(endsAt.length);
  for (const [edge, to] of edges) {
    const node = edge >> signBits;
    const sign = edge & 0xffff;
    if (node === 0) {
      roots[sign] = to;
      continue;
    }
    onward[node]! |= 1 << (sign & 31);
    let at = hash(edge) & mask;
    while (table[2 * at] !== -1) at = (at + 1) & mask;
    table[2 * at] = edge;
    table[2 * at + 1] = to;
  }

  return {
    find(text, visit) {
      const { length } = text;
      const read = signsOf(text);
      for (let start = 0; start < length; start++) {
        let node = roots[read[start]!]!;
        for (let end = start + 1; node !== 0; end++) {
          const found = endsAt[node];
          if (found !== undefined) for (const phrase of found) visit(phrase, start, end);
          const sign = read[end]!;
          if (sign === 0 || ((onward[node]! >>> (sign & 31)) & 1) === 0) break;
          const edge = (node << signBits) | sign;
          let at = hash(edge) & mask;
          while (table[2 * at] !== edge && table[2 * at] !== -1) at = (at + 1) & mask;
          node = table[2 * at] === edge ? table[2 * at + 1]! : 0;
        }
      }
    },
  };
}

const hash = (edge: number): number => {
  const mixed = Math.imul(edge, 0x9e3779b1);
  return mixed ^ (mixed >>> 15);
};
