import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';
import { CityClock } from '../city/clock.ts';
import { programmeOf } from '../city/programme.ts';
import { type Beacon, beaconOf, isBeacon } from './beacons.ts';
import { fleetOf, motionOf } from './fleet.ts';
import { checksum, sentences } from './nmea.ts';
import { heardBy } from './reception.ts';
import { type Transmission, transmissionsBetween } from './transmissions.ts';

const seed = 5;
const from = Date.parse('2026-03-10T01:20:00Z');
const fleet = fleetOf(seed, 180);
const beacon: Beacon = {
  name: 'beacon-of-this-test',
  mmsi: 970_041_233,
  isTest: false,
  lon: 122.8624,
  lat: 30.0846,
  from: from + 5_000,
  to: from + 600_000,
};
const onAir = (begin: number, end: number, beacons: readonly Beacon[] = [beacon]): readonly Transmission[] =>
  [...transmissionsBetween(seed, fleet, beacons, begin, end)].sort(
    (a, b) => a.at - b.at || (a.name < b.name ? -1 : 1),
  );

/** Long enough for every ship to say its name. */
const stretch = onAir(from, from + 400_000).map((one) => {
  const payload = one.payload();
  return { ...one, payload: () => payload };
});

/** What pyais reads in them, a message each. Throws where it cannot. */
function decoded(lines: readonly string[]): readonly Record<string, unknown>[] {
  const path = (file: string) => fileURLToPath(new URL(file, import.meta.url));
  const own = path('../../.ci/venv/bin/python');
  const python = process.env.HUB_PYTHON ?? (existsSync(own) ? own : undefined);
  if (python === undefined)
    throw new Error('no Python with pyais: run .ci/python, or set HUB_PYTHON to one that has it');
  const { status, stdout, stderr } = spawnSync(python, [path('decode.py')], {
    input: lines.join('\n'),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
  });
  if (status !== 0) throw new Error(`decode.py: ${stderr}`);
  return stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
}

const linesOf = (transmissions: readonly Transmission[]): readonly string[] =>
  transmissions.flatMap((one, i) => sentences(one.payload(), one.channel, i % 10));

