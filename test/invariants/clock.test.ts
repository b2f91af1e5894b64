import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import type { FakePortal } from '../../connectors/complaint-report/fake-portal.ts';
import {
  checkData,
  type HubProcess,
  hub,
  readJsonLines,
  recordsRead,
  settled,
  startHub,
  until,
} from '../support/hub-process.ts';
import { startOpenPortal } from '../support/open-portal.ts';

const hour = 3_600_000;

let folder: string;
let portal: FakePortal;
let records: number;
let running: HubProcess | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-clock-'));
  portal = await startOpenPortal(folder, '--slow-ms', '100');
  records = (await portal.records()).length;
});
afterEach(async () => {
  running?.kill('SIGKILL');
  await running?.exited;
});
afterAll(async () => {
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
});

const config = () => ({
  connectors: {
    'complaint-report': {
      ...portal.account,
      pageSize: 5,
      pollIntervalMs: 1_000,
    },
  },
});

describe('a hub whose clock jumps while it reads', () => {
  test('a day forward, an hour back, then behind the source: loses nothing, doubles nothing, and ends', async () => {
    const calm = join(folder, 'calm');
    running = startHub({ data: calm, config: config() });
    await until(running, 'the undisturbed hub settles', settled(calm, records));
    expect(await running.stop()).toBe(0);

    const jumpy = join(folder, 'jumpy');
    const clock = join(folder, 'offset');
    const setClock = (offsetMs: number) => {
      writeFileSync(`${clock}.new`, String(offsetMs));
      renameSync(`${clock}.new`, clock);
    };
    setClock(0);
    // A page of five takes a tenth of a second: there is time to jump between them.
    await portal.disturb(1, { slow: 1 });
    const startedAt = Date.now();
    running = startHub({ data: jumpy, config: config(), clock });
    const offsets = [24 * hour, 23 * hour, -hour];
    for (const [index, offset] of offsets.entries()) {
      const share = Math.floor((records * (index + 1)) / 5);
      await until(running, `${share} records are read`, async () => (await recordsRead(jumpy)) >= share);
      setClock(offset);
    }
    await until(running, 'the hub whose clock jumps settles', settled(jumpy, records));
    expect(await running.stop()).toBe(0);

    const { stdout } = await hub('tap', 'items', '--until-end', '--data', jumpy);
    const aheadHours = readJsonLines(stdout).map(({ ingestedAt }) =>
      Math.floor((Date.parse(String(ingestedAt)) - startedAt) / hour),
    );
    // Some were read under each of the four clocks: the jumps came in the middle.
    expect([...new Set(aheadHours)].sort((a, b) => a - b)).toEqual([-1, 0, 23, 24]);

    const [expected, found] = [await checkData(calm), await checkData(jumpy)];
    expect([...found.problems, ...found.betweenItems]).toEqual([]);
    expect(found.projection).toEqual(expected.projection);
    expect(found.recordIds).toEqual(expected.recordIds);
    expect(found.deadLetters).toEqual({});
    expect(found.records['hub.raw.complaint-report']).toBe(records);
  }, 300_000);
});
