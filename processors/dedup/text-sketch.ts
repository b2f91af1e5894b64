import { finish, hash32 } from './hash.ts';

/**
 * What is kept of a text so that resemblance and containment of two texts can be estimated (domain.md §6 "re-post"): the
 * smallest hashes of its character 4-grams. The share of hashes below a common limit that both texts have estimates the
 * Jaccard similarity; counted against the smaller text's own, it estimates how much of that text the other contains.
 */
export interface TextSketch {
  /** Characters after normalization. */
  readonly length: number;
  /** Distinct 4-grams. */
  readonly grams: number;
  /** Hash of the whole normalized text; 0 for an empty one. */
  readonly exact: number;
  /** Hashes of all distinct 4-grams, ascending. */
  readonly hashes: Uint32Array;
  readonly clauses: readonly string[];
}

const gramLength = 4;
/** Characters that are read, as in `classify`: a text of megabytes must not hold up the pipeline. */
const maxLength = 10_000;

/** Runs of letters, digits and Han in one width and case, as punctuation parts them: re-formatting changes nothing else. */
const clausesOf = (text: string): string[] =>
  text
    .slice(0, maxLength)
    .normalize('NFKC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}]+/u);

export function sketchOf(text: string): TextSketch {
  const clauses = clausesOf(text);
  const bare = clauses.join('');
  const count = Math.max(0, bare.length - gramLength + 1);
  const hashes = new Uint32Array(count);
  for (let i = 0; i < count; i++) {
    let hash = 0x9747b28c;
    for (let j = i; j < i + gramLength; j++) hash = Math.imul(hash ^ bare.charCodeAt(j), 0x01000193);
    hashes[i] = finish(hash);
  }
  hashes.sort();
  let distinct = 0;
  for (let i = 0; i < count; i++) {
    if (i === 0 || hashes[i] !== hashes[i - 1]) hashes[distinct++] = hashes[i]!;
  }
  return {
    length: bare.length,
    grams: distinct,
    exact: bare === '' ? 0 : hash32(bare),
    hashes: hashes.subarray(0, distinct),
    clauses,
  };
}

/** A hash in 16 bits that keep the order: 5 for its size, 11 for what follows the first bit. Small hashes stay apart. */
export function shortHash(hash: number): number {
  const zeros = Math.clz32(hash);
  return zeros === 32 ? 0 : ((31 - zeros) << 11) | (((hash << zeros) << 1) >>> 21);
}

const bandSeeds = 4;
/** Shorter ones are phrases that many use. */
const leastClause = 8;

/**
 * Blocking keys of a text. The smallest hash in each of four parts of its 4-grams: two texts of similarity J share one with
 * 1-(1-J)^4. The hashes of its longest clauses besides: where one text contains the other, they are what both have.
 */
export function textBands(sketch: TextSketch, clauses: number): number[] {
  const bands: number[] = [];
  const found = new Uint8Array(bandSeeds);
  for (const hash of sketch.hashes) {
    const part = hash % bandSeeds;
    if (found[part] === 1) continue;
    found[part] = 1;
    bands.push(finish(hash ^ 0x7e47));
    if (bands.length === bandSeeds) break;
  }
  const longest = sketch.clauses
    .filter((clause) => clause.length >= leastClause)
    .sort((a, b) => b.length - a.length || (a < b ? -1 : a > b ? 1 : 0));
  for (const clause of new Set(longest.slice(0, clauses))) bands.push(hash32(clause, 0xc1a5e));
  return bands;
}
