import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { type City, recordsIn, startCity, untilAllIn } from '../support/city.ts';
import { checkData, startHub } from '../support/hub-process.ts';

/** More than two days; in the last ones a man goes overboard, and somebody tries his transmitter. */
const hours = 130;

let folder: string;
let city: City;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-city-'));
  const begin = Date.now() + 10_000;
  city = await startCity({ hours, speed: 40_000, begin, calendar: begin - hours * 3_600_000, folder });
}, 60_000);
afterAll(async () => {
  await city.stop();
  rmSync(folder, { recursive: true, force: true });
});

test(`every record of ${hours} hours of the city, told by three systems, is one item and nothing else is`, async () => {
  const data = join(folder, 'data');
  const hub = startHub({ data, config: { log: { level: 'info' }, connectors: city.connectors } });
  const records = await city.told();
  await untilAllIn(hub, data, records);
  expect(await hub.stop()).toBe(0);

  const found = await checkData(data);
  expect([...found.problems, ...found.betweenItems]).toEqual([]);
  expect(found.deadLetters).toEqual({});
  expect(recordsIn(found)).toEqual(records);
  expect(records.length).toBeGreaterThan(200);

  const strangers = Object.values(found.projection).filter((item) => {
    const heldBy = item.heldBy as readonly string[];
    return heldBy.some(
      (organisation) => ![item.leadDepartment, ...(item.coDepartments as [])].includes(organisation),
    );
  });
  expect(strangers).toEqual([]);

  // 180 vessels, and what is in distress: of what is heard on the air, only that is an item.
  expect(found.vessels.length).toBeGreaterThan(100);
  const onAir = records.filter((record) => record.startsWith('smart-ocean:AIS/'));
  expect(onAir.length).toBeGreaterThan(0);
  expect(onAir.filter((record) => !found.vessels.includes(record.replace('smart-ocean:AIS/', '')))).toEqual(
    [],
  );
}, 600_000);
