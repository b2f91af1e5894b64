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
const json = (name: string) => JSON.parse(Buffer.from(fixture(name)).toString());

/** 2026-03-10 09:00 in Zhoushan, 48 minutes after the complaint of the fixtures. */
const ingestedAt = Date.parse('2026-03-10T09:00:00+08:00');
const minute = 60_000;

const read = (bytes: Uint8Array) =>
  normalize({ bytes, format: 'JSON', correlationId: 'page-1' }, { ingestedAt });
const readObject = (record: unknown) => read(Buffer.from(JSON.stringify(record)));
const accepted = (outcome: ReturnType<typeof normalize>): NormalizedRecord => {
  if (outcome.kind !== 'next') throw new Error(`expected a record, got ${JSON.stringify(outcome)}`);
  return outcome.value;
};

const [complaint] = json('page-1.json').data.list;
const reportedAt = Date.parse('2026-03-10T08:12:33+08:00');

type Partials = { readonly [K in keyof NormalizedRecord]?: unknown };

const acceptedFixtures: readonly (readonly [name: string, why: string, expected: Partials])[] = [
  [
    'broken-date.json',
    '30 February: the update time stands in',
    { reportedAt, quality: ['COORD_GUESSED', 'DATE_AMBIGUOUS', 'PHONE_MASKED'] },
  ],
  [
    'clock-ahead.json',
    'half an hour in the future',
    { reportedAt: ingestedAt + 31 * minute, quality: ['COORD_GUESSED', 'PHONE_MASKED', 'FUTURE_TIME'] },
  ],
  [
    'version-far-ahead.json',
    'an update time of 2100 would make all later corrections stale',
    {
      recordVersion: null,
      sourceUpdatedAt: null,
      reportedAt,
      quality: ['COORD_GUESSED', 'PHONE_MASKED', 'FUTURE_TIME'],
    },
  ],
  [
    'happened-tomorrow-week.json',
    'it cannot have happened after it was reported',
    {
      occurredAt: null,
      occurredPrecision: 'UNKNOWN',
      quality: ['COORD_GUESSED', 'DATE_AMBIGUOUS', 'PHONE_MASKED'],
    },
  ],
  [
    'two-digit-year.json',
    'year first, marked',
    {
      occurredAt: Date.parse('2026-03-09T00:00:00+08:00'),
      occurredPrecision: 'DAY',
      quality: ['COORD_GUESSED', 'DATE_AMBIGUOUS', 'PHONE_MASKED'],
    },
  ],
  [
    'swapped-point.json',
    'put right and kept as delivered',
    {
      place: expect.objectContaining({
        lon: 122.30144965,
        lat: 29.94651997,
        rawX: 29.944131,
        rawY: 122.305605,
      }),
      quality: ['COORD_GUESSED', 'COORD_SWAPPED', 'PHONE_MASKED'],
    },
  ],
  [
    'zero-point.json',
    'zeros are a form left empty',
    {
      place: expect.objectContaining({
        lon: null,
        lat: null,
        locatedBy: 'NONE',
        rawX: 0,
        townCode: '330903003',
      }),
      quality: ['NO_PLACE', 'PHONE_MASKED'],
    },
  ],
  [
    'point-at-sea.json',
    'unlabelled, so a guess at sea too',
    {
      place: expect.objectContaining({ locatedBy: 'SOURCE', coordSystem: 'GCJ02', townCode: '330903105' }),
      quality: ['COORD_GUESSED', 'PHONE_MASKED'],
    },
  ],
  [
    'no-place.json',
    'nowhere',
    {
      place: expect.objectContaining({ address: null, lon: null, coordSystem: null }),
      quality: ['NO_PLACE', 'PHONE_MASKED'],
    },
  ],
  [
    'numbers-for-texts.json',
    'the meaning is clear',
    {
      recordId: '202603100047',
      reportedAt,
      sourceStatus: '办理中',
      reporter: {
        ref: null,
        kind: 'CITIZEN',
        name: '王**',
        phone: '13800138000',
        confidential: false,
        count: 1,
      },
      attachments: [
        expect.objectContaining({ ref: '/up/0310/a.jpg', kind: 'IMAGE' }),
        expect.objectContaining({ ref: '/up/0310/c.MP4', kind: 'VIDEO', mediaType: 'video/mp4' }),
      ],
      quality: ['COORD_GUESSED'],
    },
  ],
  [
    'anonymous-number.json',
    'of an anonymous reporter nothing is kept',
    {
      reporter: { ref: null, kind: 'ANONYMOUS', name: null, phone: null, confidential: false, count: 1 },
      quality: ['COORD_GUESSED'],
    },
  ],
  [
    'unknown-words.json',
    'words of no table; in doubt a name stays behind',
    {
      kind: 'OTHER',
      channel: 'WEB',
      sourceStatus: '7',
      sourceEvent: null,
      reporter: expect.objectContaining({ kind: 'ANONYMOUS', name: null }),
    },
  ],
  [
    'urgent.json',
    'the source itself says so',
    {
      urgency: 'EXTRA_URGENT',
      priority: 'URGENT',
      sourceCategory: { code: null, sourceCode: null, sourceName: '城市安全>燃气泄漏' },
    },
  ],
  [
    'portal-markup.json',
    'what a text field of a web page leaves behind',
    {
      title: '路灯不亮',
      body: '尊敬的领导：\n海印路<菜场>前路灯不亮。',
      occurredAt: null,
      occurredPrecision: 'UNKNOWN',
    },
  ],
  [
    'half-a-character.json',
    'no schema can carry it',
    { title: '路灯不亮\ufffd', quality: ['COORD_GUESSED', 'ENCODING_FIXED', 'PHONE_MASKED'] },
  ],
  [
    'gb18030.bin',
    'the portal promises UTF-8',
    { title: '东港菜场后门垃圾没人清𠮷', quality: ['COORD_GUESSED', 'ENCODING_FIXED', 'PHONE_MASKED'] },
  ],
  [
    'with-bom.bin',
    'a BOM is no damage',
    { title: complaint.title, quality: ['COORD_GUESSED', 'PHONE_MASKED'] },
  ],
];

