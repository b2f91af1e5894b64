import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { seededRandom } from '../simulation/random.ts';
import { type City, recordsIn, startCity, untilAllIn } from '../support/city.ts';
import { checkData, type DataCheck, type HubOptions, startHub } from '../support/hub-process.ts';
import { liveAndDie } from '../support/killing.ts';

/** `HUB_KILLS=50 npm test -- kill-city` by hand. */
const kills = Number(process.env.HUB_KILLS ?? 6);
const seed = Number(process.env.HUB_SEED ?? 20260310);

const hours = 60;
/** So fast that the last kills by hand find little left to tell, and the first ones much. */
const speed = 6_000;

let folder: string;
let cities: readonly City[];

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-kill-city-'));
  const begin = Date.now() + 5_000;
  const told = { hours, speed, begin, calendar: begin - hours * 3_600_000 };
  cities = await Promise.all(
    ['calm', 'wild'].map((name) => startCity({ ...told, folder: join(folder, name) })),
  );
}, 60_000);
afterAll(async () => {
  for (const city of cities) await city.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** A hub's life after the other on the same data. */
function livesIn(city: City, name: string) {
  const data = join(folder, name, 'data');
  const config = { log: { level: 'info' }, connectors: city.connectors };
  return {
    start: (options: Partial<HubOptions> = {}) => startHub({ data, config, ...options }),
    async liveToTheEnd() {
      const hub = startHub({ data, config });
      const records = await city.told();
      await untilAllIn(hub, data, records);
      expect(await hub.stop()).toBe(0);
      const found = await checkData(data);
      expect([...found.problems, ...found.betweenItems]).toEqual([]);
      expect(recordsIn(found)).toEqual(records);
      return found;
    },
  };
}

/**
 * What is the same in both: P of what was pulled and pushed. When a hub first heard a beacon is another time in each run, and part of its
 * number: so beacons are left out, and whom they are linked with. And a report that was handled before a hub first read it was never anybody's
 * work: who holds reports depends on when they were read.
 */
function comparable({ projection, items }: DataCheck) {
  const isFrom = (itemId: string, source: string) => items[itemId]!.baseId.startsWith(`${source}:`);
  const isBeacon = (itemId: string) =>
    isFrom(itemId, 'smart-ocean') && items[itemId]!.baseId.includes(':AIS/');
  return Object.entries(projection)
    .filter(([itemId]) => !isBeacon(itemId))
    .map(([itemId, { pairs, heldBy, ...item }]) => ({
      ...{ itemId, ...item },
      pairs: (pairs as readonly (readonly [string])[]).filter(([otherId]) => !isBeacon(otherId)),
      heldBy: isFrom(itemId, 'complaint-report') ? null : heldBy,
    }))
    .sort((a, b) => (a.itemId < b.itemId ? -1 : 1));
}

test(
  `a hub that reads the city ends, after ${kills} kills (kill -9), with every record once and the decisions of one that was left alone`,
  async () => {
    const calm = livesIn(cities[0]!, 'calm').liveToTheEnd();
    calm.catch(() => {});
    const wild = livesIn(cities[1]!, 'wild');
    const random = seededRandom(seed, 'kills');
    for (let life = 0; life < kills - 1; life++) await liveAndDie(life, random, wild.start);
    // And once while the list of the days is read, which is there when all is told.
    const reading = wild.start();
    await cities[1]!.told();
    await setTimeout(random.below(2_000));
    reading.kill('SIGKILL');
    expect((await reading.exited).signal).toBe('SIGKILL');

    const [found, expected] = [await wild.liveToTheEnd(), await calm];
    expect(found.deadLetters).toEqual(expected.deadLetters);
    expect(comparable(found)).toEqual(comparable(expected));
    expect(Object.keys(found.projection).length).toBeGreaterThan(100);
  },
  240_000 + kills * 60_000,
);
