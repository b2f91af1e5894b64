import { HubError } from '../runtime/errors.ts';
import type { Messages } from './messages/index.ts';

const eightHoursMs = 8 * 3_600_000;
const unitMs: Readonly<Record<string, number>> = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000 };

/** `2026-03-10T08:12:33.000+08:00`: the JSON form of a time in ms. */
export const isoTime = (ms: number): string =>
  `${new Date(ms + eightHoursMs).toISOString().slice(0, -1)}+08:00`;

/** `2026-03-10 08:12:33 +08:00`: for people. */
export const clockTime = (ms: number): string => `${isoTime(ms).slice(0, 19).replace('T', ' ')} +08:00`;

/**
 * A point in time as an operator writes it, in ms: ISO 8601 (without an offset it is taken as +08:00, a day alone as its
 * midnight), or an age such as 90s, 30m, 2h, 7d. Throws HUB_CLI_USAGE.
 */
export function parseTime(text: string, now: number, t: Messages): number {
  const age = /^(\d{1,9})([smhd])$/.exec(text);
  if (age !== null) return now - Number(age[1]) * unitMs[age[2]!]!;
  const iso = /^(\d{4}-\d\d-\d\d)(?:[T ](\d\d:\d\d(?::\d\d(?:\.\d{1,3})?)?)(Z|[+-]\d\d:\d\d)?)?$/.exec(text);
  const ms = iso === null ? Number.NaN : Date.parse(`${iso[1]}T${iso[2] ?? '00:00'}${iso[3] ?? '+08:00'}`);
  if (Number.isNaN(ms)) throw new HubError('HUB_CLI_USAGE', t.usage.notATime(text));
  return ms;
}

/** A span in its largest unit, rounded down: 45s, 12m, 3h, 2d. */
export function spanText(ms: number): string {
  const unit = ['d', 'h', 'm'].find((name) => ms >= unitMs[name]!) ?? 's';
  return `${Math.floor(ms / unitMs[unit]!)}${unit}`;
}
