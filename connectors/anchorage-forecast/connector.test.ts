import { readdirSync, readFileSync } from 'node:fs';
import { connectorContract } from '../../test/contract/connector.ts';
import { startApi } from './fake-api.ts';
import { anchorageForecast } from './index.ts';

const folder = new URL('./fixtures/', import.meta.url);

connectorContract({
  definition: anchorageForecast,
  start: startApi,
  isOneDocument: true,
  refused: { token: 'wrong-token' },
  hang: 'slow',
  shift: null,
  fixtures: readdirSync(folder)
    .filter((name) => !name.endsWith('.expected.json'))
    .map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, folder))) })),
  disturbances: [
    { kind: 'rate-limited', code: 'HUB_SOURCE_RATE_LIMITED' },
    { kind: 'server-error', code: 'HUB_SOURCE_FAILING' },
    { kind: 'redirect', code: 'HUB_SOURCE_LOGIN_PAGE' },
    { kind: 'login-page', code: 'HUB_SOURCE_LOGIN_PAGE' },
    { kind: 'cut', code: 'HUB_SOURCE_UNREACHABLE' },
    { kind: 'truncated', code: 'HUB_SOURCE_PROTOCOL' },
    { kind: 'slow', code: 'HUB_SOURCE_TIMEOUT', options: { requestTimeoutMs: 100 } },
  ],
});
