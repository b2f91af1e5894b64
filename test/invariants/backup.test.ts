import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FakePortal, PortalRow } from '../../connectors/complaint-report/fake-portal.ts';
import {
  checkData,
  type DataCheck,
  type HubProcess,
  hub,
  readJsonLines,
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

/** With the unified stream as files in each of these folders. */
const start = (data: string, ...outs: readonly string[]): HubProcess =>
  startHub({
    data,
    config: {
      sinks: Object.fromEntries(
        outs.map((name) => [name, { type: 'file', folder: join(folder, name), topics: ['items'] }]),
      ),
      log: { level: 'info' },
      connectors: {
        'complaint-report': {
          ...portal.account,
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

/** By file: what the sink has written there. */
function filesIn(name: string): Readonly<Record<string, string>> {
  const inside = join(folder, name, 'items');
  const names = existsSync(inside) ? readdirSync(inside).filter((one) => one.endsWith('.jsonl')) : [];
  return Object.fromEntries(names.map((one) => [one, readFileSync(join(inside, one), 'utf8')]));
}
const itemsIn = (name: string): readonly string[] =>
  [
    ...new Set(
      Object.values(filesIn(name))
        .flatMap(readJsonLines)
        .map(({ itemId }) => String(itemId)),
    ),
  ].sort();

const partsOf = ({ projection, deadLetters, recordIds }: DataCheck) => ({
  projection,
  deadLetters,
  recordIds,
});

test('a backup taken while the hub reads, restored elsewhere, goes on reading and ends with the same data', async () => {
  const first = join(folder, 'first');
  const running = start(first, 'old-files');
  await until(running, 'the hub reads', async () => (await recordsRead(first)) > 0);
  const file = join(folder, 'hub.tar.gz');
  const made = await hub('backup', file, '--data', first);
  expect({ ...made, stdout: '' }).toEqual({ stdout: '', stderr: '', code: 0 });
  expect(made.stdout).toMatch(/^\S+hub\.tar\.gz: \d.* SHA-256 [0-9a-f]{64}\n$/);
  const told = await tellMore();
  await until(running, 'the hub settles', settled(first, records + told));
  expect(await running.stop()).toBe(0);

  const written = filesIn('old-files');

  const second = join(folder, 'second');
  expect(await hub('restore', file, '--data', second)).toMatchObject({ code: 0, stderr: '' });
  const restored = await checkData(second);
  expect(restored.problems).toEqual([]);
  const expected = await checkData(first);
  expect(restored.raw).toBeGreaterThan(0);
  expect(restored.raw).toBeLessThan(expected.raw);

  const again = start(second, 'old-files', 'new-files');
  const read = expected.recordIds.length;
  await until(again, 'the restored hub settles', async () => {
    if (!(await settled(second, 1)())) return false;
    return (await checkData(second)).recordIds.length === read && settled(second, 1)();
  });
  const itemIds = Object.keys(expected.projection).sort();
  await until(again, 'its files are written', async () => itemsIn('new-files').length === itemIds.length);
  expect(await again.stop()).toBe(0);
  const found = await checkData(second);
  expect([...found.problems, ...found.betweenItems]).toEqual([]);
  expect(partsOf(found)).toEqual(partsOf(expected));
  expect(itemsIn('new-files')).toEqual(itemIds);

  // The log has come as far as the old files again, with other records.
  const later = start(second, 'old-files');
  const refused = 'HUB_LOG_OFFSET_OUT_OF_RANGE';
  await until(later, 'the sink refuses the old files', async () => later.said().includes(refused));
  expect(await later.stop()).toBe(0);
  expect(again.said()).toContain(refused);
  expect(filesIn('old-files')).toEqual(written);
  expect(Object.keys(written).length).toBeGreaterThan(0);
}, 300_000);
