import { readdirSync, readFileSync } from 'node:fs';
import { systemClock } from '../../runtime/clock.ts';
import { connectorContract } from '../../test/contract/connector.ts';
import { pushedConnectorContract } from '../../test/contract/pushed-connector.ts';
import { eventOn, noon, secret, startPlatform, today } from './fake-platform.ts';
import { gridSafety } from './index.ts';

const folder = new URL('./fixtures/records/', import.meta.url);
const fixtures = readdirSync(folder).map((name) => ({
  name,
  bytes: new Uint8Array(readFileSync(new URL(name, folder))),
}));

connectorContract({
  definition: gridSafety,
  isPushed: true,
  start: () => startPlatform(),
  refused: { secrets: ['not-the-secret-at-all'] },
  hang: 'slow',
  shift: null,
  fixtures,
  disturbances: [
    { kind: 'rate-limited', code: 'HUB_SOURCE_RATE_LIMITED' },
    { kind: 'server-error', code: 'HUB_SOURCE_FAILING' },
    { kind: 'inner-error', code: 'HUB_SOURCE_FAILING' },
    { kind: 'login-page', code: 'HUB_SOURCE_LOGIN_PAGE' },
    { kind: 'truncated', code: 'HUB_SOURCE_PROTOCOL' },
    { kind: 'cut', code: 'HUB_SOURCE_UNREACHABLE' },
    { kind: 'slow', code: 'HUB_SOURCE_TIMEOUT', options: { requestTimeoutMs: 200 } },
  ],
});

pushedConnectorContract({
  definition: gridSafety,
  options: { baseUrl: 'http://127.0.0.1:9/api', secrets: [secret], listen: { port: 0 } },
  clock: { ...systemClock, now: () => noon },
  event: (serial) => JSON.stringify({ ...eventOn(today, serial), ts: noon / 1000 }),
});
