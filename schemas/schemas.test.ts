import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import avsc from 'avsc';
import fc from 'fast-check';
import { arbitraryOf } from '../test/support/avro-arbitrary.ts';
import { type AvroSchema, isEnum, isRecord, isUnion, namedTypes } from './avro-schema.ts';
import { avroType } from './avro-type.ts';
import {
  exampleClusterMemory,
  exampleEvent,
  exampleInput,
  exampleItem,
  exampleLinkRecord,
  exampleState,
  exampleVesselPosition,
  exampleWarning,
} from './examples.ts';
import { history } from './history.ts';
import {
  itemEventType,
  itemInputType,
  itemStateType,
  itemType,
  schemaNames,
  schemaOf,
  schemaOfTopic,
  schemaText,
  schemaVersion,
  subjectOf,
  toJson,
  typeOf,
} from './index.ts';

const examples = {
  item: exampleItem,
  'item-input': exampleInput,
  'item-event': exampleEvent,
  'item-state': exampleState,
  'link-record': exampleLinkRecord,
  warning: exampleWarning,
  'cluster-memory': exampleClusterMemory,
  'vessel-position': exampleVesselPosition,
};

describe.each(schemaNames)('schema %s', (name) => {
  const named = [...namedTypes(schemaOf(name)).values()];
  const fields = named
    .filter(isRecord)
    .flatMap(({ name: owner, fields }) => fields.map((field) => ({ owner, ...field })));

  test('explains every type and every field', () => {
    const mute = [...named, ...fields].filter(({ doc }) => doc === undefined || doc.length < 5);
    expect(mute.map(({ name }) => name)).toEqual([]);
  });

  test('gives every enum a default that is one of its symbols', () => {
    const faulty = named.filter(isEnum).filter((schema) => !schema.symbols.includes(schema.default ?? ''));
    expect(faulty.map(({ name }) => name)).toEqual([]);
  });

  test('makes optional mean ["null", T] with default null, and knows no other union', () => {
    const faulty = fields.filter(
      ({ type, ...field }) =>
        isUnion(type) &&
        !(type.length === 2 && type[0] === 'null' && 'default' in field && field.default === null),
    );
    expect(faulty.map(({ owner, name }) => `${owner}.${name}`)).toEqual([]);
  });

  test('nests a logical type inside the type of its field', () => {
    expect(fields.filter((field) => 'logicalType' in field)).toEqual([]);
  });

  test('is published self-contained', () => {
    expect(avroType(JSON.parse(schemaText(name))).name).toBe(typeOf(name).name);
  });

  test('brings the example through bytes unchanged', () => {
    const type = typeOf(name);
    const read = type.fromBuffer(type.toBuffer(examples[name]));
    expect(toJson(name, read)).toEqual(toJson(name, examples[name] as never));
  });

  test('brings any value through bytes unchanged', () => {
    const type = typeOf(name);
    fc.assert(
      fc.property(arbitraryOf(schemaOf(name)), (value) => {
        expect(plain(type.fromBuffer(type.toBuffer(value)))).toEqual(value);
      }),
      { numRuns: 200 },
    );
  });

  test('shows any value as JSON with every field and nothing undefined', () => {
    fc.assert(
      fc.property(arbitraryOf(schemaOf(name)), (value) => {
        const json = toJson(name, value as never);
        expect(Object.keys(json)).toEqual(schemaOf(name).fields.map((field) => field.name));
        expect(JSON.stringify(json, (_key, part) => (part === undefined ? 'MISSING' : part))).not.toContain(
          '"MISSING"',
        );
      }),
      { numRuns: 100 },
    );
  });
});

/** Decoded records are instances of generated classes; equality here is about their fields. */
const plain = (value: unknown): unknown => structuredClone(value);

test('the types that have a name of their own are those of their schemas', () => {
  expect([itemType, itemInputType, itemEventType, itemStateType]).toEqual(
    (['item', 'item-input', 'item-event', 'item-state'] as const).map(typeOf),
  );
});

test('the version of the model counts the frozen versions of the item', () => {
  expect(schemaVersion).toBe(`1.${history('item').length - 1}.0`);
  expect(exampleItem.schemaVersion).toBe(schemaVersion);
});