describe('what is on the air', () => {
  test('is decoded by a decoder that is not ours, into what was meant', () => {
    const transmissions = stretch;
    const messages = decoded(linesOf(transmissions));
    expect(messages).toHaveLength(transmissions.length);
    const types = new Set(messages.map((message) => message.msg_type));
    expect([...types].sort((a, b) => Number(a) - Number(b))).toEqual([1, 3, 4, 5, 14, 18, 21, 24]);
    for (const [i, { name, at }] of transmissions.entries()) {
      const message = messages[i]!;
      const vessel = fleet.find((one) => name.startsWith(`${one.name}/`));
      if (vessel === undefined) continue;
      expect(message.mmsi).toBe(vessel.mmsi);
      if (message.msg_type === 5)
        expect(message).toMatchObject({
          shipname: vessel.hull.name,
          callsign: vessel.hull.callSign,
          ship_type: vessel.hull.shipType,
          destination: vessel.destination,
          to_bow: Math.ceil(vessel.hull.lengthM * 0.7),
        });
      if (message.msg_type === 24 && message.partno === 0) expect(message.shipname).toBe(vessel.hull.name);
      if (message.msg_type === 24 && message.partno === 1)
        expect(message).toMatchObject({ ship_type: vessel.hull.shipType, callsign: vessel.hull.callSign });
      if (![1, 3, 18].includes(Number(message.msg_type))) continue;
      const { fix, speed, course, second } = motionOf(seed, vessel, at);
      expect(message.lon).toBeCloseTo(fix?.lon ?? 181, 5);
      expect(message.lat).toBeCloseTo(fix?.lat ?? 91, 5);
      expect(message.second).toBe(second);
      expect(message.speed).toBeCloseTo(speed ?? 102.3, 1);
      if (course !== null && course < 359.9) expect(message.course).toBeCloseTo(course, 0);
      if (message.msg_type !== 18) expect(message.status).toBe(vessel.status);
    }
  });

  test.each([
    ['in distress', false, 14, 'SART ACTIVE'],
    ['that is only tested', true, 15, 'SART TEST'],
  ])('tells a beacon %s by its status and by its words', (_, isTest, status, text) => {
    const own = { ...beacon, isTest, to: beacon.from + 20_000 };
    const sent = onAir(from, from + 60_000, [own]).filter(({ name }) => name.startsWith(own.name));
    const messages = decoded(linesOf(sent));
    expect(messages.map(({ mmsi }) => mmsi)).toEqual(Array(8).fill(970_041_233));
    expect(messages.filter((one) => one.msg_type === 1)[0]).toMatchObject({
      status,
      lon: 122.8624,
      lat: 30.0846,
    });
    expect(messages.filter((one) => one.msg_type === 14).map((one) => one.text)).toEqual([text, text]);
  });

  test('does not depend on when one listens', () => {
    const names = (transmissions: readonly Transmission[]) =>
      transmissions.map(({ name, at, payload }) => [name, at, payload().text]);
    const whole = names(onAir(from, from + 90_000));
    const parts = [0, 250, 30_000, 30_001, 61_234].map((at, i, all) => [at, all[i + 1] ?? 90_000] as const);
    expect(parts.flatMap(([begin, end]) => names(onAir(from + begin, from + end)))).toEqual(whole);
    expect(new Set(whole.map(([name]) => name)).size).toBe(whole.length);
  });

  test('has a ship without number, two ships with one, and ships that do not know where they are', () => {
    const numbers = fleet.map(({ mmsi }) => mmsi);
    expect(numbers).toContain(0);
    expect(numbers).toHaveLength(new Set(numbers).size + 1);
    const lines = fleet.filter((vessel) => motionOf(seed, vessel, from).fix === null);
    expect(lines).not.toEqual([]);
  });

  test('never jumps: between two reports no ship goes farther than its speed takes it', () => {
    for (const vessel of fleet) {
      const [before, after] = [motionOf(seed, vessel, from), motionOf(seed, vessel, from + 10_000)];
      if (before.fix === null || after.fix === null) continue;
      const north = (after.fix.lat - before.fix.lat) * 111_320;
      const east = (after.fix.lon - before.fix.lon) * 111_320 * Math.cos((after.fix.lat * Math.PI) / 180);
      expect(Math.hypot(north, east)).toBeLessThanOrEqual(vessel.speed * (1852 / 3600) * 10 * 1.01 + 0.01);
    }
  });

  test('gives every story with a beacon its number', () => {
    const clock = new CityClock({ begin: 0, speed: 1, calendar: null });
    const told = [...programmeOf('smart-ocean', { seed, background: 0, rounds: 1 }).filter(isBeacon)];
    const numbers = told.map((one) => beaconOf(clock, one).mmsi);
    expect(numbers).toEqual(expect.arrayContaining([970_041_233, 970_041_288, 974_012_077, 972_099_541]));
  });
});

describe('a receiver', () => {
  const usual = { missed: 0.1, garbled: 0.05, torn: 0.2, noise: 0.02 };
  const heard = (number: number, disturbances: Parameters<typeof heardBy>[3]) =>
    stretch.flatMap((one) => heardBy(number, one, seed, disturbances));
  const isRight = (line: string) => /^!(AIVDM,.*)\*(..)$/.exec(line)?.[2] === checksum(line.slice(1, -3));

  test('hears what the other hears, each a little later, and undisturbed all of it', () => {
    const [one, other] = [0, 1].map((number) => heard(number, {}));
    const told = stretch.flatMap(({ payload }) => sentences(payload(), 'A', 0));
    expect(one).toHaveLength(told.length);
    expect(one!.map(({ line }) => line)).toEqual(other!.map(({ line }) => line));
    expect(one!.map(({ at }) => at)).not.toEqual(other!.map(({ at }) => at));
  });

  test('disturbed hands out the same sentences, fewer of them, and what is none beside', () => {
    const undisturbed = new Set(heard(0, {}).map(({ line }) => line));
    const disturbed = heard(0, usual).map(({ line }) => line);
    expect(disturbed).toEqual(heard(0, usual).map(({ line }) => line));
    const foreign = disturbed.filter((line) => !undisturbed.has(line));
    expect(foreign).not.toEqual([]);
    expect(disturbed.length - foreign.length).toBeLessThan(undisturbed.size);
    expect(foreign.filter((line) => line.startsWith('!AIVDM') && isRight(line))).toEqual([]);
    expect([...undisturbed].filter((line) => !isRight(line))).toEqual([]);
  });

  test('mixes the fragments of long messages with other sentences', () => {
    const lines = heard(1, {}).sort((a, b) => a.at - b.at);
    const first = lines.findIndex(
      ({ line }, i) => /AIVDM,2,1/.test(line) && !/AIVDM,2,2/.test(lines[i + 1]!.line),
    );
    expect(first).toBeGreaterThan(-1);
  });
});