const rejectedFixtures: readonly (readonly [name: string, code: ErrorCode, reason: string])[] = [
  ['no-time.json', 'HUB_RECORD_NO_TIME', 'createTime, updateTime: no time'],
  ['last-century.json', 'HUB_RECORD_TIME_IMPLAUSIBLE', 'before 2000'],
  ['next-year.json', 'HUB_RECORD_TIME_IMPLAUSIBLE', 'more than a day in the future'],
  ['no-id.json', 'HUB_RECORD_NO_ID', 'id: missing or empty'],
  ['token-expired.json', 'HUB_RECORD_NO_ID', 'id: missing or empty'],
  ['lost-digits.json', 'HUB_RECORD_MALFORMED', 'id: a number whose digits JSON has lost'],
  [
    'nested-values.json',
    'HUB_RECORD_MALFORMED',
    'content: an object, expected text; reporterTel: a list, expected text',
  ],
  ['no-text.json', 'HUB_RECORD_MALFORMED', 'title, content, imgs: all empty'],
  ['inline-picture.json', 'HUB_RECORD_MALFORMED', 'imgs: inline data'],
  ['list-of-records.json', 'HUB_RECORD_MALFORMED', 'record: a list, expected a JSON object'],
  ['truncated.bin', 'HUB_RECORD_MALFORMED', 'record: text that breaks off'],
  ['login-page.bin', 'HUB_RECORD_MALFORMED', 'record: markup (a log-in page?)'],
  ['broken-utf8.bin', 'HUB_RECORD_ENCODING', 'neither UTF-8 nor plausible GB 18030'],
];

describe('fixtures', () => {
  test('a page of the portal becomes the records that were checked by hand', () => {
    const records = json('page-1.json').data.list.map((record: unknown) => accepted(readObject(record)));
    expect(records).toEqual(json('page-1.expected.json'));
  });

  test.each(acceptedFixtures)('%s goes on: %s', (name, _, expected) => {
    expect(accepted(read(fixture(name)))).toMatchObject(expected);
  });

  test.each(rejectedFixtures)('%s is set aside as %s', (name, code, reason) => {
    expect(read(fixture(name))).toEqual({ kind: 'reject', code, reason: expect.stringContaining(reason) });
  });

  test('no reason of a dead letter repeats what stood in the record', () => {
    for (const [name] of rejectedFixtures) {
      const outcome = read(fixture(name));
      expect(outcome.kind === 'reject' && outcome.reason).not.toMatch(
        /王|垃圾|\*\*|138|海印路|1926|2027|昨天|认证/,
      );
    }
  });

  test('every file of the folder is in one of the tables', () => {
    const tables = [...acceptedFixtures, ...rejectedFixtures].map(([name]) => name);
    expect(readdirSync(folder).sort()).toEqual([...tables, 'page-1.json', 'page-1.expected.json'].sort());
  });
});

