import { createHmac, timingSafeEqual } from 'node:crypto';

/**
 * `X-Timestamp: <epoch seconds>` and `X-Signature: sha256=<lower-case hex HMAC-SHA256(secret, "<timestamp>.<body bytes>")>`; of a GET,
 * whose body is empty, the signed text is `GET <path with query>`.
 */
export interface Signature {
  readonly 'x-timestamp': string;
  readonly 'x-signature': string;
}

/** How far the two clocks may be apart, s. */
const replayWindowS = 300;

/** @param now by the signer's own clock, real, ms */
export function sign(secret: string, content: string | Buffer, now: number): Signature {
  const timestamp = String(Math.floor(now / 1000));
  const digest = createHmac('sha256', secret).update(`${timestamp}.`).update(content).digest('hex');
  return { 'x-timestamp': timestamp, 'x-signature': `sha256=${digest}` };
}

/** Whether the headers sign this content, and no longer ago than the replay window. */
export function isSigned(
  secret: string,
  content: string | Buffer,
  headers: Readonly<Record<string, string | string[] | undefined>>,
  now: number,
): boolean {
  const [timestamp, given] = [headers['x-timestamp'], headers['x-signature']];
  if (typeof timestamp !== 'string' || typeof given !== 'string' || !/^\d{1,12}$/.test(timestamp))
    return false;
  const signedAt = Number(timestamp) * 1000;
  if (Math.abs(now - signedAt) > replayWindowS * 1000) return false;
  const expected = Buffer.from(sign(secret, content, signedAt)['x-signature']);
  const actual = Buffer.from(given);
  return expected.length === actual.length && timingSafeEqual(expected, actual);
}
