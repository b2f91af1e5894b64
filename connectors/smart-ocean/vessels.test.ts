import { describe, expect, test } from '@jest/globals';
import { nameSentence, type PositionReport, positionSentence } from '../../test/support/ais-sentences.ts';
import { AisReader } from '../transports/ais-tcp/index.ts';
import { maxVessels, Vessels } from './vessels.ts';

const mmsi = 412_999_901;
const start = Date.parse('2026-03-10T00:00:00Z');
const minuteMs = 60_000;

function hearing() {
  const vessels = new Vessels('smart-ocean');
  let at = start;
  const reader = new AisReader({ onMessage: (message) => vessels.hear(message, at, 'r1:1') });
  const hear = (sentence: string, minute: number): void => {
    at = start + minute * minuteMs;
    reader.push(Buffer.from(`${sentence}\n`), at);
  };
  return {
    vessels,
    hear,
    report: (report: Partial<PositionReport>, minute = 0) =>
      hear(positionSentence({ mmsi, ...report }), minute),
    newest: () => vessels.take().find((vessel) => vessel.mmsi === String(mmsi).padStart(9, '0')),
  };
}

const here = { lon: 122.6, lat: 29.8 };
const far = { lon: 121.5, lat: 38.9 };

describe('the state of a vessel', () => {
  test('is its newest position with the static data that is known, one record a vessel', () => {
    const { hear, report, vessels } = hearing();
    hear(nameSentence(mmsi, 'ZHEPUYU 99901'), 0);
    report({ ...here, speed: 32, status: 7 }, 1);
    report({ lon: 122.61, lat: 29.8, speed: 33, status: 7 }, 2);
    expect(vessels.take()).toMatchObject([
      {
        mmsi: '412999901',
        kind: 'SHIP',
        name: 'ZHEPUYU 99901',
        lon: 122.61,
        speedKn: 3.3,
        navStatus: 7,
        doubt: 'NONE',
      },
    ]);
    expect(vessels.take()).toEqual([]);
    report({ lon: 122.62, lat: 29.8 }, 3);
    expect(vessels.take()).toMatchObject([{ name: 'ZHEPUYU 99901', lon: 122.62, speedKn: null }]);
  });

  test('keeps its place where a message has none, and does not go back in time', () => {
    const { report, newest } = hearing();
    report(here, 5);
    report({}, 6);
    report({ lon: 122.5, lat: 29.8 }, 4);
    expect(newest()).toMatchObject({
      ...here,
      heardAt: start + 6 * minuteMs,
      positionAt: start + 5 * minuteMs,
    });
  });

  test('is not kept of MMSI 0, and MMSIs have nine digits', () => {
    const { hear, vessels } = hearing();
    hear(positionSentence({ mmsi: 0, ...here }), 0);
    hear(positionSentence({ mmsi: 111_232, ...here }), 0);
    expect(vessels.take().map((vessel) => vessel.mmsi)).toEqual(['000111232']);
  });

  test('is kept of a fixed number of vessels', () => {
    const { vessels } = hearing();
    const message = { type: 24, part: 'A', repeat: 0, shipName: 'X' } as const;
    for (let i = 1; i <= maxVessels + 10; i++) vessels.hear({ ...message, mmsi: i }, start, 'r');
    expect(vessels.take()).toHaveLength(maxVessels);
  });
});

describe('a number that two devices have', () => {
  test('does not flap between them, and is marked', () => {
    const { report, newest } = hearing();
    const seen: unknown[] = [];
    for (let minute = 0; minute < 20; minute++) {
      report(minute % 2 === 0 ? here : far, minute);
      const { lon, doubt } = newest()!;
      seen.push([lon, doubt]);
    }
    expect(new Set(seen.map((pair) => (pair as [number])[0]))).toEqual(new Set([here.lon]));
    expect(seen.slice(0, 2)).toEqual([
      [here.lon, 'NONE'],
      [here.lon, 'JUMP'],
    ]);
    expect(seen.at(-1)).toEqual([here.lon, 'CLONED']);
  });

  test('is not seen in one damaged position', () => {
    const { report, newest } = hearing();
    report(here, 0);
    report(far, 1);
    expect(newest()).toMatchObject({ ...here, doubt: 'JUMP' });
    report(here, 2);
    report(here, 8 * 60);
    expect(newest()).toMatchObject({ ...here, doubt: 'NONE' });
  });

  test('is not seen in a ship that was carried: the new place is believed when the old one is silent', () => {
    const { report, newest } = hearing();
    report(here, 0);
    for (const minute of [1, 2, 11]) report(far, minute);
    expect(newest()).toMatchObject({ ...far, doubt: 'NONE' });
  });

  test('is not seen in a fast ship', () => {
    const { report, newest } = hearing();
    for (let minute = 0; minute < 30; minute++) report({ lon: 122.6 + minute * 0.012, lat: 29.8 }, minute);
    expect(newest()).toMatchObject({ doubt: 'NONE', lon: 122.6 + 29 * 0.012 });
  });
});
