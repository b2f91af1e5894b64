import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { quotedNumbers } from './quoted-numbers.ts';

const own = 'complaint-report:TS202603100047';

describe('quotedNumbers', () => {
  test.each([
    ['打过12345(PT20260310000381)也没人管', 'hotline-12345:PT20260310000381'],
    ['工单号pt20260310000381。', 'hotline-12345:PT20260310000381'],
    ['工单号ＰＴ２０２６０３１００００３８１', 'hotline-12345:PT20260310000381'],
    ['网格WG330903003-20260310-0012报过', 'grid-safety:WG330903003-20260310-0012'],
    ['事件SPT330903-2603100077', 'four-platforms:SPT330903-2603100077'],
    ['城管案件20260310-CG-000219-R1', 'smart-city:20260310-CG-000219-R1'],
    ['报警YJ20260310-0093', 'smart-ocean:YJ20260310-0093'],
    ['旅游投诉LY2603100003号', 'smart-tourism:LY2603100003'],
    ['法援FL26031000018', 'legal-12348:FL26031000018'],
    ['法院12368-330903-20260310-0007', 'court-12368:12368-330903-20260310-0007'],
    ['登记编号13309030030260310471', 'market-12315:13309030030260310471'],
    ['上次的TS202603090011', 'complaint-report:TS202603090011'],
  ])('finds the number in %s', (text, expected) => {
    expect(quotedNumbers([text], own)).toEqual([expected]);
  });

  test.each([
    '打过12345没人管',
    '打过12368和12315',
    'PT2026031000038',
    'XPT20260310000381',
    'PT20260310000381A',
    '电话13800138000',
    '卡号6222021234567890123',
    '2026-03-10 08:12:33',
    '本件TS202603100047',
    '',
  ])('finds none in %s', (text) => {
    expect(quotedNumbers([text], own)).toEqual([]);
  });

  test('gives each number once, in order of appearance over all texts', () => {
    expect(quotedNumbers(['LY2603100003 PT20260310000381', 'PT20260310000381,FL26031000018'], own)).toEqual([
      'smart-tourism:LY2603100003',
      'hotline-12345:PT20260310000381',
      'legal-12348:FL26031000018',
    ]);
  });

  test('finishes on long hostile texts and never throws', () => {
    for (const unit of ['PT2', '1', 'SPT330903-', '12368-', 'PT20260310000381', '20260310-CG-'])
      expect(quotedNumbers([unit.repeat(50_000)], own).length).toBeLessThanOrEqual(20);
    const pasted = Array.from({ length: 500 }, (_, i) => `PT2026031000${String(i).padStart(4, '0')}`).join(
      '、',
    );
    expect(quotedNumbers([pasted], own)).toHaveLength(20);
    fc.assert(
      fc.property(fc.array(fc.string({ unit: 'binary' })), (texts) => void quotedNumbers(texts, own)),
    );
  });
});
