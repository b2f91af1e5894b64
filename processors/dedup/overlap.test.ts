import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { draftOf } from '../../test/support/drafts.ts';
import { compare } from './evidence.ts';
import { FeatureReader } from './feature-reader.ts';
import { linkFeatures } from './features.ts';
import { mayOverlap, overlap } from './overlap.ts';
import { mayBeRepost, repostOf } from './repost.ts';

const read = (body: string): FeatureReader => {
  const reader = new FeatureReader();
  reader.read(linkFeatures(draftOf({ title: '', body }), null).bytes);
  return reader;
};

const words = fc.string({ unit: fc.constantFrom(...'路灯不亮垃圾没人清运井盖坏了晚上看见'), maxLength: 300 });
/** Two texts, of which one has more or less of the other. */
const pairs = fc
  .tuple(words, words, words, fc.nat(300), fc.nat(300))
  .map(([one, other, more, from, to]) => [one, `${other}${one.slice(from, from + to)}${more}`] as const);

describe('overlap', () => {
  const estimate = overlap(
    read('东港菜场后门的垃圾堆了三天'),
    read('转来件:东港菜场后门的垃圾堆了三天,请处理'),
  );

  test('of a text inside another is whole for the one, not for both', () => {
    expect(estimate.containment).toBe(1);
    expect(estimate.jaccard).toBeGreaterThan(0.5);
    expect(estimate.jaccard).toBeLessThan(0.8);
  });

  test('is never denied by the quick look where it is enough', () => {
    fc.assert(
      fc.property(pairs, fc.double({ min: 0.05, max: 1, noNaN: true }), ([one, other], least) => {
        const [a, b] = [read(one), read(other)];
        const { containment, jaccard, sample } = overlap(a, b);
        const isEnough = sample > 0 && (containment >= least || jaccard >= least / 2);
        if (isEnough) expect(mayOverlap(a, b, { containment: least, jaccard: least / 2 })).toBe(true);
      }),
    );
  });

  test('is denied by the quick look of two texts that share nothing', () => {
    const [a, b] = [read('路灯不亮已经三天了没有人来修理'), read('垃圾成堆臭气熏天苍蝇乱飞求清运')];
    expect(mayOverlap(a, b, { containment: 0.65, jaccard: 0.4 })).toBe(false);
  });

  test('no re-post is lost to the quick look', () => {
    fc.assert(
      fc.property(pairs, ([one, other]) => {
        const [a, b] = [read(one), read(other)];
        const evidence = compare(a, b, 0);
        if (repostOf(a, b, evidence) !== null) expect(mayBeRepost(a, b, evidence)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });
});
