import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Warning } from '../../schemas/types.ts';
import type { RoutedWarnings, SaidWarning } from '../connector.ts';
import { warningIdOf } from './ids.ts';
import { replaceWarnings } from './replace-warnings.ts';
import { foldWarnings, inForce } from './warning-book.ts';

type Level = 'BLUE' | 'YELLOW';
type Window = readonly [from: number, until: number, level?: Level];

const text = 'a forecast';
/** Of one area; times are hours. */
const forecast = (issuedAt: number, windows: readonly Window[], area = 'mazhi') => ({
  warnings: windows.map(
    ([from, until, level = 'BLUE']): SaidWarning => ({
      reference: `${issuedAt}/${area}/${level}/${from}`,
      status: 'SET',
      type: 'GALE',
      level,
      areas: [area],
      from,
      until,
      issuedAt,
      text,
    }),
  ),
  replaces: { areas: [area], from: issuedAt, issuedAt, text },
});
type Forecast = Pick<RoutedWarnings, 'warnings' | 'replaces'>;

/** What is on the topic when these have come in this order. */
function told(...forecasts: readonly Forecast[]): readonly Warning[] {
  const records: Warning[] = [];
  for (const one of forecasts) records.push(...recordsOf(replaceWarnings(one, records)));
  return records;
}
const recordsOf = (said: readonly SaidWarning[]): Warning[] =>
  said.map((one) => ({ ...one, warningId: warningIdOf(one.reference), issuer: 'met', at: 0 }));
const fold = (records: readonly Warning[]) =>
  foldWarnings(records, records.length)
    .known.filter(({ from, until }) => until === null || until > from)
    .map(({ warningId, from, until }) => [warningId, from, until]);

describe('a forecast in the place of an earlier one', () => {
  const first = warningIdOf('1/mazhi/BLUE/10');

  test('says nothing where nothing has changed', () => {
    const records = told(forecast(1, [[10, 20]]));
    expect(fold(records)).toEqual([[first, 10, 20]]);
    expect(replaceWarnings(forecast(2, [[10, 20]]), records)).toEqual([]);
  });

  test('keeps the id of what goes on, moved or cut', () => {
    expect(fold(told(forecast(1, [[10, 20]]), forecast(2, [[15, 24]])))).toEqual([[first, 15, 24]]);
    expect(fold(told(forecast(1, [[10, 20]]), forecast(15, [[12, 18]])))).toEqual([[first, 10, 18]]);
  });

  test('ends what it no longer knows: that has begun, from then on; that has not, as if it had never been', () => {
    expect(fold(told(forecast(1, [[10, 20]]), forecast(15, [])))).toEqual([[first, 10, 15]]);
    expect(fold(told(forecast(1, [[10, 20]]), forecast(2, [])))).toEqual([]);
  });

  test('does not go on with what is over when it begins', () => {
    const second = warningIdOf('15/mazhi/BLUE/18');
    expect(fold(told(forecast(1, [[10, 20]]), forecast(15, [[18, 22]])))).toEqual([
      [second, 18, 22],
      [first, 10, 15],
    ]);
  });

  test('does not go on with another level', () => {
    const second = warningIdOf('2/mazhi/YELLOW/10');
    expect(fold(told(forecast(1, [[10, 20]]), forecast(2, [[10, 20, 'YELLOW']])))).toEqual([
      [second, 10, 20],
    ]);
  });

  test('says nothing of the time before it', () => {
    expect(fold(told(forecast(12, [[8, 11]])))).toEqual([]);
    expect(fold(told(forecast(12, [[8, 14]])))).toEqual([[warningIdOf('12/mazhi/BLUE/8'), 12, 14]]);
  });

  test('leaves other areas alone, and a newer forecast too', () => {
    const records = told(forecast(1, [[10, 20]]), forecast(2, [], 'xiushan'));
    expect(fold(records)).toEqual([[first, 10, 20]]);
    expect(replaceWarnings(forecast(0, [[3, 30, 'YELLOW']]), records)).toEqual([]);
  });

  test('at every hour that level is in force which the forecast of that hour says, however often each comes', () => {
    const levels = fc.array(fc.constantFrom(null, null, 'BLUE' as const, 'YELLOW' as const), {
      minLength: 24,
      maxLength: 24,
    });
    fc.assert(
      fc.property(
        fc.array(fc.tuple(fc.integer({ min: 1, max: 8 }), levels, fc.boolean()), { maxLength: 6 }),
        (steps) => {
          let issuedAt = 0;
          const issued = steps.map(([later, hours, comesTwice]) => {
            issuedAt += later;
            return { issuedAt, hours, comesTwice };
          });
          const forecasts = issued.flatMap(({ issuedAt, hours, comesTwice }) => {
            const one = forecast(issuedAt, windowsOf(hours));
            return comesTwice ? [one, one] : [one];
          });
          const { known } = foldWarnings(told(...forecasts), 0);
          for (let hour = 0; hour < 24; hour++) {
            const found = known.filter((one) => inForce(one, hour + 0.5, hour + 0.5));
            const governing = issued.findLast((one) => one.issuedAt <= hour);
            const expected = governing?.hours[hour] ?? null;
            expect(found.map(({ level }) => level)).toEqual(expected === null ? [] : [expected]);
          }
        },
      ),
    );
  });
});

function windowsOf(hours: readonly (Level | null)[]): readonly Window[] {
  const windows: [number, number, Level][] = [];
  for (const [hour, level] of hours.entries()) {
    const last = windows.at(-1);
    if (level === null) continue;
    if (last?.[1] === hour && last[2] === level) last[1] = hour + 1;
    else windows.push([hour, hour + 1, level]);
  }
  return windows;
}
