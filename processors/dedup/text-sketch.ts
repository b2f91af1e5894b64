import { finish } from './hash.ts';

/**
 * What is kept of a text so that resemblance and containment of two texts can be estimated (domain.md §6 "re-post"): the
 * smallest hashes of its character 4-grams. The share of hashes below a common limit that both texts have estimates the
 * Jaccard similarity; counted against the smaller text's own, it estimates how much of that text the other contains.
 */
export interface TextSketch {
  /** Characters after normalization. */
  readonly length: number;
  /** Distinct 4-grams, counted up to 44: more are never kept. */
  readonly grams: number;
  /** Hash of the whole normalized text; 0 for an empty one. */
  readonly exact: number;
  /** Their hashes, ascending: of the smallest, if there are more. */
  readonly hashes: Uint32Array;
  /** Blocking keys of the text: of its longest clauses, the longest first. */
  readonly clauses: readonly number[];
  /** Blocking keys of the text: of the smallest hashes of its 8-grams, one of each quarter of all hashes. */
  readonly bands: readonly number[];
}

const gramLength = 4;
/** A 4-gram is a phrase that thousands use; eight characters in a row are one text's own, or a template's. */
const bandLength = 2 * gramLength;
const bandParts = 4;
/** Shorter clauses are phrases that many use. */
const leastClause = 8;
const mostClauses = 4;
/** Characters that are read, as in `classify`: a text of megabytes must not hold up the pipeline. */
const maxLength = 10_000;

const fnvStart = 0x811c9dc5;
const fnvPrime = 0x01000193;
const gramStart = 0x9747b28c;
const clauseStart = fnvStart ^ 0xc1a5e;

/** Of the text at hand, used again for every text: normalized units, and hashes of the 4-grams that begin at each of them. */
const units = new Uint16Array(maxLength * 2);
const grams = new Uint32Array(maxLength * 2);
const sorted = new Uint32Array(maxLength * 2);

export function sketchOf(text: string): TextSketch {
  const read = text.length > maxLength ? text.slice(0, maxLength) : text;
  const clauses = new Longest();
  const length = fold(read, clauses);
  let exact = fnvStart;
  for (let i = 0; i < length; i++) exact = Math.imul(exact ^ units[i]!, fnvPrime);
  const count = Math.max(0, length - gramLength + 1);
  for (let i = 0; i < count; i++) {
    let hash = Math.imul(gramStart ^ units[i]!, fnvPrime);
    hash = Math.imul(hash ^ units[i + 1]!, fnvPrime);
    hash = Math.imul(hash ^ units[i + 2]!, fnvPrime);
    hash = Math.imul(hash ^ units[i + 3]!, fnvPrime);
    const spread = finish(hash);
    grams[i] = spread;
  }
  const hashes = smallest(count);
  return {
    length,
    grams: hashes.length,
    exact: length === 0 ? 0 : finish(exact),
    hashes,
    clauses: clauses.hashes(),
    bands: bandsOf(length),
  };
}

/** More never fit into an entry. */
const mostHashes = 44;

/**
 * The smallest distinct ones of the first `count` hashes in `grams`. Hashes are spread evenly, so those below a bound are a little more
 * than are wanted, nearly always; else all are sorted.
 */
function smallest(count: number): Uint32Array {
  const bound = Math.ceil((0x1_0000_0000 * 1.5 * mostHashes) / count);
  let below = 0;
  for (let i = 0; i < count; i++) if (grams[i]! < bound) sorted[below++] = grams[i]!;
  const distinct = sortDistinct(below);
  if (distinct < mostHashes && below < count) {
    sorted.set(grams.subarray(0, count));
    return sorted.slice(0, Math.min(sortDistinct(count), mostHashes));
  }
  return sorted.slice(0, Math.min(distinct, mostHashes));
}

/** Sorts the first `count` of `sorted`, each once to its front. @returns how many they are */
function sortDistinct(count: number): number {
  sorted.subarray(0, count).sort();
  let distinct = 0;
  for (let i = 0; i < count; i++) {
    if (i === 0 || sorted[i] !== sorted[i - 1]) sorted[distinct++] = sorted[i]!;
  }
  return distinct;
}

