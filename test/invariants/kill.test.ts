import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FakePortal } from '../../connectors/complaint-report/fake-portal.ts';
import { seededRandom } from '../simulation/random.ts';
import { checkData, type DataCheck, settled, startHub, until } from '../support/hub-process.ts';
import { startOpenPortal } from '../support/open-portal.ts';

/** `HUB_KILLS=50 npm test -- kill` by hand. */
const kills = Number(process.env.HUB_KILLS ?? 10);
const seed = Number(process.env.HUB_SEED ?? 20260310);

let folder: string;
let portal: FakePortal;
let records: number;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-kill-'));
  portal = await startOpenPortal(folder);
  records = (await portal.records()).length;
});

afterAll(async () => {
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
});

const config = () => ({
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
});

/** Records on the topics of all organisations. */
const delivered = ({ records }: DataCheck): number =>
  Object.entries(records).reduce((sum, [topic, count]) => sum + (isDepartment(topic) ? count : 0), 0);
const isDepartment = (topic: string): boolean => topic.startsWith('hub.department.');

const undisturbedParts = ({ projection, deadLetters, recordIds }: DataCheck) => ({
  projection,
  deadLetters,
  recordIds,
});

describe('a hub that is killed again and again (kill -9)', () => {
  test(
    `ends, after ${kills} kills, with the data of one that was left alone`,
    async () => {
      const calm = join(folder, 'calm');
      const undisturbed = startHub({ data: calm, config: config() });
      await until(undisturbed, 'the undisturbed hub settles', settled(calm, records));
      expect(await undisturbed.stop()).toBe(0);

      const wild = join(folder, 'wild');
      const random = seededRandom(seed, 'kills');
      let died = 0;
      let insideTransactions = 0;
      while (died < kills) {
        // Two of three exactly between the first read and the commit of what was read; the others right after a commit, or at any time.
        const inside = died % 3 !== 2;
        const exactly = inside || random.chance(0.5);
        const place = inside ? random.pick(['before-commit', 'after-begin']) : 'after-commit';
        const killAt = `${place}:${3 + random.below(25)}`;
        const hub = startHub({ data: wild, config: config(), ...(exactly && { killAt }) });
        if (exactly) await Promise.race([hub.exited, setTimeout(30_000, undefined, { ref: false })]);
        else await setTimeout(300 + random.below(2_500));
        hub.kill('SIGKILL');
        const { signal } = await hub.exited;
        expect({ signal, said: hub.said() }).toMatchObject({ signal: 'SIGKILL' });
        died += 1;
        if (inside) insideTransactions += 1;
      }
      expect(insideTransactions * 2).toBeGreaterThanOrEqual(kills);

      const last = startHub({ data: wild, config: config() });
      await until(last, 'the last hub settles', settled(wild, records));
      expect(await last.stop()).toBe(0);

      const [expected, found] = [await checkData(calm), await checkData(wild)];
      expect([...found.problems, ...found.betweenItems]).toEqual([]);
      expect(undisturbedParts(found)).toEqual(undisturbedParts(expected));
      expect(Object.keys(found.projection).length).toBeGreaterThan(100);
      // Nearly every item is somebody's work, and many are that of several.
      expect(delivered(found)).toBeGreaterThan(Object.keys(found.projection).length);
    },
    120_000 + kills * 60_000,
  );
});
