import { describe, expect, test } from '@jest/globals';
import { sameThing, sidesOf, thingOf } from './things.ts';

describe('things with a number', () => {
  test.each([
    ['3路公交车到站不停', '27路公交车到站不停', false],
    ['3路末班车没了', '投诉3路公交甩站', true],
    ['浙L12345占了车位', '浙L·54321占了车位', false],
    ['浙L12345占了车位', '3路公交车到站不停', null],
    ['灯杆号0123不亮', '灯杆编号0124不亮', false],
    ['公交车到站不停', '3路公交车到站不停', null],
    ['蓬山路3号路灯不亮', '蓬山路5号路灯不亮', null],
  ])('%s and %s: one is %p', (one, other, expected) => {
    expect(sameThing(thingOf(one), thingOf(other))).toBe(expected);
  });

  test('whoever names two of a sort names none', () => {
    expect(thingOf('3路公交和27路公交都停开')).toBe(0);
  });
});

test('sides are those that the address names, each once', () => {
  expect(sidesOf('望海家园东门')).toBe(1);
  expect(sidesOf('望海家园西侧北门')).toBe(2 | 8);
  expect(sidesOf('东港街道海棠路')).toBe(0);
  expect(sidesOf(null)).toBe(0);
});