describe('times', () => {
  test.each([
    ['10 minutes ahead is a clock', 10 * minute, false],
    ['a second more is the future', 10 * minute + 1000, true],
    ['a day ahead is still accepted', 24 * 60 * minute, true],
  ])('%s', (_, ahead, marked) => {
    const record = accepted(
      readObject({ ...complaint, createTime: ingestedAt + ahead, updateTime: null, happenTime: null }),
    );
    expect(record.quality.includes('FUTURE_TIME')).toBe(marked);
  });

  test('more than a day ahead is refused, and so is the last second of 1999', () => {
    for (const createTime of [ingestedAt + 24 * 60 * minute + 1, Date.parse('2000-01-01T00:00:00Z') - 1]) {
      expect(readObject({ ...complaint, createTime })).toMatchObject({ code: 'HUB_RECORD_TIME_IMPLAUSIBLE' });
    }
  });

  test('a record without an update time has no version', () => {
    expect(accepted(readObject({ ...complaint, updateTime: undefined }))).toMatchObject({
      recordVersion: null,
      sourceUpdatedAt: null,
      reportedAt,
    });
  });

  test('the update time may come in any form and gives the same version', () => {
    const versions = [
      1773101553000,
      '1773101553000',
      1773101553,
      '2026-03-10 08:12:33',
      '20260310081233',
    ].map((updateTime) => accepted(readObject({ ...complaint, updateTime })).recordVersion);
    expect(new Set(versions)).toEqual(new Set(['1773101553000']));
  });
});

describe('identity', () => {
  const hashOf = (changes: object) => contentHash(accepted(readObject({ ...complaint, ...changes })).content);

  test('update time, status, view counters and the order of keys change nothing', () => {
    const reversed = Object.fromEntries(Object.entries(complaint).reverse());
    expect(contentHash(accepted(readObject(reversed)).content)).toBe(hashOf({}));
    expect(hashOf({ updateTime: 1773103000000, status: '2', viewCount: 18 })).toBe(hashOf({}));
    expect(hashOf({ category: null })).toBe(hashOf({}));
  });

  test.each(['title', 'content', 'type', 'addr', 'lng', 'reporterTel', 'happenTime', 'imgs', 'category'])(
    'another %s is a correction',
    (field) => {
      expect(hashOf({ [field]: '1' })).not.toBe(hashOf({}));
    },
  );

  test.each(['TS1#2', 'a'.repeat(129), true, 1.5, 'TS\ud800'])(
    'the number %j could be mistaken for another',
    (id) => {
      expect(readObject({ ...complaint, id })).toMatchObject({ code: 'HUB_RECORD_MALFORMED' });
    },
  );

  test('the own number is no related one', () => {
    const content = '上次TS202603090011,这次TS202603100047';
    expect(accepted(readObject({ ...complaint, content })).relatedIds).toEqual([
      'complaint-report:TS202603090011',
    ]);
  });
});

describe('words', () => {
  test.each([
    ['0', '待受理', 'ITEM_RECEIVED'],
    [1, '办理中', 'STARTED'],
    ['2', '已办结', 'CLOSED'],
    ['不予受理', '不予受理', 'REJECTED'],
    ['toString', 'toString', null],
    ['', null, null],
    [null, null, null],
  ])('status %j is %s, event %s', (status, sourceStatus, sourceEvent) => {
    expect(accepted(readObject({ ...complaint, status }))).toMatchObject({ sourceStatus, sourceEvent });
  });

  test.each([
    ['投诉', 'COMPLAINT'],
    ['举报类', 'REPORT'],
    [' 咨询 ', 'CONSULTATION'],
    ['求助', 'HELP'],
    ['建议', 'SUGGESTION'],
    ['表扬', 'PRAISE'],
    ['__proto__', 'OTHER'],
    [null, 'OTHER'],
  ])('type %j is %s', (type, kind) => {
    expect(accepted(readObject({ ...complaint, type })).kind).toBe(kind);
  });

  test.each([
    ['微信小程序', 'WECHAT'],
    ['app', 'APP'],
    ['电话', 'PHONE'],
    ['来信', 'LETTER'],
    ['来访', 'WALK_IN'],
    [null, 'WEB'],
  ])('channel %j is %s', (word, channel) => {
    expect(accepted(readObject({ ...complaint, channel: word })).channel).toBe(channel);
  });

  test.each([
    [{ urgent: '1' }, 'URGENT', 'URGENT'],
    [{ urgent: '0' }, 'NORMAL', 'NORMAL'],
    [{ level: '特急' }, 'EXTRA_URGENT', 'URGENT'],
    [{ level: '紧急' }, 'URGENT', 'NORMAL'],
    [{ category: '食品>疑似食物中毒' }, 'NORMAL', 'URGENT'],
    [{ content: '着火了,特急' }, 'NORMAL', 'NORMAL'],
  ])('%j: urgency %s, lane %s', (fields, urgency, priority) => {
    expect(accepted(readObject({ ...complaint, ...fields }))).toMatchObject({ urgency, priority });
  });
});

