import { HubError } from '../../../runtime/errors.ts';
import type { HttpAnswer } from '../http/exchange.ts';
import { byStatus, isMarkup, retryAfter } from '../http/status.ts';
import { type Element, sliceList } from './scan.ts';

/**
 * `{"code":0,"msg":"ok","data":{"total":3127,"pageNo":1,"pageSize":200,"list":[…]}}`
 *
 * `code` 0 is success, whatever the HTTP status says about it; 401 comes inside an HTTP 200 when the token has expired.
 */
export interface Envelope {
  readonly data: Readonly<Record<string, unknown>>;
  /** Elements of `data.list`; null when there is none. */
  readonly list: readonly Element[] | null;
}

/** The token is not, or no longer, accepted. Not an error yet: a new one may be. */
export const tokenRefused = Symbol('token refused');

/**
 * What the source says, or a HubError for each way of not saying it: HUB_SOURCE_RATE_LIMITED and HUB_SOURCE_FAILING (with
 * `retryAfterMs` in their context when the source asks for a pause), HUB_SOURCE_LOGIN_PAGE, HUB_SOURCE_REFUSED,
 * HUB_SOURCE_PROTOCOL. No text of the answer gets into a message but the source's own short `msg`: the rest is personal data.
 *
 * @param where connector, method and address without secrets. @param now ms, for a Retry-After given as a date.
 */
export function readEnvelope(where: string, answer: HttpAnswer, now: number): Envelope | typeof tokenRefused {
  const { status, headers, body } = answer;
  if (status === 401) return tokenRefused;
  if (status !== 200) throw byStatus(where, answer, now);
  if (isMarkup(headers, body)) {
    throw new HubError(
      'HUB_SOURCE_LOGIN_PAGE',
      `${where}: got an HTML page, expected JSON; baseUrl must be the API and not the portal`,
    );
  }
  const cut = sliceList(body, ['data', 'list']);
  const envelope = cut === null ? parse(body) : cut.envelope;
  if (!isRecord(envelope)) {
    const found = envelope === undefined ? 'malformed JSON' : 'JSON that is no object';
    throw new HubError(
      'HUB_SOURCE_PROTOCOL',
      `${where}: got ${found} (${body.length} bytes), expected {"code":0,"data":{…}}`,
    );
  }
  const code = asNumber(envelope.code);
  if (code === 401) return tokenRefused;
  if (code !== 0) throw byCode(where, envelope, headers, now);
  return { data: isRecord(envelope.data) ? envelope.data : {}, list: cut?.elements ?? null };
}

function byCode(
  where: string,
  envelope: Readonly<Record<string, unknown>>,
  headers: Headers,
  now: number,
): HubError {
  const code = asNumber(envelope.code);
  const found = code === null ? 'no code' : `code ${code}`;
  const message = `${where}: got HTTP 200 with ${found} inside${quoteMessage(envelope.msg)}, expected code 0`;
  const context = { sourceCode: code, ...retryAfter(headers, now) };
  if (code === null) return new HubError('HUB_SOURCE_PROTOCOL', message, { context });
  if (code === 403) return new HubError('HUB_SOURCE_REFUSED', message, { context });
  if (code === 429) return new HubError('HUB_SOURCE_RATE_LIMITED', message, { context });
  return new HubError('HUB_SOURCE_FAILING', message, { context });
}

/** The source's words, short, without what could be a token or a number of a person. */
function quoteMessage(message: unknown): string {
  if (typeof message !== 'string' || message === '') return '';
  return ` ("${message.slice(0, 80).replace(/[\w.~+/-]{16,}|\d{6,}/g, '…')}")`;
}

function parse(body: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(body));
  } catch {
    return undefined;
  }
}

export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** Numbers come as text now and then. */
export function asNumber(value: unknown): number | null {
  const number = typeof value === 'string' && value.trim() !== '' ? Number(value) : value;
  return typeof number === 'number' && Number.isFinite(number) ? number : null;
}
