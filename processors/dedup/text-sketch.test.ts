import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { shortHash, sketchOf, textBands } from './text-sketch.ts';

const text = '东港菜场后门的垃圾堆了三天没有人来清运,臭得很,打过电话也没有人管,请尽快派人来处理,谢谢。';

describe('text sketch', () => {
  test('does not see punctuation, width and case', () => {
    expect(sketchOf('ＡＢ，12345 打过了！').exact).toBe(sketchOf('ab 12345打过了').exact);
  });

  test('of no text has nothing', () => {
    expect(sketchOf('……')).toMatchObject({ length: 0, grams: 0, exact: 0 });
  });

  test('short hashes keep the order of the hashes', () => {
    fc.assert(
      fc.property(fc.nat(0xffffffff), fc.nat(0xffffffff), (a, b) => {
        const [low, high] = a < b ? [a, b] : [b, a];
        expect(shortHash(low)).toBeLessThanOrEqual(shortHash(high));
        expect(shortHash(high)).toBeLessThanOrEqual(0xffff);
      }),
    );
  });

  test('equal texts have all bands in common, a contained one some', () => {
    const whole = textBands(sketchOf(text), 4);
    expect(textBands(sketchOf(text.replaceAll(',', ' ')), 4)).toEqual(whole);
    const inside = textBands(sketchOf(`转来件:${text}附照片两张。已在群里说过多次,希望不要再推来推去。`), 4);
    expect(inside.some((band) => whole.includes(band))).toBe(true);
  });
});
