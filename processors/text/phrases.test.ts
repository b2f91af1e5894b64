import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compilePhrases, foldText } from './phrases.ts';

type Hit = readonly [phrase: number, start: number, end: number];

function found(phrases: readonly string[], text: string): Hit[] {
  const hits: Hit[] = [];
  compilePhrases(phrases).find(text, (phrase, start, end) => hits.push([phrase, start, end]));
  return hits;
}

function naive(phrases: readonly string[], text: string): Hit[] {
  const folded = foldText(text);
  return phrases.flatMap((phrase, index) => {
    const wanted = foldText(phrase);
    const hits: Hit[] = [];
    for (let at = folded.indexOf(wanted); at >= 0; at = folded.indexOf(wanted, at + 1)) {
      hits.push([index, at, at + wanted.length]);
    }
    return hits;
  });
}

const sorted = (hits: readonly Hit[]): Hit[] => [...hits].sort((a, b) => a[0] - b[0] || a[1] - b[1]);

describe('phrases', () => {
  test('finds every occurrence that naive search finds, overlapping ones included', () => {
    const word = fc.string({
      unit: fc.constantFrom('火', '着', '灾', 'a', 'A', '\uff21', '😀'),
      minLength: 1,
      maxLength: 4,
    });
    const text = fc.string({
      unit: fc.constantFrom('火', '着', '灾', 'a', 'A', '\uff21', '😀', ','),
      maxLength: 40,
    });
    fc.assert(
      fc.property(fc.array(word, { maxLength: 12 }), text, (phrases, searched) => {
        expect(sorted(found(phrases, searched))).toEqual(sorted(naive(phrases, searched)));
      }),
      { numRuns: 2_000 },
    );
  });

  test('reads full-width and upper-case letters as their plain forms, at true positions', () => {
    expect(found(['sos'], '发出\uff33\uff2f\uff33信号')).toEqual([[0, 2, 5]]);
  });

  test('refuses an empty phrase', () => {
    expect(() => compilePhrases(['火', ''])).toThrow(RangeError);
  });
});
