import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { readCounts } from './counts.ts';

const told = (text: string): string[] => readCounts(text).map(({ value, unit }) => `${value} ${unit}`);

describe('counts', () => {
  test.each([
    ['同桌4人就医', ['4 PERSON']],
    ['被困2人', ['2 PERSON']],
    ['30余人聚集', ['30 PERSON']],
    ['二十多人', ['20 PERSON']],
    ['同厂还有20多人', ['20 PERSON']],
    ['十余名村民', ['10 PERSON']],
    ['十几个老太婆', ['10 PERSON']],
    ['上百人', ['100 PERSON']],
    ['百余人', ['100 PERSON']],
    ['几十人', ['20 PERSON']],
    ['数百名群众', ['200 PERSON']],
    ['六七十号人', ['60 PERSON']],
    ['十七八个人', ['17 PERSON']],
    ['一百一十二户', ['112 HOUSEHOLD']],
    ['两千三百零五人', ['2305 PERSON']],
    ['一万二千人', ['12000 PERSON']],
    ['1.2万人', ['12000 PERSON']],
    ['10至15人', ['10 PERSON']],
    ['10-15人', ['10 PERSON']],
    ['30名学生', ['30 PERSON']],
    ['18名幼儿中7例', ['18 PERSON', '7 PERSON']],
    ['三个小朋友发烧', ['3 PERSON']],
    ['四十来号会员', ['40 PERSON']],
    ['四十六户业主', ['46 HOUSEHOLD']],
    ['失联372min', ['372 MINUTE']],
    ['七个钟头没有音讯', ['420 MINUTE']],
    ['饱和度100.59%', ['100.59 PERCENT']],
  ])('reads %s', (text, expected) => {
    expect(told(text)).toEqual(expected);
  });

  test.each([
    '今年五岁',
    '欠了三千块',
    '3个井盖',
    '二〇二六年三月',
    '第三季度',
    '有几个问题',
    '上次来过',
    '数据不对',
    '5人次',
    '12300人民币',
    '位置在十字路口',
    '三号线',
    '一直没人管',
  ])('finds no head-count in %s', (text) => {
    expect(told(text)).toEqual([]);
  });

  test('gives positions inside the text, in order and without overlap, whatever the text', () => {
    const text = fc.string({
      unit: fc.constantFrom(...'一二十百万几数上多余人名户个老3至7%.分钟,路'),
      maxLength: 60,
    });
    fc.assert(
      fc.property(text, (searched) => {
        let last = 0;
        for (const count of readCounts(searched)) {
          expect(count.start).toBeGreaterThanOrEqual(last);
          expect(count.end).toBeGreaterThan(count.start);
          expect(count.end).toBeLessThanOrEqual(searched.length);
          expect(Number.isFinite(count.value)).toBe(true);
          last = count.end;
        }
      }),
    );
  });

  test('reads every whole number up to ten thousand back from its Chinese numerals', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 9_999 }), (value) => {
        expect(told(`共${chinese(value)}人`)).toEqual([`${value} PERSON`]);
      }),
    );
  });
});

function chinese(value: number): string {
  const signs = '零一二三四五六七八九';
  const powers = ['', '十', '百', '千'];
  const digits = String(value);
  let text = '';
  for (let i = 0; i < digits.length; i++) {
    const digit = Number(digits[i]);
    const power = powers[digits.length - 1 - i]!;
    if (digit !== 0) text += signs[digit]! + power;
    else if (text !== '' && !text.endsWith('零') && Number(digits.slice(i)) !== 0) text += '零';
  }
  return text;
}
