import { describe, expect, test } from '@jest/globals';
import type { Condition } from '../catalogue/index.ts';
import { compileLexicon } from './lexicon.ts';

const condition = (over: Partial<Condition>): Condition => ({
  any: ['起火'],
  not: [],
  deniable: false,
  with: [],
  none: [],
  unless: [],
  ...over,
});

const fires = (over: Partial<Condition>, text: string): boolean => {
  const lexicon = compileLexicon(
    { it: condition(over), drill: condition({ any: ['演练'], not: ['不是演练'] }) },
    [
      { any: ['未', '无'], gap: 0 },
      { any: ['没有'], gap: 2 },
    ],
  );
  return lexicon(text).hits('it').length > 0;
};

describe('lexicon', () => {
  test('a phrase takes the meaning of the word it overlaps, not of the same word elsewhere', () => {
    const over = { any: ['跳楼'], not: ['跳楼价'] };
    expect(fires(over, '清仓跳楼价')).toBe(false);
    expect(fires(over, '清仓跳楼价,有人要跳楼')).toBe(true);
  });

  test('a denied word does not count, within its gap and clause only', () => {
    const over = { deniable: true };
    expect(fires(over, '未起火')).toBe(false);
    expect(fires(over, '没有发生起火')).toBe(false);
    expect(fires(over, '没有人来管起火')).toBe(true);
    expect(fires(over, '没有,起火了')).toBe(true);
    expect(fires({ deniable: false }, '未起火')).toBe(true);
  });

  test('every group of companions must be in the text', () => {
    const over = { with: [['船', '舱'], ['海']] };
    expect(fires(over, '海上的船起火')).toBe(true);
    expect(fires(over, '船起火')).toBe(false);
  });

  test('a barring word or list silences it wherever it stands', () => {
    expect(fires({ none: ['电影'] }, '起火了,是拍电影')).toBe(false);
    expect(fires({ unless: ['drill'] }, '起火演练')).toBe(false);
    expect(fires({ unless: ['drill'] }, '起火了,不是演练')).toBe(true);
  });

  test('two places stand together when no punctuation parts them', () => {
    const { together } = compileLexicon({}, [])('孩子掉进井里,快来');
    expect(together({ start: 0, end: 2 }, { start: 2, end: 4 })).toBe(true);
    expect(together({ start: 7, end: 9 }, { start: 0, end: 2 })).toBe(false);
  });

  test('a list that there is not is a bug, told loudly', () => {
    expect(() => compileLexicon({}, [])('起火').hits('fire')).toThrow(RangeError);
  });
});
