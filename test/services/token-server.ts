import { generateKeyPairSync, type KeyObject, sign } from 'node:crypto';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';

/** Gives tokens for client credentials (RFC 6749, 4.4), as a department's login server does. */
export interface TokenServer {
  readonly tokenUrl: string;
  /** What a broker needs to check the tokens (RFC 7517), JSON. */
  readonly keySet: string;
  readonly issuer: string;
  readonly audience: string;
  /** Tokens given so far. */
  given(): number;
  /** From now on each token lives so long; at first 600. */
  tokensLive(seconds: number): void;
  stop(): void;
}

/** @param clients name to secret; the name becomes `User:name` to the broker */
export async function startTokenServer(clients: Readonly<Record<string, string>>): Promise<TokenServer> {
  const { publicKey, privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  const keySet = JSON.stringify({
    keys: [{ ...publicKey.export({ format: 'jwk' }), kid: 'tests', use: 'sig', alg: 'RS256' }],
  });
  const audience = 'kafka';
  let given = 0;
  let lifeSeconds = 600;

  const server = createServer((request, reply) => {
    const [name = '', secret] = credentials(request.headers.authorization);
    if (secret === undefined || clients[name] !== secret) {
      reply.writeHead(401, { 'content-type': 'application/json' }).end('{"error":"invalid_client"}');
      return;
    }
    given += 1;
    const now = Math.floor(Date.now() / 1000);
    const claims = {
      iss: issuer,
      sub: name,
      aud: audience,
      scope: 'kafka',
      iat: now,
      exp: now + lifeSeconds,
    };
    const token = { access_token: jwt(claims, privateKey), token_type: 'bearer', expires_in: lifeSeconds };
    reply.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(token));
  });
  server.listen(0, '127.0.0.1').unref();
  await once(server, 'listening');
  const issuer = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  return {
    tokenUrl: `${issuer}/token`,
    keySet,
    issuer,
    audience,
    given: () => given,
    tokensLive(seconds) {
      lifeSeconds = seconds;
    },
    stop() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** Of HTTP's basic login, each form-encoded (RFC 6749, 2.3.1). */
function credentials(authorization = ''): readonly string[] {
  const pair = Buffer.from(authorization.replace(/^Basic /, ''), 'base64').toString();
  return pair.split(':').map(decodeURIComponent);
}

function jwt(claims: object, key: KeyObject): string {
  const part = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');
  const body = `${part({ alg: 'RS256', typ: 'JWT', kid: 'tests' })}.${part(claims)}`;
  return `${body}.${sign('sha256', Buffer.from(body), key).toString('base64url')}`;
}