describe('the item and the table of domain.md §2', () => {
  const rows = tableRows();

  test('every row is a field, and every field is in a row', () => {
    const [item] = namedTypes(schemaOf('item')).values();
    const inModel = paths(schemaOf('item'), (field) => field);
    const inTable = new Set(rows.flatMap(({ fields }) => fields));
    // The table's arrays and small records list their members in the type column.
    const listed =
      /^(attachments|place\.grids|category\.subject|links|classification\.reasons|lineage\.steps|removed)\./;
    expect(item?.name).toBe('Item');
    expect([...inTable].filter((path) => !inModel.has(path))).toEqual([]);
    expect([...inModel.keys()].filter((path) => !inTable.has(path) && !listed.test(path)).sort()).toEqual(
      // Rows stand for these through their members.
      [
        'category',
        'classification',
        'deadlines',
        'impact',
        'lineage',
        'place',
        'reporter',
        'route',
        'source',
        'subject',
      ],
    );
  });

  test('R in the table is a field that cannot be null, and the others can', () => {
    const inModel = paths(schemaOf('item'), (field) => field);
    const nullable = (path: string) => {
      const type = inModel.get(path);
      return type !== undefined && isUnion(type);
    };
    // Members of a record that is optional as a whole: subject.kind is certain once there is a subject.
    const whole = new Set(['subject.kind']);
    const wrong = rows.flatMap(({ fields, required }) =>
      fields.filter((path, at) => !whole.has(path) && nullable(path) === (required[at] ?? required[0])),
    );
    expect(wrong).toEqual([]);
  });

  test('the enums of the table are the enums of the model, symbol by symbol', () => {
    const symbols = new Set(
      [...namedTypes(schemaOf('item')).values()].filter(isEnum).map((schema) => schema.symbols.join(',')),
    );
    const told = rows
      .flatMap(({ type }) => [...type.matchAll(/[A-Z][A-Z0-9_]+(?:(?:, ?|\/)[A-Z][A-Z0-9_]+)+/g)])
      .map(([list]) => list.replaceAll(/[ ]/g, '').replaceAll('/', ','));
    expect(told.length).toBeGreaterThan(15);
    expect(told.filter((list) => !symbols.has(list))).toEqual([]);
  });
});

describe('the JSON form', () => {
  const json = toJson('item', exampleItem);

  test('shows times at +08:00 with milliseconds, decimals as text and nulls as null', () => {
    expect(json).toMatchObject({
      occurredAt: '2026-03-10T07:05:00.000+08:00',
      reportedAt: '2026-03-10T08:12:33.000+08:00',
      ingestedAt: '2026-03-10T09:03:01.123+08:00',
      deadlines: { resolveBy: '2026-03-17T23:59:59.000+08:00', acceptBy: null },
      impact: { amountCny: '386.00', deaths: null },
      links: [{ decidedAt: '2026-03-10T09:03:01.123+08:00' }],
    });
  });

  test('shows a float that went through bytes with the digits that were meant', () => {
    const read = itemType.fromBuffer(itemType.toBuffer(exampleItem));
    expect(toJson('item', read)).toEqual(json);
    expect(json.category).toMatchObject({ subject: [{ name: '城乡建设', confidence: 0.94 }] });
  });

  test('leaves a number that is no time as it is', () => {
    expect(toJson('item', { ...exampleItem, occurredAt: 9e15 }).occurredAt).toBe(9e15);
  });

  test('crosses the day line of UTC', () => {
    const newYear = toJson('item', { ...exampleItem, reportedAt: Date.UTC(2025, 11, 31, 16) });
    expect(newYear.reportedAt).toBe('2026-01-01T00:00:00.000+08:00');
  });
});

describe('text', () => {
  const list = avroType({
    type: 'record',
    name: 'List',
    fields: [{ name: 'all', type: { type: 'array', items: 'string' } }],
  });
  const strict = new TextDecoder('utf-8', { fatal: true });

  test('of any length and script is written as every UTF-8 encoder writes it', () => {
    const script = fc.constantFrom('a', '7', 'é', '市', '𠮷', '😀', '\ud800', '\udc00');
    const mixed = fc.string({ unit: script, maxLength: 90 });
    const ascii = fc.string({ unit: fc.constantFrom('a', '7'), maxLength: 300 });
    fc.assert(
      fc.property(fc.array(fc.oneof(mixed, ascii), { maxLength: 4 }), (all) => {
        expect(list.fromBuffer(list.toBuffer({ all }))).toEqual({
          all: all.map((one) => one.toWellFormed()),
        });
      }),
      { numRuns: 1000 },
    );
  });

  test('with half a surrogate pair, as JSON may bring it, is still valid UTF-8 for strict readers', () => {
    const half = JSON.parse('"a\\ud800b"') as string;
    const bytes = itemType.toBuffer({ ...exampleItem, title: half, body: half.repeat(40) });
    expect(itemType.fromBuffer(bytes).title).toBe('a\ufffdb');
    expect(strict.decode(list.toBuffer({ all: [half] }).subarray(2, -1))).toBe('a\ufffdb');
  });

  test('that is no text is refused', () => {
    expect(() => list.toBuffer({ all: [7] })).toThrow('not a string');
  });
});

