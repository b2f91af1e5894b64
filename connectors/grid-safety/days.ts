/** Days of the platform: calendar days in Beijing (UTC+8, no daylight saving), as `2026-03-10`. */
const minuteMs = 60_000;
const dayMs = 24 * 60 * minuteMs;
const beijingMs = 8 * 60 * minuteMs;

export const dayOf = (ms: number): string => new Date(ms + beijingMs).toISOString().slice(0, 10);

export const addDays = (day: string, days: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + days * dayMs).toISOString().slice(0, 10);

/** The newest day whose pull is due: today from `timeOfDay` (`02:30`, Beijing time) on, else yesterday. */
export function dueDay(now: number, timeOfDay: string): string {
  const [hours = 0, minutes = 0] = timeOfDay.split(':').map(Number);
  return dayOf(now - (hours * 60 + minutes) * minuteMs);
}

/** Where the daily pull stands; what it has still to read is read again after a restart. */
export interface PullPosition {
  /** Day of the newest pull that has begun. */
  readonly run: string;
  /** Days that are still to be read, ascending: of this pull, and of earlier ones that failed for a day. */
  readonly todo: readonly string[];
}

export interface PullPlan {
  readonly timeOfDay: string;
  readonly rereadDays: number;
  /** First day of the very first pull; null: `rereadDays` before it. */
  readonly since: string | null;
}

/** Older events go in by backfill: what is to be read stands in the position, and that must stay small. */
export const mostDays = 366;

/**
 * The pull that is due, begun where it has not been: the days since the last one, and `rereadDays` before that one, because phones upload what
 * happened days ago; and whatever is still to be read. A clock that has jumped costs some days read once more, nothing else.
 */
export function planPull(position: PullPosition | null, now: number, plan: PullPlan): PullPosition {
  const run = dueDay(now, plan.timeOfDay);
  if (position?.run === run) return position;
  const last = position === null || position.run > run ? run : position.run;
  const reread = addDays(last, -plan.rereadDays);
  const first = position === null ? (plan.since ?? reread) : reread;
  const oldest = addDays(run, 1 - mostDays);
  const days = new Set(position?.todo ?? []);
  for (let day = first; day <= run; day = addDays(day, 1)) days.add(day);
  return { run, todo: [...days].filter((day) => day >= oldest && day <= run).sort() };
}

export const withoutDay = (position: PullPosition, done: string): PullPosition => ({
  ...position,
  todo: position.todo.filter((day) => day !== done),
});