function bandsOf(length: number): number[] {
  const smallest = [none, none, none, none];
  for (let i = 0; i + bandLength <= length; i++) {
    const hash = finish(Math.imul(grams[i]!, 0x9e3779b1) ^ grams[i + gramLength]!);
    const part = hash % bandParts;
    if (hash < smallest[part]!) smallest[part] = hash;
  }
  return smallest.filter((hash) => hash !== none);
}
const none = 0xffffffff;

/** The longest clauses of a text; of equal length those of smaller hash, so that their order in the text says nothing. */
class Longest {
  readonly #lengths: number[] = [];
  readonly #hashes: number[] = [];

  add(length: number, state: number): void {
    if (length < leastClause) return;
    const hash = finish(state);
    if (this.#hashes.includes(hash)) return;
    let at = this.#lengths.length;
    while (
      at > 0 &&
      (this.#lengths[at - 1]! < length || (this.#lengths[at - 1] === length && this.#hashes[at - 1]! > hash))
    )
      at--;
    if (at === mostClauses) return;
    this.#lengths.splice(at, 0, length);
    this.#hashes.splice(at, 0, hash);
    if (this.#lengths.length > mostClauses) {
      this.#lengths.pop();
      this.#hashes.pop();
    }
  }

  clear(): void {
    this.#lengths.length = 0;
    this.#hashes.length = 0;
  }

  hashes(): readonly number[] {
    return this.#hashes;
  }
}

/**
 * Writes letters, digits and Han in one width and case into `units`, and tells the clauses as punctuation parts them: re-formatting
 * changes nothing else. @returns how many units
 */
function fold(text: string, clauses: Longest): number {
  let length = 0;
  let start = 0;
  let hash = clauseStart;
  for (let i = 0; i < text.length; i++) {
    const code = text.charCodeAt(i);
    const unit = isHan(code) ? code : foldOf(code);
    if (unit === manifold) return foldSlowly(text, clauses);
    if (unit !== parting) {
      units[length++] = unit;
      hash = Math.imul(hash ^ unit, fnvPrime);
    } else if (length > start) {
      clauses.add(length - start, hash);
      start = length;
      hash = clauseStart;
    }
  }
  clauses.add(length - start, hash);
  return length;
}

/** CJK unified ideographs: letters that stay as they are, nearly all of a text. */
const isHan = (code: number): boolean => code >= 0x4e00 && code <= 0x9fff;

/** As Unicode has it, for texts with a sign that is not one unit, or is none by itself. */
function foldSlowly(text: string, clauses: Longest): number {
  clauses.clear();
  let length = 0;
  for (const clause of text.normalize('NFKC').toLowerCase().split(notInWord)) {
    const start = length;
    let hash = clauseStart;
    for (let i = 0; i < clause.length && length < units.length; i++) {
      const unit = clause.charCodeAt(i);
      units[length++] = unit;
      hash = Math.imul(hash ^ unit, fnvPrime);
    }
    clauses.add(length - start, hash);
  }
  return length;
}

const notInWord = /[^\p{L}\p{N}]+/u;
const inWord = /^[\p{L}\p{N}]$/u;
/** What changes with its neighbours: marks, surrogates, Korean letters, the Greek sigma. */
const joining = /[\p{M}\p{Cs}\u1100-\u11ff\u03a3]/u;

/** What becomes of a unit; found when it is first met. */
const folds = new Int32Array(0x10000).fill(-1);
const parting = 0;
const manifold = 0x10000;

function foldOf(code: number): number {
  const known = folds[code]!;
  if (known >= 0) return known;
  const char = String.fromCharCode(code);
  const folded = char.normalize('NFKC').toLowerCase();
  const found =
    joining.test(char) || joining.test(folded)
      ? manifold
      : folded.split(notInWord).every((part) => part === '')
        ? parting
        : folded.length === 1 && inWord.test(folded)
          ? folded.charCodeAt(0)
          : manifold;
  folds[code] = found;
  return found;
}

/** A hash in 16 bits that keep the order: 5 for its size, 11 for what follows the first bit. Small hashes stay apart. */
export function shortHash(hash: number): number {
  const zeros = Math.clz32(hash);
  return zeros === 32 ? 0 : ((31 - zeros) << 11) | (((hash << zeros) << 1) >>> 21);
}
