/** 32-bit hash of a text (FNV-1a over its UTF-16 units, then murmur3's finisher): the same on every machine, not secret. */
export function hash32(text: string, seed = 0): number {
  let hash = 0x811c9dc5 ^ seed;
  for (let i = 0; i < text.length; i++) hash = Math.imul(hash ^ text.charCodeAt(i), 0x01000193);
  return finish(hash);
}

/** Never 0: there 0 says "nothing known". */
export const hash16 = (text: string): number => (hash32(text) % 0xffff) + 1;

/** Spreads the bits of a number over all 32. */
export function finish(hash: number): number {
  let mixed = hash ^ (hash >>> 16);
  mixed = Math.imul(mixed, 0x85ebca6b);
  mixed ^= mixed >>> 13;
  mixed = Math.imul(mixed, 0xc2b2ae35);
  return (mixed ^ (mixed >>> 16)) >>> 0;
}
