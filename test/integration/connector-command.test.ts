import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FakePortal, startPortal } from '../../connectors/complaint-report/fake-portal.ts';
import { hub } from '../support/hub-process.ts';

let folder: string;
let portal: FakePortal;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-connector-'));
  portal = await startPortal('--frozen');
}, 60_000);
afterAll(async () => {
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
});

function check(connectors: Readonly<Record<string, unknown>>, ...args: readonly string[]) {
  const config = join(folder, 'hub.yaml');
  writeFileSync(config, JSON.stringify({ connectors }));
  return hub('connector', 'check', ...args, '--config', config, '--data', join(folder, 'data'));
}

const source = (over: Readonly<Record<string, unknown>> = {}) => ({
  type: 'complaint-report',
  ...portal.account,
  ...over,
});

describe('hub connector check', () => {
  test('says which sources are ready, and what keeps the others, with 1', async () => {
    const { stdout, code } = await check({ first: source(), second: source({ password: 'wrong' }) });
    expect(code).toBe(1);
    expect(stdout).toMatch(/^first: ready\nsecond: not ready\n {2}HUB_SOURCE_REFUSED: .*\n/);
    expect(stdout).toContain('what to do: ');
    expect(stdout).not.toContain('wrong');
  });

  test('tries the one that is named, also one that is not enabled, and ends with 0 when it is ready', async () => {
    const connectors = { first: source({ enabled: false }), second: source({ password: 'wrong' }) };
    const { stdout, code } = await check(connectors, 'first', '--json');
    expect({ code, said: JSON.parse(stdout) }).toEqual({
      code: 0,
      said: { connector: 'first', isReady: true },
    });
  });

  test('names every problem of the configuration at once, with 78, and tries nothing', async () => {
    const connectors = { first: source({ pageSize: 500 }), second: source({ baseUrl: 'nowhere' }) };
    const { stdout, stderr, code } = await check(connectors, 'first');
    expect({ stdout, code }).toEqual({ stdout: '', code: 78 });
    expect(stderr).toContain('connectors.first.pageSize');
    expect(stderr).toContain('connectors.second.baseUrl');
  });

  test('says which connectors there are when it does not know the name', async () => {
    const { stderr, code } = await check({ first: source() }, 'third');
    expect(code).toBe(1);
    expect(stderr).toMatch(/^HUB_REGISTRY_UNKNOWN: .*"third"; there are: first\n/);
  });
});
