import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { NormalizedRecord } from '../../runtime/connector.ts';
import { contentHash } from '../../runtime/core/intake.ts';
import type { ErrorCode } from '../../runtime/errors.ts';
import { exampleInput, exampleRecord } from '../../schemas/examples.ts';
import { itemInputType } from '../../schemas/index.ts';
import { normalize } from './normalize.ts';

const folder = new URL('./fixtures/records/', import.meta.url);
const fixture = (name: string): Uint8Array => readFileSync(new URL(name, folder));

/** 2026-03-10 09:00 in Zhoushan, 20 minutes after the event of the fixtures. */
const ingestedAt = Date.parse('2026-03-10T09:00:00+08:00');

const read = (bytes: Uint8Array) =>
  normalize({ bytes, format: 'JSON', correlationId: 'push-1' }, { ingestedAt });
const accepted = (name: string): NormalizedRecord => {
  const outcome = read(fixture(name));
  if (outcome.kind !== 'next') throw new Error(`${name}: ${JSON.stringify(outcome)}`);
  return outcome.value;
};
const hashOf = (name: string) => contentHash(accepted(name).content);

type Partials = { readonly [K in keyof NormalizedRecord]?: unknown };
const place = (partial: Partial<NormalizedRecord['place']>) => expect.objectContaining(partial);
const reporter = (count: number) => expect.objectContaining({ kind: 'GRID_WORKER', count });

const acceptedFixtures: readonly (readonly [name: string, why: string, expected: Partials])[] = [
  [
    'swapped-point.json',
    'put right, and kept as delivered',
    {
      place: place({ lon: 122.30145564, lat: 29.94648696, rawX: 29.944098, rawY: 122.305611 }),
      quality: ['COORD_SWAPPED'],
    },
  ],
  [
    'empty-point.json',
    'the grid is a place, too',
    { place: place({ lon: null, coordSystem: null, townCode: '330903003' }), quality: [] },
  ],
  ['half-a-point.json', 'a point has two numbers', { place: place({ lon: null }), quality: [] }],
  [
    'point-without-system.json',
    "taken for the app's own",
    { place: place({ coordSystem: 'GCJ02' }), quality: ['COORD_GUESSED'] },
  ],
  [
    'point-of-unknown-system.json',
    'nonsense is no label',
    { place: place({ coordSystem: 'GCJ02' }), quality: ['COORD_GUESSED'] },
  ],
  [
    'wgs84-point.json',
    'not shifted',
    { place: place({ lon: 122.30145, lat: 29.94652, coordSystem: 'WGS84' }), quality: [] },
  ],
  [
    'old-grid-14-digits.json',
    'town and village stay, whatever became of the grid',
    {
      place: place({
        communityCode: '330903003003',
        adminCode: '330903003003',
        grids: [{ code: '33090300300312', scheme: 'SOCIAL', kind: 'BASIC' }],
      }),
    },
  ],
  [
    'grid-of-no-town.json',
    'the town of the number stands in',
    { place: place({ townCode: '330903003', adminCode: '330903003', communityCode: null }) },
  ],
  [
    'grid-as-words.json',
    'kept, as no code',
    {
      place: place({
        townCode: '330903003',
        grids: [{ code: '东港12网格', scheme: 'SOCIAL', kind: 'OTHER' }],
      }),
    },
  ],
  [
    'no-grid-no-point.json',
    'nowhere',
    { place: place({ townCode: null, grids: [] }), quality: ['NO_PLACE'] },
  ],
  [
    'group-dispute.json',
    'the platform itself says so',
    {
      kind: 'DISPUTE',
      signals: ['GROUP'],
      severity: 'HIGH',
      reporter: reporter(35),
      ext: { level: '一级' },
      sourceCategory: { code: null, sourceCode: null, sourceName: '矛盾纠纷>劳资纠纷' },
    },
  ],
  ['emergency.json', 'overtakes the queue', { urgency: 'URGENT', priority: 'URGENT', severity: 'HIGH' }],
  ['fire-type.json', "fire as the source's own type", { urgency: 'NORMAL', priority: 'URGENT' }],
  ['persons-as-words.json', 'no number', { reporter: reporter(1) }],
  [
    'unknown-words.json',
    'words of no table; a number of the flow is never guessed',
    {
      channel: 'PATROL',
      kind: 'OTHER',
      severity: 'MEDIUM',
      signals: [],
      sourceStatus: '37',
      sourceEvent: null,
    },
  ],
  ['closed.json', 'a word that says it', { sourceStatus: '已办结', sourceEvent: 'CLOSED' }],
  ['no-text.json', 'its type says what it is', { title: '环保生态', body: '' }],
  [
    'broken-date.json',
    '30 February: the day of the number stands in',
    { reportedAt: Date.parse('2026-03-10T00:00:00+08:00'), quality: ['DATE_AMBIGUOUS'] },
  ],
  ['clock-ahead.json', 'half an hour in the future', { quality: ['FUTURE_TIME'] }],
  [
    'nested-files.json',
    'references only',
    {
      attachments: [
        expect.objectContaining({ ref: '/f/1.jpg', kind: 'IMAGE' }),
        expect.objectContaining({ ref: '/f/2.mp4', kind: 'VIDEO' }),
      ],
    },
  ],
  [
    'files-as-texts.json',
    'also without a stage',
    { attachments: [expect.objectContaining({ ref: '/f/1.jpg' })] },
  ],
  ['quoted-order.json', 'the hotline is quoted', { relatedIds: ['hotline-12345:PT20260310000381'] }],
  ['gb18030.bin', 'the platform promises UTF-8', { quality: ['ENCODING_FIXED'] }],
];

