import type { Step } from './incidents.ts';

const eightHoursMs = 8 * 3_600_000;
const dayMs = 24 * 3_600_000;

export const weekdays = ['MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT', 'SUN'] as const;
export type Weekday = (typeof weekdays)[number];

/** Who is on duty on these days, from one time of the day to another, Beijing time; over midnight where the end is not behind the beginning. */
export interface Shift {
  readonly days: readonly Weekday[];
  /** `HH:MM`, included. */
  readonly from: string;
  /** `HH:MM`, not included; equal to `from`: 24 hours. */
  readonly to: string;
  readonly duty: string;
  readonly deputy?: string | undefined;
}

export interface Roster {
  readonly shifts: readonly Shift[];
  readonly centre: string;
}

/**
 * Whom to tell, at which step: the one asked for, or the first after it that somebody holds. Where shifts overlap the first in the list counts; where
 * there is a gap, the centre is told. Pure. @param at ms since epoch
 */
export function whomToTell(
  { shifts, centre }: Roster,
  step: Step,
  at: number,
): { step: Step; person: string } {
  const shift = shifts.find((one) => isOn(one, at));
  const people = [shift?.duty, shift?.deputy, centre];
  for (let next: number = step; next < 2; next++) {
    const person = people[next];
    if (person !== undefined) return { step: next as Step, person };
  }
  return { step: 2, person: centre };
}

function isOn({ days, from, to }: Shift, at: number): boolean {
  const local = at + eightHoursMs;
  const time = local % dayMs;
  const day = Math.floor(local / dayMs);
  const [begin, end] = [msOf(from), msOf(to)];
  const isOfDay = (one: number): boolean => days.includes(weekdayOf(one));
  if (begin < end) return isOfDay(day) && time >= begin && time < end;
  // The part after midnight belongs to the day on which the shift began.
  return (isOfDay(day) && time >= begin) || (isOfDay(day - 1) && time < end);
}

const msOf = (text: string): number => {
  const [hours, minutes] = text.split(':').map(Number);
  return (hours! * 60 + minutes!) * 60_000;
};

/** Day 0 was a Thursday. */
const weekdayOf = (day: number): Weekday => weekdays[(((day + 3) % 7) + 7) % 7]!;
