import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * `X-Timestamp: <epoch seconds>` and `X-Signature: sha256=<lower-case hex HMAC-SHA256(secret, "<timestamp>.<body>")>`. A request without a body
 * signs `GET <path with query>` in its place.
 */
export interface SignatureHeaders {
  readonly 'x-timestamp': string;
  readonly 'x-signature': string;
}

/** @param now ms */
export function sign(secret: string, body: Uint8Array | string, now: number): SignatureHeaders {
  const timestamp = String(Math.floor(now / 1000));
  return {
    'x-timestamp': timestamp,
    'x-signature': `sha256=${digest(secret, timestamp, body).toString('hex')}`,
  };
}

export type SignatureVerdict = 'VALID' | 'WRONG_SIGNATURE' | 'OUTSIDE_WINDOW';

/**
 * Whether one of the secrets has signed this, and not too long ago. The signature is judged first: a timestamp that nobody signed says
 * nothing. All secrets are tried, each in constant time, so that the time taken tells neither which one holds nor how much of it.
 *
 * @param now ms
 */
export function verify(
  headers: Readonly<Record<string, string | string[] | undefined>>,
  body: Uint8Array,
  {
    secrets,
    replayWindowMs,
    now,
  }: { readonly secrets: readonly string[]; readonly replayWindowMs: number; readonly now: number },
): SignatureVerdict {
  const { 'x-timestamp': timestamp, 'x-signature': signature } = headers;
  if (typeof timestamp !== 'string' || !/^\d{1,12}$/.test(timestamp)) return 'WRONG_SIGNATURE';
  if (typeof signature !== 'string' || !/^sha256=[0-9a-f]{64}$/.test(signature)) return 'WRONG_SIGNATURE';
  const given = Buffer.from(signature.slice('sha256='.length), 'hex');
  const holding = secrets.filter((secret) => timingSafeEqual(digest(secret, timestamp, body), given));
  if (holding.length === 0) return 'WRONG_SIGNATURE';
  return Math.abs(now - Number(timestamp) * 1000) <= replayWindowMs ? 'VALID' : 'OUTSIDE_WINDOW';
}

const digest = (secret: string, timestamp: string, body: Uint8Array | string): Buffer =>
  createHmac('sha256', secret).update(`${timestamp}.`).update(body).digest();