const rejectedFixtures: readonly (readonly [name: string, code: ErrorCode, reason: string])[] = [
  ['no-id.json', 'HUB_RECORD_NO_ID', 'eventNo: missing or empty'],
  ['no-date.json', 'HUB_RECORD_NO_TIME', 'acceptDate: no time'],
  ['next-year.json', 'HUB_RECORD_TIME_IMPLAUSIBLE', 'more than a day in the future'],
  ['nothing-said-broken.json', 'HUB_RECORD_MALFORMED', 'desc, type2, files: all empty'],
  ['broken-inline-picture.json', 'HUB_RECORD_MALFORMED', 'files: inline data'],
  ['broken-nested-values.json', 'HUB_RECORD_MALFORMED', 'desc: an object, expected text'],
  ['truncated.bin', 'HUB_RECORD_MALFORMED', 'text that breaks off'],
];

describe('the sample event', () => {
  test('becomes this record', () => {
    const expected = JSON.parse(Buffer.from(fixture('pushed-event.expected.json')).toString());
    expect(JSON.parse(JSON.stringify(accepted('pushed-event.json')))).toEqual(expected);
  });
});

describe('an event', () => {
  test.each(acceptedFixtures)('%s is accepted: %s', (name, _, expected) => {
    expect(accepted(name)).toMatchObject(expected);
  });

  test.each(rejectedFixtures)('%s is rejected with %s', (name, code, reason) => {
    expect(read(fixture(name))).toEqual({ kind: 'reject', code, reason: expect.stringContaining(reason) });
  });

  test('of every fixture is expected to become something', () => {
    const named = [...acceptedFixtures, ...rejectedFixtures].map(([name]) => name);
    const others = ['pushed-event.json', 'pushed-event.expected.json', 'retried-push.json'];
    const listed = ['listed-event.json', 'listed-without-nulls.json', 'rubbish-under-other.json'];
    expect([...named, ...others, ...listed].sort()).toEqual(readdirSync(folder).sort());
  });
});

describe('the content', () => {
  test.each(['retried-push.json', 'listed-event.json', 'listed-without-nulls.json'])(
    'is that of the push in %s, which is therefore absorbed',
    (name) => {
      const { content: _, ...pushed } = accepted('pushed-event.json');
      const { content: __, ...other } = accepted(name);
      expect(other).toEqual(pushed);
      expect(hashOf(name)).toBe(hashOf('pushed-event.json'));
    },
  );

  test.each(['swapped-point.json', 'rubbish-under-other.json', 'nested-files.json', 'emergency.json'])(
    'differs in %s, which is therefore a correction',
    (name) => {
      expect(hashOf(name)).not.toBe(hashOf('pushed-event.json'));
    },
  );

  test('does not hold the state: another one is an event, no correction', () => {
    expect(hashOf('closed.json')).toBe(hashOf('pushed-event.json'));
    expect(accepted('closed.json').sourceStatus).not.toBe(accepted('pushed-event.json').sourceStatus);
  });
});

describe('whatever comes in', () => {
  test('becomes a record that the schema can carry, or a reason', () => {
    const names = Object.keys(JSON.parse(Buffer.from(fixture('pushed-event.json')).toString()));
    const value = fc.oneof(fc.string({ unit: 'binary' }), fc.double(), fc.boolean(), fc.constant(null));
    const event = fc.dictionary(
      fc.constantFrom(...names),
      fc.oneof({ weight: 9, arbitrary: value }, { weight: 1, arbitrary: fc.jsonValue() }),
    );
    const usual = { eventNo: 'WG330903003-20260310-0012', acceptDate: '2026-03-10 08:40:05' };
    fc.assert(
      fc.property(event, (fields) => {
        const outcome = read(Buffer.from(JSON.stringify({ ...usual, ...fields })));
        if (outcome.kind !== 'next') return;
        const { content: _, ...record } = outcome.value;
        const input = { ...exampleInput, sourceRecord: { ...exampleRecord, ...record } };
        expect(itemInputType.isValid(input)).toBe(true);
      }),
      { numRuns: 500 },
    );
  });
});
