import type { Clock } from '../../../runtime/clock.ts';
import { HubError } from '../../../runtime/errors.ts';
import { exchange, type HttpLimits, type HttpRequest } from '../http/exchange.ts';
import { asNumber, type Envelope, isRecord, readEnvelope, tokenRefused } from './answer.ts';
import type { Page, PageQuery, Row } from './pass.ts';
import type { Element } from './scan.ts';

export interface Account extends HttpLimits {
  /** For messages. */
  readonly connector: string;
  /** `POST <baseUrl>/login` gives the token, `GET <baseUrl>/<listPath>` the pages. */
  readonly baseUrl: string;
  readonly listPath: string;
  readonly username: string;
  readonly password: string;
}

/** Where a source keeps a row's own number and its update time (ms). */
export interface RowFields {
  readonly id: string;
  readonly updatedAt: string;
}

export interface Client {
  /** Gets a token, if there is none that still holds. */
  logIn(): Promise<void>;
  readPage(query: PageQuery, pageSize: number): Promise<Page>;
}

interface Token {
  readonly text: string;
  /** ms, hub clock. A clock that jumps costs a refusal and a new token, nothing else. */
  readonly renewAt: number;
}

/** Where the source does not say how long its token holds. */
const usualTokenLifeMs = 2 * 3_600_000;
/** A token is renewed this long before its end, or after nine tenths of its life where that is later. */
const renewBeforeMs = 60_000;

/**
 * Requests with a token from the log-in: fetched once however many ask for it, kept, renewed shortly before its end and once
 * after a refusal (`code` 401 inside an HTTP 200, or HTTP 401). Refused again, with a token just issued: HUB_SOURCE_REFUSED.
 * Nothing is retried here beyond that; see `readEnvelope` and `exchange` for what is thrown.
 */
export function pagedJsonClient(
  account: Account,
  fields: RowFields,
  io: { readonly clock: Clock; readonly signal: AbortSignal },
): Client {
  const root = account.baseUrl.replace(/\/+$/, '');
  let token: Promise<Token> | null = null;

  async function send(request: HttpRequest): Promise<Envelope | typeof tokenRefused> {
    const where = describe(account.connector, request);
    return readEnvelope(where, await exchange(where, request, account, io), io.clock.now());
  }

  async function fetchToken(): Promise<Token> {
    const request: HttpRequest = {
      method: 'POST',
      url: `${root}/login`,
      headers: { accept: 'application/json', 'content-type': 'application/json' },
      body: JSON.stringify({ username: account.username, password: account.password }),
    };
    const requestedAt = io.clock.now();
    const answer = await send(request);
    const where = describe(account.connector, request);
    if (answer === tokenRefused) {
      throw new HubError('HUB_SOURCE_REFUSED', `${where}: log-in refused; check username and password`);
    }
    const { token: text, expiresIn } = answer.data;
    if (typeof text !== 'string' || text === '') {
      throw new HubError('HUB_SOURCE_PROTOCOL', `${where}: got no data.token, expected a token as text`);
    }
    const lifeSeconds = asNumber(expiresIn);
    const lifeMs = lifeSeconds === null ? usualTokenLifeMs : lifeSeconds * 1000;
    return { text, renewAt: requestedAt + lifeMs - Math.min(renewBeforeMs, lifeMs / 10) };
  }

  /** @param refused the token that is not accepted any more; another one that came in the meantime is taken as it is. */
  async function currentToken(refused: string | null): Promise<string> {
    const pending = token;
    if (pending !== null) {
      const held = await pending;
      if (held.text !== refused && io.clock.now() < held.renewAt) return held.text;
    }
    return (await renew(pending)).text;
  }

  /** Whoever comes first fetches the new token, the others wait for the same one. */
  function renew(old: Promise<Token> | null): Promise<Token> {
    if (token !== old && token !== null) return token;
    const fresh = fetchToken();
    token = fresh;
    // A log-in that failed must not be remembered.
    fresh.catch(() => {
      if (token === fresh) token = null;
    });
    return fresh;
  }

  async function get(path: string): Promise<{ envelope: Envelope; where: string }> {
    const request = (text: string): HttpRequest => ({
      method: 'GET',
      url: `${root}/${path}`,
      headers: { accept: 'application/json', authorization: `Bearer ${text}` },
    });
    const first = await currentToken(null);
    const where = describe(account.connector, request(first));
    let envelope = await send(request(first));
    if (envelope === tokenRefused) envelope = await send(request(await currentToken(first)));
    if (envelope === tokenRefused) {
      const message = `${where}: token refused although it was just issued; check the rights of the account`;
      throw new HubError('HUB_SOURCE_REFUSED', message);
    }
    return { envelope, where };
  }

  return {
    async logIn() {
      await currentToken(null);
    },
    async readPage({ from, to, pageNo }, pageSize) {
      const query = new URLSearchParams({ from: String(from), ...(to === null ? {} : { to: String(to) }) });
      query.set('pageNo', String(pageNo));
      query.set('pageSize', String(pageSize));
      const { envelope, where } = await get(`${account.listPath}?${query}`);
      if (envelope.list === null) {
        throw new HubError('HUB_SOURCE_PROTOCOL', `${where}: got no data.list, expected a list of rows`);
      }
      return {
        rows: envelope.list.map((element) => rowOf(element, fields)),
        total: asCount(envelope.data.total),
      };
    },
  };
}

function rowOf({ bytes, value }: Element, fields: RowFields): Row {
  if (!isRecord(value)) return { bytes, id: null, updatedAt: null };
  const id = value[fields.id];
  return {
    bytes,
    id: typeof id === 'string' || typeof id === 'number' ? String(id) : null,
    updatedAt: asTime(value[fields.updatedAt]),
  };
}

/** A number that is no time (negative, beyond what a date can be) must not become the place to read on from. */
function asTime(value: unknown): number | null {
  const ms = asNumber(value);
  return ms !== null && ms >= 0 && ms <= 8.64e15 ? Math.floor(ms) : null;
}

function asCount(total: unknown): number | null {
  const count = asNumber(total);
  return count !== null && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

/** Addresses carry no secret here (the token goes in a header), but a base address may be written with a password in it. */
function describe(connector: string, { method, url }: HttpRequest): string {
  const { origin, pathname, search } = new URL(url);
  return `${connector}: ${method} ${origin}${pathname}${search}`;
}
