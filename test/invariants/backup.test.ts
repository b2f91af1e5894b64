import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FakePortal, PortalRow } from '../../connectors/complaint-report/fake-portal.ts';
import {
  checkData,
  type DataCheck,
  type HubProcess,
  hub,
  recordsRead,
  settled,
  startHub,
  until,
} from '../support/hub-process.ts';
import { startOpenPortal } from '../support/open-portal.ts';
import { portalRow } from '../support/portal-rows.ts';

let folder: string;
let portal: FakePortal;
let records: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-backup-'));
  portal = await startOpenPortal(folder);
  records = (await portal.records()).length;
});
afterAll(async () => {
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
});

const start = (data: string): HubProcess =>
  startHub({
    data,
    config: {
      log: { level: 'info' },
      connectors: {
        'complaint-report': {
          baseUrl: portal.url,
          username: 'demo',
          password: 'demo-only',
          pageSize: 10,
          pollIntervalMs: 2_000,
        },
      },
    },
  });

/** Reports that are newer than all others. How many. */
async function tellMore(): Promise<number> {
  const { rows } = (await portal.control('rows')) as { rows: readonly PortalRow[] };
  const newest = Math.max(...rows.map(({ updatedAt }) => updatedAt));
  const more = Array.from({ length: 50 }, (_, index) => {
    const [id, updatedAt] = [`TS20260311${String(index).padStart(4, '0')}`, newest + index + 1];
    return { id, updatedAt, text: portalRow({ id, updateTime: updatedAt }) };
  });
  await portal.control('put', { rows: more });
  return more.length;
}

const partsOf = ({ projection, deadLetters, recordIds }: DataCheck) => ({
  projection,
  deadLetters,
  recordIds,
});

test('a backup taken while the hub reads, restored elsewhere, goes on reading and ends with the same data', async () => {
  const first = join(folder, 'first');
  const running = start(first);
  await until(running, 'the hub reads', async () => (await recordsRead(first)) > 0);
  const file = join(folder, 'hub.tar.gz');
  const made = await hub('backup', file, '--data', first);
  expect({ ...made, stdout: '' }).toEqual({ stdout: '', stderr: '', code: 0 });
  expect(made.stdout).toMatch(/^\S+hub\.tar\.gz: \d.* SHA-256 [0-9a-f]{64}\n$/);
  const told = await tellMore();
  await until(running, 'the hub settles', settled(first, records + told));
  expect(await running.stop()).toBe(0);

  const second = join(folder, 'second');
  expect(await hub('restore', file, '--data', second)).toMatchObject({ code: 0, stderr: '' });
  const restored = await checkData(second);
  expect(restored.problems).toEqual([]);
  const expected = await checkData(first);
  expect(restored.raw).toBeGreaterThan(0);
  expect(restored.raw).toBeLessThan(expected.raw);

  const again = start(second);
  await until(again, 'the restored hub settles', async () => {
    if (!(await settled(second, 1)())) return false;
    await setTimeout(500);
    return (await checkData(second)).recordIds.length >= expected.recordIds.length && settled(second, 1)();
  });
  expect(await again.stop()).toBe(0);
  const found = await checkData(second);
  expect([...found.problems, ...found.betweenItems]).toEqual([]);
  expect(partsOf(found)).toEqual(partsOf(expected));
}, 300_000);
