import { describe, expect, test } from '@jest/globals';
import type { Step } from './incidents.ts';
import { type Roster, whomToTell } from './roster.ts';

const roster: Roster = {
  shifts: [
    {
      days: ['MON', 'TUE', 'WED', 'THU', 'FRI'],
      from: '08:30',
      to: '17:30',
      duty: 'day',
      deputy: 'day-deputy',
    },
    { days: ['MON', 'TUE', 'WED', 'THU', 'FRI'], from: '17:30', to: '08:30', duty: 'night' },
    { days: ['SUN'], from: '09:00', to: '09:00', duty: 'sunday', deputy: 'sunday-deputy' },
  ],
  centre: 'centre',
};
const at = (text: string): number => Date.parse(`${text}+08:00`);

describe('the roster', () => {
  // 2026-03-10 is a Tuesday.
  test.each<[string, Step, Step, string]>([
    ['2026-03-10T08:30:00', 0, 0, 'day'],
    ['2026-03-10T17:29:59', 0, 0, 'day'],
    ['2026-03-10T12:00:00', 1, 1, 'day-deputy'],
    ['2026-03-10T17:30:00', 0, 0, 'night'],
    ['2026-03-11T03:00:00', 0, 0, 'night'],
    ['2026-03-14T08:29:59', 0, 0, 'night'],
    ['2026-03-14T08:30:00', 0, 2, 'centre'],
    ['2026-03-10T23:00:00', 1, 2, 'centre'],
    ['2026-03-15T08:59:59', 0, 2, 'centre'],
    ['2026-03-15T09:00:00', 0, 0, 'sunday'],
    ['2026-03-16T07:00:00', 1, 1, 'sunday-deputy'],
    ['2026-03-16T09:00:00', 0, 0, 'day'],
    ['2026-03-10T12:00:00', 2, 2, 'centre'],
  ])('at %s, step %i, is told at step %i: %s', (time, step, told, person) => {
    expect(whomToTell(roster, step, at(time))).toEqual({ step: told, person });
  });
});
