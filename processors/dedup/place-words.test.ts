import { describe, expect, test } from '@jest/globals';
import { firmOf, isOneKind, isRoadCode, nameOfCode, placeWords, townNamed, wordCode } from './place-words.ts';

const names = (address: string | null, text = ''): string[] =>
  placeWords(address, text, 6).map(({ text: name, kind }) => (kind === 'road' ? `${name}~` : name));

describe('place words', () => {
  test.each([
    ['银帆路与望鲸街交叉口', ['银帆~', '望鲸~', '交叉', '叉口']],
    ['东港街道海棠苑12幢对面', ['海棠']],
    ['潮声街永福小区东侧', ['潮声~', '永福']],
    ['小区门口', []],
    ['', []],
  ])('of the address %s are %j', (address, expected) => {
    expect(names(address).filter((name) => !['交叉', '叉口'].includes(name))).toEqual(
      expected.filter((name) => !['交叉', '叉口'].includes(name)),
    );
  });

  test('of a text are names before a suffix, not common nouns', () => {
    expect(names(null, '永福小区的路灯坏了,那条路上很黑')).toEqual(['永福']);
  });

  test('an estate told with and without its suffix is one name', () => {
    expect(names('望海家园')).toEqual(names('望海'));
  });

  test('a place without a name of its own is known by its town', () => {
    expect(names('虾峙镇渡口')).toEqual(['虾峙渡口']);
    expect(names('虾峙渡口候船室')).toContain('虾峙渡口');
    expect(names('海印路菜场')).toEqual(['海印~', '海印菜场']);
    expect(names('虾峙镇小区门口')).toEqual([]);
    expect(names('东港街道横街')).toEqual(['横街']);
    expect(names(null, '虾峙渡口没人')).toEqual(['虾峙渡口']);
  });

  test('a house is known by its road and number', () => {
    expect(names('东河路57号')).toEqual(['东河~', '东河57']);
    expect(names('东河路57-59号')).toEqual(['东河~']);
  });

  test('an estate and a market of one name are of two kinds, a name alone may be either', () => {
    const [estate, market, bare] = ['望海家园', '望海市场', '望海'].map((address) =>
      wordCode(placeWords(address, '', 1)[0]!),
    );
    expect(nameOfCode(estate!)).toBe(nameOfCode(market!));
    expect(isOneKind(estate!, market!)).toBe(false);
    expect(isOneKind(estate!, bare!)).toBe(true);
    expect(isRoadCode(estate!)).toBe(false);
  });

  test('a town is named by one name, not by two', () => {
    expect(townNamed('虾峙栅棚弄')).toBe('330903102');
    expect(townNamed('六横到桃花的船')).toBeNull();
    expect(townNamed('不知道')).toBeNull();
  });

  test('a firm is known by the two characters before what it is', () => {
    expect(firmOf('蓝屿旅行社不退款')).toBe(firmOf('投诉蓝屿旅行社'));
    expect(firmOf('蓝屿旅行社')).not.toBe(firmOf('碧湾旅行社'));
    expect(firmOf('没有说是哪家旅行社')).toBe(0);
  });
});
