import { describe, expect, test } from '@jest/globals';
import { loadCalendar } from './index.ts';

const calendar = loadCalendar('CN-2026.1');
/** Beijing time to ms. */
const beijing = (text: string): number => Date.parse(`${text}+08:00`);
const shown = (at: number): string => new Date(at + 8 * 3_600_000).toISOString().slice(0, 19);

describe('the working-day calendar', () => {
  test.each([
    ['2026-02-13', 5, '2026-02-27'],
    ['2026-05-08', 1, '2026-05-09'],
    ['2026-09-18', 7, '2026-09-29'],
    ['2026-09-30', 5, '2026-10-13'],
    ['2026-03-10', 45, '2026-05-15'],
  ])('%s and %i working days end on %s (domain.md §5)', (from, days, last) => {
    const due = calendar.addWorkingDays(beijing(`${from}T10:00:00`), days);
    expect(shown(due.at)).toBe(`${last}T23:59:59`);
    expect(due.provisional).toBe(false);
  });

  test('counts working hours inside 08:30-12:00 and 13:30-17:30', () => {
    expect(shown(calendar.addWorkingHours(beijing('2026-03-10T11:00:00'), 2).at)).toBe('2026-03-10T14:30:00');
    expect(shown(calendar.addWorkingHours(beijing('2026-03-13T17:00:00'), 1).at)).toBe('2026-03-16T09:00:00');
  });

  test('knows a make-up day from a Saturday', () => {
    expect(calendar.isWorkingDay(beijing('2026-05-09T12:00:00'))).toBe(true);
    expect(calendar.isWorkingDay(beijing('2026-05-16T12:00:00'))).toBe(false);
  });

  test('goes on past its lists by the days of the week, and says that the date is provisional', () => {
    expect(calendar.addWorkingDays(beijing('2027-06-01T10:00:00'), 1).provisional).toBe(true);
  });
});
