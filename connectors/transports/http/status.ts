import { HubError } from '../../../runtime/errors.ts';
import type { HttpAnswer } from './exchange.ts';

/**
 * What an answer other than 200 means: HUB_SOURCE_RATE_LIMITED and HUB_SOURCE_FAILING (with `retryAfterMs` in their context when the source asks
 * for a pause), HUB_SOURCE_REFUSED (403), HUB_SOURCE_LOGIN_PAGE (a redirect), else HUB_SOURCE_PROTOCOL.
 *
 * @param where connector, method and address without secrets. @param now ms, for a Retry-After given as a date.
 * @param option that holds the address
 */
export function byStatus(
  where: string,
  { status, headers }: HttpAnswer,
  now: number,
  option = 'baseUrl',
): HubError {
  const message = `${where}: got HTTP ${status}, expected 200`;
  const context = { status, ...retryAfter(headers, now) };
  if (status === 429) return new HubError('HUB_SOURCE_RATE_LIMITED', message, { context });
  if (status === 403)
    return new HubError('HUB_SOURCE_REFUSED', `${message}; the account lacks the right to read`, { context });
  if (status >= 500) return new HubError('HUB_SOURCE_FAILING', message, { context });
  if (status >= 300 && status < 400) {
    const target = pathOf(headers.get('location'));
    const told = `${message}; it redirects to ${target}, ${option} must be the API and not the portal`;
    return new HubError('HUB_SOURCE_LOGIN_PAGE', told, { context });
  }
  return new HubError('HUB_SOURCE_PROTOCOL', `${message}; check ${option}`, { context });
}

/** RFC 9110 §10.2.3: seconds, or a date; a date is measured against the answer's own `Date`, where there is one. */
export function retryAfter(headers: Headers, now: number): { readonly retryAfterMs?: number } {
  const value = headers.get('retry-after')?.trim() ?? '';
  if (/^\d{1,9}$/.test(value)) return { retryAfterMs: Number(value) * 1000 };
  const until = Date.parse(value);
  if (Number.isNaN(until)) return {};
  const sent = Date.parse(headers.get('date') ?? '');
  return { retryAfterMs: Math.max(0, until - (Number.isNaN(sent) ? now : sent)) };
}

export function isMarkup(headers: Headers, body: Uint8Array): boolean {
  if (/\bx?html\b/i.test(headers.get('content-type') ?? '')) return true;
  return new TextDecoder().decode(body.subarray(0, 64)).trimStart().startsWith('<');
}

/** Of the address of a log-in page only host and path: the query may carry a session. */
function pathOf(location: string | null): string {
  if (location === null) return 'nowhere';
  const url = URL.parse(location, 'http://same-host');
  if (url === null) return 'an unreadable address';
  return url.host === 'same-host' ? url.pathname : `${url.host}${url.pathname}`;
}
