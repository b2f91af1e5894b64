import { readdirSync, readFileSync } from 'node:fs';
import { connectorContract } from '../../test/contract/connector.ts';
import { startPortal } from './fake-portal.ts';
import { complaintReport } from './index.ts';

const folder = new URL('./fixtures/records/', import.meta.url);
const fixtures = readdirSync(folder).map((name) => ({
  name,
  bytes: new Uint8Array(readFileSync(new URL(name, folder))),
}));

connectorContract({
  definition: complaintReport,
  start: () => startPortal('--frozen', '--slow-ms', '600000'),
  refused: { password: 'wrong-password' },
  hang: 'slow',
  shift: 'shift',
  fixtures,
  disturbances: [
    { kind: 'rate-limited', code: 'HUB_SOURCE_RATE_LIMITED' },
    { kind: 'login-page', code: 'HUB_SOURCE_LOGIN_PAGE' },
    { kind: 'redirect', code: 'HUB_SOURCE_LOGIN_PAGE' },
    { kind: 'server-error', code: 'HUB_SOURCE_FAILING' },
    { kind: 'inner-error', code: 'HUB_SOURCE_FAILING' },
    { kind: 'token-expired', code: null },
    { kind: 'cut', code: 'HUB_SOURCE_UNREACHABLE' },
    { kind: 'truncated', code: 'HUB_SOURCE_PROTOCOL' },
    { kind: 'slow', code: 'HUB_SOURCE_TIMEOUT', options: { requestTimeoutMs: 300 } },
    { kind: 'shift', code: null },
    { kind: 'broken-row', code: null },
    { kind: 'no-total', code: null },
    { kind: 'wrong-total', code: null },
  ],
});
