import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { fogOf, galeOf, readQuantity, visibilityOf, windOf } from './levels.ts';
import { normalize } from './normalize.ts';
import { spanOf } from './times.ts';

const beijing = (text: string): number => Date.parse(`${text}:00+08:00`);
const outcomeOf = (name: string, ingestedAt = beijing('2027-01-02T00:00')) => {
  const bytes = new Uint8Array(readFileSync(new URL(`./fixtures/${name}`, import.meta.url)));
  return normalize({ bytes, format: 'JSON', correlationId: 'test' }, { ingestedAt });
};
/** `type level area from until`, Beijing time. */
const warningsOf = (name: string): string[] => {
  const outcome = outcomeOf(name);
  if (outcome.kind !== 'route') throw new Error(JSON.stringify(outcome));
  const time = (ms: number | null) => new Date(ms! + 8 * 3_600_000).toISOString().slice(5, 13);
  return outcome.warnings.map(
    ({ type, level, areas, from, until }) => `${type} ${level} ${areas.join()} ${time(from)} ${time(until)}`,
  );
};

describe('what is made of a forecast', () => {
  test('each level that holds without a gap is a warning of its anchorage, whatever the order of the entries', () => {
    expect(warningsOf('gale.json')).toEqual([
      'GALE BLUE anchorage-tiaozhoumen 05-31T11 05-31T20',
      'GALE YELLOW anchorage-tiaozhoumen 05-31T20 06-01T02',
      'GALE BLUE anchorage-tiaozhoumen 06-01T02 06-01T08',
    ]);
  });

  test('it takes the place of what was said of its anchorages, from its first hours on', () => {
    expect(outcomeOf('gale.json')).toMatchObject({
      recordId: '2026053107',
      replaces: {
        areas: ['anchorage-tiaozhoumen', 'anchorage-mazhi'],
        from: beijing('2026-05-31T08:00'),
        issuedAt: beijing('2026-05-31T07:00'),
      },
    });
    expect(outcomeOf('calm.json')).toMatchObject({
      warnings: [],
      replaces: { from: beijing('2026-05-31T11:00') },
    });
  });

  test.each(['gale', 'calm'])('is what %s.expected.json says', (name) => {
    const expected = readFileSync(new URL(`./fixtures/${name}.expected.json`, import.meta.url), 'utf8');
    expect(outcomeOf(`${name}.json`)).toEqual(JSON.parse(expected));
  });

  test('over the end of a year, with units, and with numbers that are texts', () => {
    expect(warningsOf('new-year.json')).toEqual([
      'GALE BLUE anchorage-mazhi 12-31T20 01-01T02',
      'GALE RED anchorage-mazhi 01-01T02 01-01T08',
    ]);
  });

  test('fog below 1,000 m, by the number where the words of the time are absent', () => {
    expect(warningsOf('fog.json')).toEqual([
      'FOG BLUE anchorage-mazhi 04-02T05 04-02T08',
      'FOG ORANGE anchorage-mazhi 04-02T08 04-02T11',
      'FOG BLUE anchorage-mazhi 04-02T14 04-02T17',
    ]);
  });

  test.each([
    ['truncated.txt', 'HUB_RECORD_MALFORMED', 'breaks off'],
    ['no-code.json', 'HUB_RECORD_NO_ID', 'publishCode'],
    ['no-time.json', 'HUB_RECORD_NO_TIME', 'publishTime'],
    ['ahead.json', 'HUB_RECORD_NO_TIME', 'ahead'],
    ['no-such-day.json', 'HUB_RECORD_MALFORMED', 'PreciseForecast[0].Time'],
    ['far-day.json', 'HUB_RECORD_MALFORMED', 'PreciseForecast[0].Time'],
    ['no-wind.json', 'HUB_RECORD_MALFORMED', 'WindSpeed: absent'],
    ['wind-in-words.json', 'HUB_RECORD_MALFORMED', 'WindSpeed: no speed'],
    ['vis-in-words.json', 'HUB_RECORD_MALFORMED', 'Vis: no distance'],
    ['elsewhere.json', 'HUB_RECORD_MALFORMED', 'no forecast of an anchorage'],
    ['no-anchors.json', 'HUB_RECORD_MALFORMED', 'anchors: null'],
  ])('is a dead letter for %s: %s', (name, code, words) => {
    expect(outcomeOf(name)).toMatchObject({ kind: 'reject', code, reason: expect.stringContaining(words) });
  });
});

