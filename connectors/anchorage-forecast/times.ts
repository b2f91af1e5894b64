/** Spans of a forecast, `04日08时-11时`, `23日23时-24日02时`: Beijing time, without month and year. */
export interface Span {
  /** ms since epoch, half-open. */
  readonly from: number;
  readonly until: number;
}

const hourMs = 3_600_000;
const dayMs = 24 * hourMs;
const beijingMs = 8 * hourMs;
/** The forecasts seen reach five days ahead and some hours back. A day further off is a mistake, or of another month. */
const farthestMs = 10 * dayMs;
/** The longest entry seen takes six hours. */
const longestMs = dayMs;

const form = /^(\d{1,2})日(\d{1,2})时\s*[-~至到—]\s*(?:(\d{1,2})日)?(\d{1,2})时$/;

/** The days nearest to the publication, over the end of a month or year too; null where the text is no span, or names no day near it. */
export function spanOf(text: string, publishedAt: number): Span | null {
  const [, day, hour, lastDay, lastHour] = form.exec(text.normalize('NFKC').trim()) ?? [];
  if (day === undefined) return null;
  const from = nearest(Number(day), Number(hour), publishedAt);
  if (from === null || Math.abs(from - publishedAt) > farthestMs) return null;
  const until =
    lastDay === undefined
      ? laterThan(from, Number(lastHour))
      : nearest(Number(lastDay), Number(lastHour), from);
  return until !== null && until > from && until - from <= longestMs ? { from, until } : null;
}

function nearest(day: number, hour: number, to: number): number | null {
  if (hour > 24) return null;
  const date = new Date(to + beijingMs);
  let found: number | null = null;
  for (const months of [-1, 0, 1]) {
    const start = Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + months, day);
    // Not every month has a 31st.
    if (new Date(start).getUTCDate() !== day) continue;
    const at = start + hour * hourMs - beijingMs;
    if (found === null || Math.abs(at - to) < Math.abs(found - to)) found = at;
  }
  return found;
}

/** `20时-02时` ends on the day after. */
function laterThan(from: number, hour: number): number | null {
  if (hour > 24) return null;
  const day = Math.floor((from + beijingMs) / dayMs) * dayMs - beijingMs;
  const until = day + hour * hourMs;
  return until > from ? until : until + dayMs;
}
