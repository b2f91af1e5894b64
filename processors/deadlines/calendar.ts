import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { HubError } from '../../runtime/index.ts';
import type { Span } from '../catalogue/index.ts';

/** A point in time, ms. Provisional: a day on its way lies outside the calendar's lists and was taken as Monday-Friday. */
export interface Moment {
  readonly at: number;
  readonly provisional: boolean;
}

/** Working time of the city's offices, by Beijing time (UTC+8, no daylight saving). All arguments are ms. */
export interface Calendar {
  readonly id: string;
  isWorkingDay(at: number): boolean;
  /** 23:59:59 of the n-th working day after the day of `from`, which is not counted (次日起). */
  addWorkingDays(from: number, n: number): Moment;
  /** When `hours` of working hours have passed; outside of them the clock waits for the next opening. */
  addWorkingHours(from: number, hours: number): Moment;
  /** The end of any span: clock minutes and hours run day and night, calendar days end at 23:59:59. */
  after(from: number, span: Span): Moment;
}

const minuteMs = 60_000;
const hourMs = 60 * minuteMs;
const dayMs = 24 * hourMs;
const zoneMs = 8 * hourMs;

const calendarSchema = z.strictObject({
  id: z.string(),
  /** Days for which the State Council's lists are in the data, both inclusive. */
  firstDay: z.iso.date(),
  lastDay: z.iso.date(),
  /** hh:mm/hh:mm, in the order of the day. */
  workingHours: z.array(z.string().regex(/^\d\d:\d\d\/\d\d:\d\d$/)).min(1),
  /** first/last, both inclusive; the weekends of a holiday may be in it. */
  daysOff: z.array(z.string().regex(/^\d{4}-\d\d-\d\d\/\d{4}-\d\d-\d\d$/)),
  /** 调休: days of a weekend that are worked. */
  makeUpDays: z.array(z.iso.date()),
});

export type CalendarData = z.infer<typeof calendarSchema>;

const loaded = new Map<string, Calendar>();

/** A vendored calendar, read once. Throws HUB_CALENDAR_NO_DATA when this installation has none of this id. */
export function loadCalendar(id: string): Calendar {
  const known = loaded.get(id);
  if (known !== undefined) return known;
  const calendar = openCalendar(readCalendarData(id));
  loaded.set(id, calendar);
  return calendar;
}

export function readCalendarData(id: string): CalendarData {
  if (!/^[A-Z]{2}-\d{4}\.\d+$/.test(id)) throw noData(id);
  let text: string;
  try {
    text = readFileSync(new URL(`./calendars/${id}.json`, import.meta.url), 'utf8');
  } catch (cause) {
    throw noData(id, cause);
  }
  return calendarSchema.parse(JSON.parse(text));
}

const noData = (id: string, cause?: unknown): HubError =>
  new HubError('HUB_CALENDAR_NO_DATA', `there is no calendar ${id}`, { context: { calendarId: id }, cause });

export function openCalendar(data: CalendarData): Calendar {
  const firstDay = dayOfDate(data.firstDay);
  const lastDay = dayOfDate(data.lastDay);
  const daysOff = new Set(data.daysOff.flatMap(daysOfRange));
  const makeUpDays = new Set(data.makeUpDays.map(dayOfDate));
  const periods = data.workingHours.map(msOfPeriod);

  const isCovered = (day: number): boolean => day >= firstDay && day <= lastDay;
  const isWorking = (day: number): boolean =>
    makeUpDays.has(day) || (!daysOff.has(day) && weekdayOf(day) >= 1 && weekdayOf(day) <= 5);

  function addWorkingDays(from: number, n: number): Moment {
    let day = dayOf(from);
    let provisional = false;
    for (let left = n; left > 0; ) {
      day += 1;
      provisional ||= !isCovered(day);
      if (isWorking(day)) left -= 1;
    }
    return { at: endOf(day), provisional };
  }

  function addWorkingHours(from: number, hours: number): Moment {
    let left = hours * hourMs;
    let provisional = false;
    for (let day = dayOf(from); ; day += 1) {
      provisional ||= !isCovered(day);
      if (!isWorking(day)) continue;
      for (const period of periods) {
        const start = Math.max(from, startOf(day) + period.start);
        const end = startOf(day) + period.end;
        if (start >= end) continue;
        if (left <= end - start) return { at: start + left, provisional };
        left -= end - start;
      }
    }
  }

  return {
    id: data.id,
    isWorkingDay: (at) => isWorking(dayOf(at)),
    addWorkingDays,
    addWorkingHours,
    after(from, { amount, unit }): Moment {
      switch (unit) {
        case 'workingDays':
          return addWorkingDays(from, amount);
        case 'workingHours':
          return addWorkingHours(from, amount);
        case 'days':
          return { at: endOf(dayOf(from) + amount), provisional: false };
        case 'hours':
          return { at: from + amount * hourMs, provisional: false };
        case 'minutes':
          return { at: from + amount * minuteMs, provisional: false };
      }
    },
  };
}

/** Days are counted from 1970-01-01 in Beijing. */
const dayOf = (at: number): number => Math.floor((at + zoneMs) / dayMs);
const startOf = (day: number): number => day * dayMs - zoneMs;
const endOf = (day: number): number => startOf(day + 1) - 1_000;
/** 0 is Sunday; day 0 was a Thursday. */
const weekdayOf = (day: number): number => (((day + 4) % 7) + 7) % 7;

const dayOfDate = (date: string): number => Date.parse(`${date}T00:00:00Z`) / dayMs;

function daysOfRange(range: string): readonly number[] {
  const [first = '', last = ''] = range.split('/');
  const start = dayOfDate(first);
  return Array.from({ length: dayOfDate(last) - start + 1 }, (_, index) => start + index);
}

/** ms since the day's start. */
function msOfPeriod(period: string): { readonly start: number; readonly end: number } {
  const [start = 0, end = 0] = period.split('/').map((time) => {
    const [hours = 0, minutes = 0] = time.split(':').map(Number);
    return hours * hourMs + minutes * minuteMs;
  });
  return { start, end };
}
