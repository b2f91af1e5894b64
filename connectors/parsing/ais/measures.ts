import type { Payload } from './payload.ts';

/**
 * Measured values as ITU-R M.1371-5 writes them, and as the hub has them: degrees, knots, metres; null = not available, or not a
 * value that the quantity can have.
 */

/** 1/10 000 minute, WGS-84; 181° = not available. */
export const longitude = (payload: Payload, from: number): number | null =>
  within(payload.int(from, 28) / 600_000, 180);

/** 1/10 000 minute, WGS-84; 91° = not available. */
export const latitude = (payload: Payload, from: number): number | null =>
  within(payload.int(from, 27) / 600_000, 90);

/** 1/10 minute: types 17, 22, 23 and 27. */
export const coarseLongitude = (payload: Payload, from: number): number | null =>
  within(payload.int(from, 18) / 600, 180);
export const coarseLatitude = (payload: Payload, from: number): number | null =>
  within(payload.int(from, 17) / 600, 90);

export const within = (degrees: number, limit: number): number | null =>
  Math.abs(degrees) <= limit ? degrees : null;

/** 1/10 knot; 1023 = not available, 1022 = 102.2 knots or more. */
export function speed(payload: Payload, from: number): number | null {
  const tenths = payload.uint(from, 10);
  return tenths === 1023 ? null : tenths / 10;
}

/** Over ground, 1/10 degree; 3600 = not available, more is not used. */
export function course(payload: Payload, from: number): number | null {
  const tenths = payload.uint(from, 12);
  return tenths >= 3600 ? null : tenths / 10;
}

/** Degrees, true; 511 = not available. */
export function heading(payload: Payload, from: number): number | null {
  const degrees = payload.uint(from, 9);
  return degrees >= 360 ? null : degrees;
}

/** UTC second of the fix; 61 = entered by hand, 62 = dead reckoning, 63 = positioning inoperative; 60 = not available. */
export const second = (payload: Payload, from: number): number | null => unless(60, payload.uint(from, 6));

/**
 * The indicator of the rate of turn, -126 to 126: 4.733 √(degrees/minute), right is positive; ±127 = more than 5° in 30 s, without
 * an indicator on board; -128 = not available.
 */
export const turn = (payload: Payload, from: number): number | null => unless(-128, payload.int(from, 8));

/** Degrees a minute of an indicator; null where it gives no rate. */
export function degreesPerMinute(indicator: number | null): number | null {
  if (indicator === null || Math.abs(indicator) > 126) return null;
  return Math.sign(indicator) * (indicator / 4.733) ** 2;
}

/** Metres from the position's antenna to the four sides; all zero = not known. */
export const dimensions = (payload: Payload, from: number) => ({
  toBow: payload.uint(from, 9),
  toStern: payload.uint(from + 9, 9),
  toPort: payload.uint(from + 18, 6),
  toStarboard: payload.uint(from + 24, 6),
});

export const unless = (unknown: number, value: number): number | null => (value === unknown ? null : value);
