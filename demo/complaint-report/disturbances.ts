import type { Chances } from '../city/chances.ts';
import { draw, drawInt } from '../city/draw.ts';

/** What may go wrong with a request, in the order in which it is looked at. */
export const disturbanceKinds = [
  /** 429 with Retry-After, in bursts; seconds and dates by turns. */
  'rate-limited',
  /** An HTML log-in page with HTTP 200. */
  'login-page',
  /** A redirect to the log-in page. */
  'redirect',
  /** HTTP 503 with an HTML body. */
  'server-error',
  /** HTTP 200 with `code` 500 inside. */
  'inner-error',
  /** HTTP 200 with `code` 401 inside: the token is forgotten before its time. */
  'token-expired',
  /** The connection breaks in the middle of the body. */
  'cut',
  /** A whole answer that holds half of the JSON. */
  'truncated',
  /** An answer that comes late (`--slow-ms`). */
  'slow',
  /** A row that was already handed out is saved again just before the next page is read, and goes to the end. */
  'shift',
  /** One row more that is no proper row; the total does not know it. */
  'broken-row',
  /** No `total`. */
  'no-total',
  /** A `total` that is one too high. */
  'wrong-total',
] as const;

export type DisturbanceKind = (typeof disturbanceKinds)[number];
/** Per request. */
export type Disturbances = Chances<DisturbanceKind>;

const burst = 3;

/** Whether it happens to this request; the same seed and number always give the same answer. */
export function happens(
  disturbances: Disturbances,
  kind: DisturbanceKind,
  seed: number,
  request: number,
): boolean {
  const probability = disturbances[kind] ?? 0;
  return draw(seed, kind, kind === 'rate-limited' ? Math.floor(request / burst) : request) < probability;
}

const brokenRows = [
  '{"id":NaN,"title":"坏行"}',
  '{"id":"TS-BAD-1","title":"管子 5" 粗","content":"x"}',
  '{"id":"TS-BAD-2","title":"换\n行"}',
  '{"id":"TS-BAD-3","title":"没有完',
  '"只有一句话"',
  'null',
  '[]',
  '{"title":"没有编号","updateTime":"昨天"}',
];

export const brokenRow = (seed: number, request: number): string =>
  brokenRows[drawInt(0, brokenRows.length - 1, seed, 'broken-row-form', request)]!;
