import { z } from 'zod';
import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import { wordsOfFetch } from '../foreign-error.ts';
import type { KafkaSecurity } from './options.ts';

export interface Token {
  /** Secret. */
  readonly value: string;
  /** Ms since 1970. */
  readonly expiresAt: number;
}

/** Gives a token that is valid for a while yet. Throws HUB_KAFKA_UNREACHABLE and HUB_KAFKA_REFUSED. */
export type TokenSource = () => Promise<Token>;

/** A token is replaced when this part of its life is over: so no broker sees it expire on the way. */
const renewAfter = 0.8;
/** Where the server does not say how long its token lives (RFC 6749, 5.1, only recommends it). */
const assumedLifeSeconds = 300;

const answer = z.object({
  access_token: z.string().min(1),
  expires_in: z.coerce.number().positive().optional(),
});

/**
 * Tokens by client credentials (RFC 6749, 4.4), kept and shared until they are to be renewed: hundreds of connections that open at once
 * ask the server once. Certificates of the server: those that Node trusts (NODE_EXTRA_CA_CERTS adds some).
 */
export function tokenSource(
  { tokenUrl = '', clientId = '', clientSecret = '', scope }: KafkaSecurity['oauth'],
  { now }: Pick<Clock, 'now'>,
  timeoutMs: number,
): TokenSource {
  let kept: { readonly token: Token; readonly until: number } | null = null;
  let asking: Promise<Token> | null = null;

  async function ask(): Promise<Token> {
    const asked = now();
    const { access_token: value, expires_in: life = assumedLifeSeconds } = await exchange();
    const token = { value, expiresAt: asked + life * 1000 };
    kept = { token, until: asked + life * 1000 * renewAfter };
    return token;
  }

  async function exchange(): Promise<z.output<typeof answer>> {
    // RFC 6749, 2.3.1: both are form-encoded before they are joined.
    const login = Buffer.from(`${encodeURIComponent(clientId)}:${encodeURIComponent(clientSecret)}`).toString(
      'base64',
    );
    let response: Response;
    let body: string;
    try {
      response = await fetch(tokenUrl, {
        method: 'POST',
        headers: { authorization: `Basic ${login}`, accept: 'application/json' },
        body: new URLSearchParams({
          grant_type: 'client_credentials',
          ...(scope === undefined ? {} : { scope }),
        }),
        signal: AbortSignal.timeout(timeoutMs),
        redirect: 'error',
      });
      body = await response.text();
    } catch (cause) {
      throw new HubError(
        'HUB_KAFKA_UNREACHABLE',
        `the token server ${shown(tokenUrl)} does not answer: ${wordsOfFetch(cause)}`,
        {
          cause,
        },
      );
    }
    if (response.status === 429 || response.status >= 500) {
      throw new HubError(
        'HUB_KAFKA_UNREACHABLE',
        `the token server ${shown(tokenUrl)} answers ${response.status}`,
      );
    }
    const parsed = response.ok ? answer.safeParse(parse(body)) : null;
    if (parsed?.success !== true) {
      throw new HubError(
        'HUB_KAFKA_REFUSED',
        `the token server ${shown(tokenUrl)} gives no token for the client ${clientId}: it answers ${response.status}`,
      );
    }
    return parsed.data;
  }

  return async () => {
    if (kept !== null && now() < kept.until) return kept.token;
    asking ??= ask().finally(() => {
      asking = null;
    });
    return asking;
  };
}

/** An address as far as it may be printed. */
const shown = (url: string): string =>
  URL.canParse(url) ? new URL(url).origin + new URL(url).pathname : 'of the configuration';

function parse(body: string): unknown {
  try {
    return JSON.parse(body);
  } catch {
    return null;
  }
}
