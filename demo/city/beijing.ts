/** The clock on the wall of every office of the city: UTC+8, no summer time. */
export function beijing(at: number) {
  const date = new Date(at + 8 * 3_600_000);
  return {
    year: date.getUTCFullYear(),
    month: date.getUTCMonth() + 1,
    day: date.getUTCDate(),
    hour: date.getUTCHours(),
    minute: date.getUTCMinutes(),
    second: date.getUTCSeconds(),
  };
}

/** 2026-03-10 08:12:33, Beijing time. */
export function dashed(at: number): string {
  const { hour, minute, second } = beijing(at);
  return `${dayOf(at)} ${two(hour)}:${two(minute)}:${two(second)}`;
}

/** 2026-03-10, the day in Beijing. */
export function dayOf(at: number): string {
  const { year, month, day } = beijing(at);
  return `${year}-${two(month)}-${two(day)}`;
}

export const two = (n: number): string => String(n).padStart(2, '0');