describe('texts', () => {
  test('a missing title is the beginning of the text', () => {
    const record = accepted(readObject({ ...complaint, title: null, content: '垃圾'.repeat(50) }));
    expect(record.title).toBe('垃圾'.repeat(20));
    expect(record.quality).not.toContain('TEXT_TRUNCATED');
  });

  test('a text beyond the limit is cut and marked', () => {
    const record = accepted(readObject({ ...complaint, content: '垃圾'.repeat(10_001) }));
    expect(record.body).toHaveLength(20_000);
    expect(record.quality).toContain('TEXT_TRUNCATED');
  });
});

describe('whatever comes in', () => {
  const names = [
    'id',
    'title',
    'content',
    'type',
    'category',
    'channel',
    'reporterName',
    'reporterTel',
    'anonymous',
    'addr',
    'lng',
    'lat',
    'happenTime',
    'createTime',
    'updateTime',
    'status',
    'urgent',
    'level',
    'imgs',
    '__proto__',
    'constructor',
    'toString',
  ];
  const scalar = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.string({ unit: fc.integer({ min: 0, max: 0xffff }).map((unit) => String.fromCharCode(unit)) }),
    fc.constantFrom(
      ...Object.values(complaint as Record<string, string | number>),
      '1e999',
      '9'.repeat(400),
      1e300,
      -0,
      2 ** 60,
    ),
    fc.double(),
    fc.boolean(),
    fc.constant(null),
  );
  const value = fc.oneof(
    { weight: 12, arbitrary: scalar },
    { weight: 1, arbitrary: fc.jsonValue() },
    { weight: 1, arbitrary: fc.array(fc.string()) },
  );
  /** A good record with some fields replaced, so that most of them get through the first checks. */
  const nearlyGood = fc.dictionary(fc.constantFrom(...names), value, { maxKeys: 5 }).map((changes) => {
    const pairs = [...Object.entries(complaint), ...Object.entries(changes)].filter(
      ([, v]) => v !== undefined,
    );
    return `{${pairs.map(([key, v]) => `${JSON.stringify(key)}:${JSON.stringify(v)}`).join(',')}}`;
  });

  test('normalize never throws and gives a record that the schema can carry, or a reason', () => {
    let records = 0;
    fc.assert(
      fc.property(nearlyGood, (text) => {
        const outcome = read(Buffer.from(text));
        if (outcome.kind !== 'next')
          return expect(outcome).toMatchObject({
            kind: 'reject',
            code: expect.stringMatching(/^HUB_RECORD_/),
          });
        records += 1;
        const { content, ...fields } = outcome.value;
        const input = {
          ...exampleInput,
          sourceRecord: { ...exampleRecord, ...fields, ingestedAt, contentHash: contentHash(content) },
        };
        const back = itemInputType.fromBuffer(itemInputType.toBuffer(input)) as typeof input;
        expect(back.sourceRecord.title).toBe(fields.title);
        expect(back.sourceRecord.body).toBe(fields.body);
        expect(back.sourceRecord.recordId).toBe(fields.recordId);
      }),
      { numRuns: 3000 },
    );
    expect(records).toBeGreaterThan(500);
  });

  test('any JSON and any bytes are answered, too', () => {
    fc.assert(fc.property(fc.json(), (text) => expect(read(Buffer.from(text)).kind).toBe('reject')));
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => expect(read(bytes).kind).toBe('reject')),
    );
    expect(read(Buffer.from('['.repeat(200_000))).kind).toBe('reject');
    expect(read(Buffer.from(`${'{"id":'.repeat(100_000)}1${'}'.repeat(100_000)}`)).kind).toBe('reject');
  });

  test('a record cannot reach the prototypes', () => {
    const polluted = '{"__proto__":{"id":"TS1","polluted":1},"constructor":{"prototype":{"polluted":1}}}';
    expect(read(Buffer.from(polluted))).toMatchObject({ code: 'HUB_RECORD_NO_ID' });
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });

  test('the same bytes always give the same record', () => {
    fc.assert(
      fc.property(nearlyGood, (text) => expect(read(Buffer.from(text))).toEqual(read(Buffer.from(text)))),
    );
  });

  test('long hostile values finish', () => {
    for (const unit of [' ', '&', '&#', '1', '-', 'PT2', '1幢', '\u200d', ',', '<', '/', '.', '\t\n'])
      for (const field of [
        'id',
        'title',
        'content',
        'addr',
        'lng',
        'createTime',
        'reporterTel',
        'imgs',
        'type',
        'status',
        'category',
        'anonymous',
      ])
        expect(['next', 'reject']).toContain(
          readObject({ ...complaint, [field]: unit.repeat(200_000) }).kind,
        );
  });
});