describe('whole numbers', () => {
  const ours = avroType('long');
  const plain = avsc.Type.forSchema('long');

  test('of any size are written as avsc writes them', () => {
    const near = fc
      .tuple(fc.integer({ min: 0, max: 52 }), fc.integer({ min: -2, max: 2 }))
      .map(([power, beside]) => 2 ** power + beside);
    const number = fc.oneof(near, fc.maxSafeInteger()).filter((one) => plain.isValid(one));
    fc.assert(
      fc.property(number, fc.boolean(), (one, negative) => {
        const signed = negative ? -one : one;
        expect(ours.toBuffer(signed).equals(plain.toBuffer(signed))).toBe(true);
      }),
      { numRuns: 2000 },
    );
  });

  test.each([0.5, Number.NaN, 2 ** 53 - 1, 2 ** 60, '7', null, undefined])('%p is refused', (one) => {
    expect(() => ours.toBuffer(one)).toThrow();
  });
});

describe('amounts of money', () => {
  const impact = { deaths: null, injured: null, missing: null, peopleAffected: null };
  const through = (amountCny: string) =>
    itemType.fromBuffer(itemType.toBuffer({ ...exampleItem, impact: { ...impact, amountCny } })).impact
      .amountCny;

  test.each([
    ['0', '0.00'],
    ['386', '386.00'],
    ['0.5', '0.50'],
    ['-0.01', '-0.01'],
    ['1.28', '1.28'],
    ['-1.28', '-1.28'],
    ['327.67', '327.67'],
    ['-327.68', '-327.68'],
    ['999999999999.99', '999999999999.99'],
    ['-999999999999.99', '-999999999999.99'],
    ['000007.10', '7.10'],
  ])('%s is read back as %s', (given, read) => {
    expect(through(given)).toBe(read);
  });

  test.each(['1.234', '1000000000000.00', '1e3', '', '.5', '5.', '¥5', '１'])('%s is refused', (given) => {
    expect(() => through(given)).toThrow();
  });

  test('a number instead of text is refused, for it may have lost digits already', () => {
    expect(() => through(386 as unknown as string)).toThrow();
  });
});

test.each([
  ['hub.items', 'item'],
  ['hub.department.town-command-330903003', 'item'],
  ['hub.input', 'item-input'],
  ['hub.input.urgent', 'item-input'],
  ['hub.input.history', 'item-input'],
  ['hub.events', 'item-event'],
  ['hub.state', 'item-state'],
  ['hub.raw.complaint-report', null],
  ['hub.dead-letters', null],
  ['hub.positions', null],
])('values of %s are %s', (topic, name) => {
  expect(schemaOfTopic(topic)).toBe(name);
  expect(subjectOf(topic)).toBe(`${topic}-value`);
});

interface Row {
  readonly fields: readonly string[];
  readonly type: string;
  /** One entry per field, or one for all. */
  readonly required: readonly boolean[];
}

/** Rows of the table; a cell `reporter.nameMasked / phoneMasked` or `impact.deaths, injured` names several fields. */
function tableRows(): readonly Row[] {
  const shared = process.env.HUB_SHARED ?? join(import.meta.dirname, '..', '..', 'shared');
  const section = readFileSync(join(shared, 'domain.md'), 'utf8').split('\n## ')[2] ?? '';
  return section
    .split('\n')
    .filter((line) => /^\| [a-z]/.test(line))
    .map((line) => {
      const [, field = '', type = '', , required = ''] = line.split('|').map((cell) => cell.trim());
      const [first = '', ...others] = field.split(/ \/ |, /);
      const owner = first.includes('.') ? `${first.slice(0, first.lastIndexOf('.'))}.` : '';
      const complete = (name: string) => (name.includes('.') ? name : `${owner}${name}`);
      return {
        fields: [first, ...others.map(complete)],
        type,
        required: required.split('/').map((mark) => mark === 'R'),
      };
    });
}

/** Every field inside, by dotted path, with its type as written. */
function paths<T>(schema: AvroSchema, of: (type: AvroSchema) => T, prefix = '', into = new Map<string, T>()) {
  const inner = isUnion(schema) ? schema.at(-1)! : schema;
  const record = typeof inner === 'object' && 'items' in inner ? inner.items : inner;
  if (isRecord(record)) {
    for (const field of record.fields) {
      into.set(`${prefix}${field.name}`, of(field.type));
      paths(field.type, of, `${prefix}${field.name}.`, into);
    }
  }
  return into;
}
