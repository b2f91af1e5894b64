/**
 * Chance without a state: the same seed and keys give the same number, whatever was drawn before. FNV-1a over the keys, mixed by
 * the finalizer of MurmurHash3. @returns [0, 1)
 */
export function draw(seed: number, ...keys: readonly (string | number)[]): number {
  let hash = 0x811c9dc5 ^ seed;
  for (const char of keys.join('\u0000')) hash = Math.imul(hash ^ char.codePointAt(0)!, 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return ((hash ^ (hash >>> 16)) >>> 0) / 2 ** 32;
}

/** An integer in [from, to]. */
export function drawInt(
  from: number,
  to: number,
  seed: number,
  ...keys: readonly (string | number)[]
): number {
  return from + Math.floor(draw(seed, ...keys) * (to - from + 1));
}

export function drawOne<T>(choices: readonly T[], seed: number, ...keys: readonly (string | number)[]): T {
  return choices[drawInt(0, choices.length - 1, seed, ...keys)]!;
}
