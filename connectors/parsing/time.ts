/**
 * Times as Chinese city systems write them (domain.md §2). A time without a zone is Asia/Shanghai, taken as +08:00 throughout
 * (no daylight saving since 1991). Local parts are turned into milliseconds by UTC arithmetic only.
 */

export interface ParsedTime {
  /** Since 1970-01-01T00:00Z. */
  readonly ms: number;
  /** As given: `2026-03-10` is DAY (at 00:00 +08:00), `7:5` MINUTE. */
  readonly precision: 'SECOND' | 'MINUTE' | 'DAY';
  /** Another reading is possible too: a two-digit year that could as well be the day (`03-09-26`). */
  readonly ambiguous: boolean;
}

const minuteMs = 60_000;
const shanghaiMs = 8 * 60 * minuteMs;

/** Longest text that is looked at; the longest form that we accept has 40 characters. */
const maxLength = 64;

/**
 * `2026-03-10 08:12:33`, `2026/3/10 7:5`, `2026.3.10`, `26-03-09`, `2026年3月10日 9:31`, `2026年3月10日9时31分`,
 * `2026-03-10T08:12:33.120+08:00`. A time may follow 日 at once, everything else needs a space or T.
 */
const calendarForm =
  /^(?<year>\d{4}|\d{2})(?<first>[-/.年])(?<month>\d{1,2})(?<second>[-/.月])(?<day>\d{1,2})(?:(?:日\s*|\s+|T)(?<time>\S.*)|日)?$/;
const clockForm =
  /^(?<hour>\d{1,2}):(?<minute>\d{1,2})(?::(?<sec>\d{1,2})(?:[.,](?<fraction>\d{1,9}))?)?\s*(?<zone>Z|[+-]\d{2}(?::?\d{2})?)?$/;
const wordForm = /^(?<hour>\d{1,2})[时点](?:(?<minute>\d{1,2})(?:分(?:(?<sec>\d{1,2})秒?)?)?)?$/;
/** `20260310`, `202603100812`, `20260310081233`, with three more digits for milliseconds. */
const compactForm =
  /^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})(?:(?<hour>\d{2})(?<minute>\d{2})(?:(?<sec>\d{2})(?<fraction>\d{3})?)?)?$/;
const numberForm = /^\d{1,17}(?:\.\d{1,12})?$/;

/**
 * The moment that a field names, or null when it names none: an impossible date (2026-02-30), an hour 25, `0000-00-00`, any other text
 * or type. Never throws. Whether the moment is plausible (the year 1900, tomorrow) is the caller's question.
 */
export function parseTime(value: unknown): ParsedTime | null {
  if (typeof value === 'number') return parseNumber(String(value));
  if (typeof value !== 'string' || value.length > maxLength) return null;
  const text = value.normalize('NFKC').trim();
  if (numberForm.test(text)) return parseNumber(text);
  const date = calendarForm.exec(text)?.groups;
  return date === undefined ? null : parseCalendar(date);
}

function parseCalendar(date: Record<string, string | undefined>): ParsedTime | null {
  const separators = `${date.first}${date.second}`;
  if (separators !== '年月' && (date.first !== date.second || date.first === '年')) return null;
  const twoDigits = date.year?.length === 2;
  const year = Number(date.year) + (twoDigits ? 2000 : 0);
  const [month, day] = [Number(date.month), Number(date.day)];
  // 26-03-09 is read as year, month, day; it is doubtful only where day, month, year would be a date too.
  const ambiguous =
    twoDigits && separators !== '年月' && dayStart(2000 + day, month, Number(date.year)) !== null;
  const start = dayStart(year, month, day);
  if (start === null) return null;
  if (date.time === undefined) return { ms: start - shanghaiMs, precision: 'DAY', ambiguous };
  const time = (clockForm.exec(date.time) ?? wordForm.exec(date.time))?.groups;
  return time === undefined ? null : at(start, time, ambiguous);
}

/** A bare number: compact digits first, because `20260310081233` cannot be an epoch; then epoch ms, epoch s, Excel serial. */
function parseNumber(text: string): ParsedTime | null {
  const compact = compactForm.exec(text)?.groups;
  if (compact !== undefined) {
    const start = dayStart(Number(compact.year), Number(compact.month), Number(compact.day));
    // 12 digits may be an epoch as well (before 2002): a year of our time makes them a date.
    if (start !== null && start >= Date.UTC(1990, 0) && start < Date.UTC(2100, 0)) {
      return compact.hour === undefined
        ? { ms: start - shanghaiMs, precision: 'DAY', ambiguous: false }
        : at(start, compact, false);
    }
  }
  const number = Number(text);
  const ms = (value: number): ParsedTime => ({
    ms: Math.round(value),
    precision: 'SECOND',
    ambiguous: false,
  });
  if (number >= 1e11 && number < 1e13) return ms(number);
  if (number >= 1e8 && number < 1e10) return ms(number * 1000);
  // Excel counts local days from 1899-12-30; 20,000 to 80,000 are the years 1954 to 2119.
  if (number >= 20_000 && number < 80_000) {
    const seconds = Math.round(number * 86_400);
    const local = Date.UTC(1899, 11, 30) + seconds * 1000 - shanghaiMs;
    return { ms: local, precision: Number.isInteger(number) ? 'DAY' : 'SECOND', ambiguous: false };
  }
  return null;
}

function at(start: number, time: Record<string, string | undefined>, ambiguous: boolean): ParsedTime | null {
  const [hour, minute, sec] = [time.hour, time.minute ?? '0', time.sec ?? '0'].map(Number) as [
    number,
    number,
    number,
  ];
  const fraction = Number((time.fraction ?? '').padEnd(3, '0').slice(0, 3));
  const midnight = hour === 24 && minute === 0 && sec === 0 && fraction === 0;
  if ((hour > 23 && !midnight) || minute > 59 || sec > 59) return null;
  const offset = offsetMs(time.zone);
  if (offset === null) return null;
  const ms = start + (hour * 60 + minute) * minuteMs + sec * 1000 + fraction - offset;
  return { ms, precision: time.sec === undefined ? 'MINUTE' : 'SECOND', ambiguous };
}

function offsetMs(zone: string | undefined): number | null {
  if (zone === undefined) return shanghaiMs;
  if (zone === 'Z') return 0;
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', '') || '0')];
  if (hours > 14 || minutes > 59) return null;
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes) * minuteMs;
}

/** Midnight of a day on the calendar as if it were UTC; null for a day that the calendar does not have. */
function dayStart(year: number, month: number, day: number): number | null {
  if (month < 1 || month > 12 || day < 1 || year < 1) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  return date.getUTCMonth() === month - 1 && date.getUTCDate() === day ? date.getTime() : null;
}