test.each([
  ['04日08时-11时', '2026-05-04T11:00', '2026-05-04T08:00', '2026-05-04T11:00'],
  ['23日23时-24日02时', '2026-04-23T19:00', '2026-04-23T23:00', '2026-04-24T02:00'],
  ['30日23时-01日02时', '2026-04-28T14:00', '2026-04-30T23:00', '2026-05-01T02:00'],
  ['02日14时-20时', '2026-04-28T14:00', '2026-05-02T14:00', '2026-05-02T20:00'],
  ['31日20时-01日02时', '2026-12-31T19:00', '2026-12-31T20:00', '2027-01-01T02:00'],
  ['31日20时-23时', '2027-01-01T01:00', '2026-12-31T20:00', '2026-12-31T23:00'],
  ['28日20时-01日02时', '2026-02-28T07:00', '2026-02-28T20:00', '2026-03-01T02:00'],
  ['29日08时-14时', '2028-02-27T07:00', '2028-02-29T08:00', '2028-02-29T14:00'],
  ['4日8时~4日24时', '2026-05-04T11:00', '2026-05-04T08:00', '2026-05-05T00:00'],
  ['04日20时-02时', '2026-05-04T11:00', '2026-05-04T20:00', '2026-05-05T02:00'],
])('%s, published %s, is from %s to %s', (text, published, from, until) => {
  expect(spanOf(text, beijing(published))).toEqual({ from: beijing(from), until: beijing(until) });
});

test.each([
  '',
  '04日',
  '08时-11时',
  '04日08时-25时',
  '00日08时-11时',
  '29日08时-11时',
  '04日11时-04日08时',
  '14日08时-11时',
])('"%s", published 27 February 2026, is no span', (text) => {
  expect(spanOf(text, beijing('2026-02-27T07:00'))).toBeNull();
});

test.each([
  [13.1, { low: 13.1, high: 13.1, sign: '', unit: '' }],
  ['9.8', { low: 9.8, high: 9.8, sign: '', unit: '' }],
  ['0.5-1.0m', { low: 0.5, high: 1, sign: '', unit: 'm' }],
  ['>1000m', { low: 1_000, high: 1_000, sign: '>', unit: 'm' }],
  ['＜０.５m', { low: 0.5, high: 0.5, sign: '<', unit: 'm' }],
  ['≥ 10 公里', { low: 10, high: 10, sign: '>', unit: '公里' }],
  ['', null],
  ['-3', null],
  ['1.2.3', null],
  ['12 kn', null],
  [Number.NaN, null],
  [{}, null],
])('%j is the quantity %j', (text, expected) => {
  expect(readQuantity(text)).toEqual(expected);
});

test('of a range the wind is the higher end, the visibility the lower one; another unit is neither', () => {
  expect([windOf('10-12m/s'), windOf('12m'), windOf(140)]).toEqual([12, null, null]);
  expect([
    visibilityOf('500-1000m'),
    visibilityOf('<500m'),
    visibilityOf('2km'),
    visibilityOf('5m/s'),
  ]).toEqual([500, 499, 2_000, null]);
});

test.each([
  [10.7, 13.8, null],
  [10.8, null, 'BLUE'],
  [null, 13.9, 'BLUE'],
  [17.2, 13.9, 'YELLOW'],
  [10.8, 20.8, 'YELLOW'],
  [24.5, null, 'ORANGE'],
  [null, 28.5, 'ORANGE'],
  [32.7, null, 'RED'],
  [null, 37, 'RED'],
] as const)('a mean of %s m/s with gusts of %s m/s is a gale of %s', (mean, gusts, level) => {
  expect(galeOf(mean, gusts)).toBe(level);
});

test.each([
  [1_000, null],
  [999, 'BLUE'],
  [499, 'YELLOW'],
  [199, 'ORANGE'],
  [49, 'RED'],
] as const)('a visibility of %s m is fog of %s', (metres, level) => {
  expect(fogOf(metres)).toBe(level);
});
