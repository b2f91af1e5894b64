import type { FeatureReader } from './feature-reader.ts';

/**
 * Both sketches hold all hashes up to their largest; below the smaller of the two limits they are complete samples of
 * their texts.
 */
export function overlap(
  a: FeatureReader,
  b: FeatureReader,
): { jaccard: number; containment: number; sample: number } {
  if (a.hashCount === 0 || b.hashCount === 0) return { jaccard: 0, containment: 0, sample: 0 };
  const limit = Math.min(limitOf(a), limitOf(b));
  let common = 0;
  let ofA = 0;
  let ofB = 0;
  while (ofA < a.hashCount && a.hash(ofA) <= limit && ofB < b.hashCount && b.hash(ofB) <= limit) {
    const difference = a.hash(ofA) - b.hash(ofB);
    if (difference === 0) common++;
    if (difference <= 0) ofA++;
    if (difference >= 0) ofB++;
  }
  if (common === 0) return { jaccard: 0, containment: 0, sample: 0 };
  while (ofA < a.hashCount && a.hash(ofA) <= limit) ofA++;
  while (ofB < b.hashCount && b.hash(ofB) <= limit) ofB++;
  return {
    jaccard: common / (ofA + ofB - common),
    containment: common / Math.min(ofA, ofB),
    sample: Math.min(ofA, ofB),
  };
}

/** A sketch that holds the whole text has no limit. */
const limitOf = (side: FeatureReader): number =>
  side.hashCount >= side.grams ? 0xffff : side.hash(side.hashCount - 1);

/**
 * False where the two texts surely have neither a containment of `containment` nor a Jaccard similarity of `jaccard`: so many hashes of
 * the smaller sample are missing in the other that what is left cannot be enough. Most pairs are told apart after a few.
 */
export function mayOverlap(
  a: FeatureReader,
  b: FeatureReader,
  least: { readonly containment: number; readonly jaccard: number },
): boolean {
  if (a.hashCount === 0 || b.hashCount === 0) return false;
  const limit = Math.min(limitOf(a), limitOf(b));
  const ofA = countTo(a, limit);
  const ofB = countTo(b, limit);
  const smaller = Math.min(ofA, ofB);
  // common / (ofA + ofB - common) >= jaccard, solved for common.
  const needed = Math.min(least.containment * smaller, (least.jaccard / (1 + least.jaccard)) * (ofA + ofB));
  const isASmaller = ofA <= ofB;
  // A little more, so that what is exactly enough is not lost to rounding.
  let missing = Math.floor(smaller - needed + 1e-9);
  let i = 0;
  let j = 0;
  while (i < ofA && j < ofB) {
    const difference = a.hash(i) - b.hash(j);
    if (difference !== 0 && difference < 0 === isASmaller && --missing < 0) return false;
    if (difference <= 0) i++;
    if (difference >= 0) j++;
  }
  return missing >= (isASmaller ? ofA - i : ofB - j);
}

/** How many hashes are not above the limit. */
function countTo(side: FeatureReader, limit: number): number {
  let count = side.hashCount;
  while (count > 0 && side.hash(count - 1) > limit) count--;
  return count;
}
