import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseTime } from './time.ts';

const iso = (value: unknown) => {
  const time = parseTime(value);
  return time && [new Date(time.ms).toISOString(), time.precision];
};

describe('parseTime', () => {
  test.each<[unknown, string, string]>([
    ['2026-03-10 08:12:33', '2026-03-10T00:12:33.000Z', 'SECOND'],
    ['  2026-03-10  08:12:33 ', '2026-03-10T00:12:33.000Z', 'SECOND'],
    ['2026-03-10 08:12:33.120', '2026-03-10T00:12:33.120Z', 'SECOND'],
    ['2026-03-10 08:12:33.289999', '2026-03-10T00:12:33.289Z', 'SECOND'],
    ['2026-03-10T08:20:00', '2026-03-10T00:20:00.000Z', 'SECOND'],
    ['2026-03-10 10:35', '2026-03-10T02:35:00.000Z', 'MINUTE'],
    ['2026/3/10 7:5', '2026-03-09T23:05:00.000Z', 'MINUTE'],
    ['2026.3.10 7:05', '2026-03-09T23:05:00.000Z', 'MINUTE'],
    ['2026-03-10', '2026-03-09T16:00:00.000Z', 'DAY'],
    ['26-03-09', '2026-03-08T16:00:00.000Z', 'DAY'],
    ['2026年3月10日', '2026-03-09T16:00:00.000Z', 'DAY'],
    ['2026年3月10日 9:31', '2026-03-10T01:31:00.000Z', 'MINUTE'],
    ['2026年3月10日9:31', '2026-03-10T01:31:00.000Z', 'MINUTE'],
    ['2026年3月10日 9时31分', '2026-03-10T01:31:00.000Z', 'MINUTE'],
    ['2026年3月10日9点31分20秒', '2026-03-10T01:31:20.000Z', 'SECOND'],
    ['2026年05月04日11时', '2026-05-04T03:00:00.000Z', 'MINUTE'],
    ['２０２６－０３－１０　０８：１２：３３', '2026-03-10T00:12:33.000Z', 'SECOND'],
    ['2026-03-10T10:02:11+08:00', '2026-03-10T02:02:11.000Z', 'SECOND'],
    ['2026-03-10T10:02:11+0800', '2026-03-10T02:02:11.000Z', 'SECOND'],
    ['2026-03-10T10:02:11.5-05', '2026-03-10T15:02:11.500Z', 'SECOND'],
    ['2026-03-10T02:02:11Z', '2026-03-10T02:02:11.000Z', 'SECOND'],
    ['2026-03-10 24:00:00', '2026-03-10T16:00:00.000Z', 'SECOND'],
    ['2024-02-29', '2024-02-28T16:00:00.000Z', 'DAY'],
    ['20260310', '2026-03-09T16:00:00.000Z', 'DAY'],
    [20260310, '2026-03-09T16:00:00.000Z', 'DAY'],
    ['202603100812', '2026-03-10T00:12:00.000Z', 'MINUTE'],
    ['20260310081233', '2026-03-10T00:12:33.000Z', 'SECOND'],
    [20260310081233, '2026-03-10T00:12:33.000Z', 'SECOND'],
    ['20260310081233120', '2026-03-10T00:12:33.120Z', 'SECOND'],
    [1773101553000, '2026-03-10T00:12:33.000Z', 'SECOND'],
    ['1773101553000', '2026-03-10T00:12:33.000Z', 'SECOND'],
    [1773101553, '2026-03-10T00:12:33.000Z', 'SECOND'],
    ['1773101553', '2026-03-10T00:12:33.000Z', 'SECOND'],
    [46091, '2026-03-09T16:00:00.000Z', 'DAY'],
    ['46091.342048611', '2026-03-10T00:12:33.000Z', 'SECOND'],
    [46091.5, '2026-03-10T04:00:00.000Z', 'SECOND'],
    // Not plausible, but said clearly: the caller refuses them with a better reason than "no time".
    ['1899-12-31 00:00:00', '1899-12-30T16:00:00.000Z', 'SECOND'],
    ['0001-01-01 00:00:00', '0000-12-31T16:00:00.000Z', 'SECOND'],
    ['9999-12-31', '9999-12-30T16:00:00.000Z', 'DAY'],
  ])('reads %j as %s (%s)', (value, expected, precision) => {
    expect(iso(value)).toEqual([expected, precision]);
  });

  test.each<[unknown]>([
    ['2026-02-30'],
    ['2026-02-29 08:00:00'],
    ['2026-13-01'],
    ['2026-00-10'],
    ['0000-00-00 00:00:00'],
    ['2026-03-10 25:00'],
    ['2026-03-10 24:00:01'],
    ['2026-03-10 08:60'],
    ['2026-03-10 08:12:60'],
    ['2026-03-10T08:12:33+25:00'],
    ['2026-03/10'],
    ['2026年3-10'],
    ['2026-3-1008:12'],
    ['20260230'],
    ['20260230081233'],
    ['2026-03-10 上午'],
    ['昨天下午'],
    ['10/03/2026'],
    ['3月10日'],
    [''],
    ['   '],
    ['0'],
    ['-1773101553'],
    [0],
    [-1],
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [1e21],
    [null],
    [undefined],
    [true],
    [{}],
    [['2026-03-10']],
  ])('reads no time in %j', (value) => {
    expect(parseTime(value)).toBeNull();
  });

  test('does not look at texts longer than any form of a time', () => {
    for (const text of [
      `2026-03-10 08:12:33${' '.repeat(200_000)}`,
      '1'.repeat(200_000),
      '2026年'.repeat(100_000),
    ])
      expect(parseTime(text)).toBeNull();
  });

  test('marks a two-digit year only where day, month, year would be a date as well', () => {
    expect(parseTime('26-03-09')?.ambiguous).toBe(true);
    expect(parseTime('26/2/31')).toBeNull();
    expect(parseTime('32-03-09')?.ambiguous).toBe(false);
    expect(parseTime('26年3月9日')?.ambiguous).toBe(false);
    expect(parseTime('2026-03-09')?.ambiguous).toBe(false);
  });

  test('reads every moment back from every form it can be written in', () => {
    const pad = (value: number, width = 2) => String(value).padStart(width, '0');
    fc.assert(
      fc.property(
        fc.integer({ min: Date.UTC(1990, 0, 2) / 1000, max: Date.UTC(2099, 11, 30) / 1000 }),
        (second) => {
          const local = new Date(second * 1000 + 8 * 3_600_000);
          const [y, mo, d] = [local.getUTCFullYear(), local.getUTCMonth() + 1, local.getUTCDate()];
          const [h, mi, s] = [local.getUTCHours(), local.getUTCMinutes(), local.getUTCSeconds()];
          const excel = (second + 8 * 3600) / 86_400 + 25_569;
          for (const form of [
            `${y}-${pad(mo)}-${pad(d)} ${pad(h)}:${pad(mi)}:${pad(s)}`,
            `${y}/${mo}/${d} ${h}:${mi}:${s}`,
            `${y}${pad(mo)}${pad(d)}${pad(h)}${pad(mi)}${pad(s)}`,
            `${y}年${mo}月${d}日 ${h}:${mi}:${s}`,
            `${y}年${mo}月${d}日${h}时${mi}分${s}秒`,
            new Date(second * 1000).toISOString(),
            second,
            second * 1000,
            String(second * 1000),
            excel,
          ])
            expect({ form, ms: parseTime(form)?.ms }).toEqual({ form, ms: second * 1000 });
        },
      ),
    );
  });

  test('never throws and never gives a time that is not a number', () => {
    const digits = fc.string({ unit: fc.constantFrom(...'0123456789-/.:年月日时 T+Z'), maxLength: 40 });
    fc.assert(
      fc.property(fc.oneof(fc.anything(), fc.string(), digits, fc.double()), (value) => {
        const time = parseTime(value);
        expect(time === null || Number.isFinite(time.ms)).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });
});
