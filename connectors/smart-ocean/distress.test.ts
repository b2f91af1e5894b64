import { describe, expect, test } from '@jest/globals';
import { nameSentence, positionSentence, safetySentence } from '../../test/support/ais-sentences.ts';
import { AisReader } from '../transports/ais-tcp/index.ts';
import { distressOf } from './distress.ts';
import { DistressWatch, maxOpen, type OpenDistress } from './distress-watch.ts';
import { normalize } from './normalize.ts';

const sart = 970_009_901;
const ship = 412_999_901;
const minuteMs = 60_000;
const start = Date.parse('2026-03-10T00:12:33Z');
const endsAfterMs = 6 * 3_600_000;

function isDistress(sentence: string): boolean {
  let found = false;
  const reader = new AisReader({ onMessage: (message) => (found = distressOf(message) !== null) });
  reader.push(Buffer.from(`${sentence}\n`), 0);
  expect(reader.counts.messages).toBe(1);
  return found;
}

/** Hears sentences with a restart from the committed state before each, and gives the records made. */
function watching() {
  let open: readonly OpenDistress[] = [];
  return (sentence: string, at: number) => {
    const watch = new DistressWatch(endsAfterMs, JSON.parse(JSON.stringify(open)) as OpenDistress[]);
    const reader = new AisReader({
      onMessage: (message, origin) => {
        const signal = distressOf(message);
        if (signal !== null) watch.hear(signal, at, '10.0.0.1:5631', origin.lines());
      },
    });
    reader.push(Buffer.from(`${sentence}\n`), at);
    const taken = watch.take(at);
    open = taken.open;
    return taken.records.map((record) => {
      const outcome = normalize(record, { ingestedAt: at });
      if (outcome.kind !== 'next') throw new Error(JSON.stringify(outcome));
      return outcome.value;
    });
  };
}

describe('what is a distress signal', () => {
  test.each([
    ['a SART with status 14', positionSentence({ mmsi: sart, status: 14 }), true],
    ['a man overboard device', positionSentence({ mmsi: 972_000_001, status: 14 }), true],
    ['a beacon with another status', positionSentence({ mmsi: 974_000_001, status: 0 }), true],
    ['an ordinary ship with status 14', positionSentence({ mmsi: ship, status: 14 }), true],
    ['SART ACTIVE', safetySentence(sart, 'SART ACTIVE'), true],
    ['MAYDAY of a ship', safetySentence(ship, 'MAYDAY MAYDAY SINKING'), true],
    ['a SART under test: status 15', positionSentence({ mmsi: sart, status: 15 }), false],
    ['SART TEST', safetySentence(sart, 'SART TEST'), false],
    ['EPIRB TEST', safetySentence(974_000_001, 'EPIRB TEST'), false],
    ['MOB TEST', safetySentence(972_000_001, 'MOB TEST'), false],
    ['a ship under way', positionSentence({ mmsi: ship, status: 0 }), false],
    ['a ship with no status', positionSentence({ mmsi: ship, status: 15 }), false],
    ['a talk between ships', safetySentence(ship, 'RCVD YR TEST MSG'), false],
    ['a ship telling of a test', safetySentence(ship, 'SART ACTIVE IS TEST'), false],
    ['the name of a device', nameSentence(sart, 'SOS'), false],
    ['MMSI 0', positionSentence({ mmsi: 0, status: 14 }), false],
  ])('%s', (_, sentence, expected) => {
    expect(isDistress(sentence)).toBe(expected);
  });
});

describe('one distress', () => {
  test('is one record, however often it is heard and whenever the hub is started again', () => {
    const hear = watching();
    const records = [0, 1, 2, 30, 120].flatMap((minute) => [
      ...hear(
        positionSentence({ mmsi: sart, status: 14, lon: 122.75, lat: 29.66 }),
        start + minute * minuteMs,
      ),
      ...hear(safetySentence(sart, 'SART ACTIVE'), start + minute * minuteMs + 1_000),
    ]);
    expect(records.map(({ recordId }) => recordId)).toEqual(['AIS/970009901/SART/20260310T001233Z']);
  });

  test('is corrected when its place becomes known, and when it has drifted, and keeps its number', () => {
    const hear = watching();
    const at = (lon: number, minute: number) =>
      hear(positionSentence({ mmsi: sart, status: 14, lon, lat: 29.66 }), start + minute * minuteMs);
    const records = [
      ...hear(safetySentence(sart, 'SART ACTIVE'), start),
      ...at(122.75, 1),
      ...at(122.751, 20),
      ...at(122.77, 25),
      ...at(122.79, 26),
      ...at(122.8, 40),
    ];
    expect(records.map(({ place }) => place.lon)).toEqual([null, 122.75, 122.77, 122.8]);
    expect(new Set(records.map(({ recordId }) => recordId)).size).toBe(1);
    expect(new Set(records.map(({ recordVersion }) => recordVersion)).size).toBe(4);
    expect(new Set(records.map(({ reportedAt }) => reportedAt))).toEqual(new Set([start]));
    expect(records.at(-1)).toMatchObject({
      ext: { text: 'SART ACTIVE', navStatus: '14' },
      priority: 'URGENT',
    });
  });

  test('is over after a silence: what comes then is another', () => {
    const hear = watching();
    const signal = positionSentence({ mmsi: sart, status: 14, lon: 122.75, lat: 29.66 });
    const ids = [start, start + endsAfterMs, start + 2 * endsAfterMs + 1].flatMap((at) => hear(signal, at));
    expect(new Set(ids.map(({ recordId }) => recordId)).size).toBe(2);
  });

  test('keeps its sentences with the record, each with receiver and time', () => {
    const watch = new DistressWatch(endsAfterMs, []);
    const line = Buffer.from(positionSentence({ mmsi: sart, status: 14, lon: 122.75, lat: 29.66 }));
    watch.hear(
      { mmsi: String(sart), type: 'SART', lon: 122.75, lat: 29.66, navStatus: 14, text: null },
      start,
      '10.0.0.1:5631',
      [line],
    );
    const [record] = watch.take(start).records;
    expect(Buffer.from(record!.bytes).toString()).toMatch(
      new RegExp(`^\\\\s:10\\.0\\.0\\.1\\.5631,c:${start / 1000}\\*..\\\\!AIVDM.*\\n$`),
    );
  });
});

test('made-up numbers take no more room than a fixed number of them', () => {
  const watch = new DistressWatch(endsAfterMs, []);
  for (let i = 0; i < 2 * maxOpen; i++) {
    const mmsi = String(970_000_000 + i);
    watch.hear({ mmsi, type: 'SART', lon: null, lat: null, navStatus: 14, text: null }, start, 'r', [
      Buffer.from('!'),
    ]);
  }
  const { open, records } = watch.take(start);
  expect(open).toHaveLength(maxOpen);
  expect(records).toHaveLength(2 * maxOpen);
});

test('a distress record without times, or without a distress, is a dead letter', () => {
  const judge = (text: string) =>
    normalize({ bytes: Buffer.from(text), format: 'NMEA', correlationId: '' }, { ingestedAt: start });
  expect(judge(`${positionSentence({ mmsi: sart, status: 14 })}\n`)).toMatchObject({
    code: 'HUB_RECORD_NO_TIME',
  });
  expect(judge(`${positionSentence({ mmsi: ship })}\n`)).toMatchObject({ code: 'HUB_RECORD_MALFORMED' });
});
