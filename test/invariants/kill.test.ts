import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import type { FakePortal } from '../../connectors/complaint-report/fake-portal.ts';
import { seededRandom } from '../simulation/random.ts';
import { checkData, type DataCheck, settled, startHub, until } from '../support/hub-process.ts';
import { liveAndDie } from '../support/killing.ts';
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
      ...portal.account,
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
        const { isInside } = await liveAndDie(died, random, (at) =>
          startHub({ data: wild, config: config(), ...at }),
        );
        died += 1;
        if (isInside) insideTransactions += 1;
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
