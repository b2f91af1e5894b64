import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { finish, hash32 } from './hash.ts';
import { shortHash, sketchOf } from './text-sketch.ts';

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

  test('equal texts have all keys in common, a contained one some', () => {
    const keys = (told: string): number[] => [...sketchOf(told).clauses, ...sketchOf(told).bands];
    const whole = keys(text);
    expect(whole.length).toBeGreaterThan(4);
    expect(keys(text.replaceAll(',', ' '))).toEqual(whole);
    const inside = keys(`转来件:${text}附照片两张。已在群里说过多次,希望不要再推来推去。`);
    expect(inside.some((key) => whole.includes(key))).toBe(true);
  });

  /** The sketch as it is defined, with nothing made faster. */
  function plainSketch(told: string) {
    const clauses = told
      .slice(0, 10_000)
      .normalize('NFKC')
      .toLowerCase()
      .split(/[^\p{L}\p{N}]+/u);
    const bare = clauses.join('');
    const grams = new Set<number>();
    for (let i = 0; i + 4 <= bare.length; i++) {
      let hash = 0x9747b28c;
      for (let j = i; j < i + 4; j++) hash = Math.imul(hash ^ bare.charCodeAt(j), 0x01000193);
      grams.add(finish(hash));
    }
    const longest = [...new Set(clauses.filter((clause) => clause.length >= 8))]
      .map((clause) => ({ length: clause.length, hash: hash32(clause, 0xc1a5e) }))
      .sort((a, b) => b.length - a.length || a.hash - b.hash);
    return {
      length: bare.length,
      grams: Math.min(grams.size, 44),
      exact: bare === '' ? 0 : hash32(bare),
      hashes: Uint32Array.from([...grams].sort((a, b) => a - b).slice(0, 44)),
      clauses: longest.slice(0, 4).map(({ hash }) => hash),
    };
  }

  test('is that of its definition, whatever the signs', () => {
    const signs = fc.string({
      unit: fc.oneof(
        fc.constantFrom(...'路灯不亮,。ＡＢａ1２①㎡½ﾊﾞがΣσİß각é'),
        fc.constantFrom('\u0301', '\u1161', '\ud842', '\udfb7', '𠮷', '👍', 'e\u0301', '\u3099'),
        fc.nat(0xffff).map((code) => String.fromCharCode(code)),
      ),
      maxLength: 120,
    });
    const long = fc.string({ unit: fc.constantFrom(...'路灯不亮垃圾,。'), maxLength: 600, size: 'max' });
    fc.assert(
      fc.property(fc.oneof(signs, fc.string({ unit: 'binary' }), long), (told) => {
        expect(sketchOf(told)).toMatchObject(plainSketch(told));
      }),
      { numRuns: 500 },
    );
  });
});
