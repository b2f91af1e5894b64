/** A pure source of chance: the same seed and stream give the same numbers on every machine. */
export interface Random {
  /** [0, 1), 32 bits of it. */
  next(): number;
  /** A whole number of 0 … n - 1. */
  below(n: number): number;
  /** True with probability `p`. A `p` of 0 takes no number from the stream. */
  chance(p: number): boolean;
  /** One of a non-empty list. */
  pick<T>(list: readonly T[]): T;
}

/**
 * sfc32 (Chris Doty-Humphrey, PractRand), seeded through splitmix32. Each concern takes a `stream` of its own, so that one more
 * draw of one concern does not change what the others see.
 * @param seed a whole number, 0 … 2^53 - 1.
 */
export function seededRandom(seed: number, stream: string): Random {
  let mix = 0x811c9dc5;
  for (let i = 0; i < stream.length; i++) mix = Math.imul(mix ^ stream.charCodeAt(i), 0x01000193);
  mix ^= seed | 0;
  mix = Math.imul(mix ^ Math.floor(seed / 0x1_0000_0000), 0x85ebca6b);
  const splitmix = () => {
    mix = (mix + 0x9e3779b9) | 0;
    let z = mix ^ (mix >>> 16);
    z = Math.imul(z, 0x21f0aaad);
    z ^= z >>> 15;
    z = Math.imul(z, 0x735a2d97);
    return z ^ (z >>> 15);
  };
  let a = splitmix();
  let b = splitmix();
  let c = splitmix();
  let counter = 1;

  const next = () => {
    const t = (((a + b) | 0) + counter) | 0;
    counter = (counter + 1) | 0;
    a = b ^ (b >>> 9);
    b = (c + (c << 3)) | 0;
    c = (c << 21) | (c >>> 11);
    c = (c + t) | 0;
    return (t >>> 0) / 0x1_0000_0000;
  };
  for (let i = 0; i < 12; i++) next();

  return {
    next,
    below: (n) => Math.floor(next() * n),
    chance: (p) => p > 0 && next() < p,
    pick: (list) => list[Math.floor(next() * list.length)]!,
  };
}
