import { DatabaseSync } from 'node:sqlite';
import { beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  type AvroSchema,
  isArray,
  isEnum,
  isRecord,
  isUnion,
  type RecordSchema,
} from '../../schemas/avro-schema.ts';
import { avroType } from '../../schemas/avro-type.ts';
import { exampleEvent, exampleItem } from '../../schemas/examples.ts';
import { schemaOf, schemaText, subjectOf, toJson, typeOf } from '../../schemas/index.ts';
import type { Item, ItemEvent } from '../../schemas/types.ts';
import { arbitraryOf } from '../../test/support/avro-arbitrary.ts';
import type { Outcome } from '../outcome.ts';
import { embeddedSchemaRegistry } from './embedded.ts';
import type { SchemaRegistry } from './index.ts';
import { copierWithout, scanner } from './scan.ts';
import { type Codec, encode, openCodec, schemaIdOf } from './wire.ts';

let registry: SchemaRegistry;
let items: Codec<Item>;
let events: Codec<ItemEvent>;
beforeEach(async () => {
  registry = embeddedSchemaRegistry(new DatabaseSync(':memory:'));
  items = await openCodec(registry, 'item', ['hub.items-value', 'hub.department.police-value']);
  events = await openCodec(registry, 'item-event', [subjectOf('hub.events')]);
});

const decoded = <T>(outcome: Outcome<T>): T => {
  if (outcome.kind !== 'next') throw new Error(JSON.stringify(outcome));
  return outcome.value;
};

/** The event model as a later, compatible version of the hub has it. */
function laterEvents(): RecordSchema {
  const schema = schemaOf('item-event');
  return { ...schema, fields: [...schema.fields, { name: 'note', type: ['null', 'string'], default: null }] };
}

describe('the wire form', () => {
  test('is a zero, the id in four bytes, most significant first, and the Avro bytes', () => {
    const bytes = encode(0x01020304, typeOf('item'), exampleItem);
    expect([...bytes.subarray(0, 5)]).toEqual([0, 1, 2, 3, 4]);
    expect(bytes.subarray(5).equals(typeOf('item').toBuffer(exampleItem))).toBe(true);
    expect(schemaIdOf(bytes)).toBe(0x01020304);
    expect(schemaIdOf(encode(0xffffffff, typeOf('item'), exampleItem))).toBe(0xffffffff);
  });

  test('is the same of a value that is written already', () => {
    const body = typeOf('item').toBuffer(exampleItem);
    expect(items.framed(body).equals(items.encode(exampleItem))).toBe(true);
  });

  test('takes values of any size, one after the other, without mixing them', () => {
    const bodies = ['a', '市'.repeat(100_000), 'b', 'c'.repeat(2_000_000), 'd'];
    const encoded = bodies.map((body) => items.encode({ ...exampleItem, body }));
    expect(encoded.map((bytes) => decoded(items.decode(bytes)).body)).toEqual(bodies);
  });

  test('names the field that does not fit, and keeps its value to itself', () => {
    const place = { ...exampleItem.place, lon: '13800138000' as unknown as number };
    const attempt = () => items.encode({ ...exampleItem, place });
    expect(attempt).toThrow(expect.objectContaining({ code: 'HUB_INTERNAL' }));
    expect(attempt).toThrow('place.lon');
    expect(attempt).not.toThrow('13800138000');
  });
});

describe('a codec', () => {
  test('registers its model under all subjects with one id', async () => {
    expect(await registry.latest('hub.items-value')).toMatchObject({ version: 1, id: items.schemaId });
    expect(await registry.latest('hub.department.police-value')).toMatchObject({
      version: 1,
      id: items.schemaId,
    });
  });

  test('reads what it writes without any preparation', () => {
    expect(toJson('item', decoded(items.decode(items.encode(exampleItem))))).toEqual(
      toJson('item', exampleItem),
    );
  });

  test('reads bytes that lie inside a larger buffer', () => {
    const bytes = items.encode(exampleItem);
    const around = new Uint8Array(bytes.length + 20).fill(0xff);
    around.set(bytes, 7);
    expect(decoded(items.decode(around.subarray(7, 7 + bytes.length))).itemId).toBe(exampleItem.itemId);
  });

  test('reads what a later version wrote, once prepared', async () => {
    const later = laterEvents();
    const id = await registry.register('hub.events-value', JSON.stringify(later));
    const bytes = encode(id, avroType(later), { ...exampleEvent, note: 'new' });
    expect(() => events.decode(bytes)).toThrow(expect.objectContaining({ code: 'HUB_INTERNAL' }));
    await events.prepare([bytes]);
    expect(toJson('item-event', decoded(events.decode(bytes)))).toEqual(toJson('item-event', exampleEvent));
  });

  test('reads a symbol that it does not know as the default of the enum', async () => {
    const later = JSON.parse(schemaText('item').replace('"SENSOR","VESSEL"', '"SENSOR","ROBOT","VESSEL"'));
    const id = await registry.register('hub.items-value', JSON.stringify(later));
    expect(id).not.toBe(items.schemaId);
    const reporter = { ...exampleItem.reporter, kind: 'ROBOT' };
    const bytes = encode(id, avroType(later), { ...exampleItem, reporter });
    await items.prepare([bytes]);
    expect(decoded(items.decode(bytes)).reporter.kind).toBe('UNKNOWN');
  });

  test('refuses to open on a subject whose versions it would break', async () => {
    const other = JSON.stringify({ type: 'record', name: 'Other', fields: [] });
    await registry.register('taken-value', other);
    await expect(openCodec(registry, 'item', ['taken-value'])).rejects.toMatchObject({
      code: 'HUB_SCHEMA_INCOMPATIBLE',
    });
  });

  test.each([
    ['nothing', []],
    ['a lone zero', [0]],
    ['four bytes', [0, 0, 0, 1]],
    ['text', [...Buffer.from('{"itemId":"1"}')]],
  ])('tells that %s is not ours', async (_what, bytes) => {
    await items.prepare([Uint8Array.from(bytes)]);
    expect(items.decode(Uint8Array.from(bytes))).toMatchObject({
      kind: 'reject',
      code: 'HUB_SCHEMA_NOT_OURS',
    });
  });

  test('tells that an id is unknown, and reads the bytes once somebody has registered it', async () => {
    const later = laterEvents();
    const bytes = encode(events.schemaId + 1, avroType(later), { ...exampleEvent, note: null });
    await events.prepare([bytes]);
    expect(events.decode(bytes)).toMatchObject({ kind: 'reject', code: 'HUB_SCHEMA_UNKNOWN_ID' });
    expect(await registry.register('hub.events-value', JSON.stringify(later))).toBe(events.schemaId + 1);
    await events.prepare([bytes]);
    expect(decoded(events.decode(bytes)).eventId).toBe(exampleEvent.eventId);
  });

  test('tells that bytes of another model are not ours', async () => {
    const bytes = events.encode(exampleEvent);
    await items.prepare([bytes, null]);
    expect(items.decode(bytes)).toMatchObject({ kind: 'reject', code: 'HUB_SCHEMA_NOT_OURS' });
  });

  test('passes on that the registry itself fails', async () => {
    const failing: SchemaRegistry = {
      ...registry,
      schema: () => Promise.reject(new TypeError('socket hang up')),
    };
    const codec = await openCodec(failing, 'item', ['hub.items-value']);
    await expect(codec.prepare([Uint8Array.from([0, 0, 0, 0, 99, 1])])).rejects.toThrow('socket hang up');
  });

  test('asks for each writer once, and again only after it had to forget it', async () => {
    const asked: number[] = [];
    const counting: SchemaRegistry = {
      ...registry,
      schema: (id) => {
        asked.push(id);
        return registry.schema(id);
      },
    };
    const codec = await openCodec(counting, 'item-event', ['hub.events-value'], { maxWriters: 2 });
    const batches: Buffer[] = [];
    let schema = schemaOf('item-event');
    for (const name of ['one', 'two', 'three']) {
      schema = { ...schema, fields: [...schema.fields, { name, type: ['null', 'string'], default: null }] };
      const id = await registry.register('hub.events-value', JSON.stringify(schema));
      batches.push(encode(id, avroType(schema), exampleEvent));
    }
    const [one, two, three] = batches as [Buffer, Buffer, Buffer];
    const [a, b, c] = batches.map(schemaIdOf);
    await codec.prepare([one, one]);
    await codec.prepare([one, two]);
    expect(asked).toEqual([a, b]);
    await codec.prepare([three]);
    await codec.prepare([two]);
    expect(asked).toEqual([a, b, c]);
    await codec.prepare([one, two, three]);
    expect(asked).toEqual([a, b, c, a]);
    for (const bytes of batches) expect(decoded(codec.decode(bytes)).seq).toBe(1);
  });
});

describe('damaged bytes', () => {
  test('are told from whole ones wherever they are cut', () => {
    const bytes = items.encode(exampleItem);
    for (let length = 5; length < bytes.length; length++) {
      expect(items.decode(bytes.subarray(0, length))).toMatchObject({ code: 'HUB_SCHEMA_NOT_OURS' });
    }
    expect(items.decode(Buffer.concat([bytes, Buffer.of(0)]))).toMatchObject({ code: 'HUB_SCHEMA_NOT_OURS' });
  });

  test('become an outcome, never an exception, whatever was changed', () => {
    const bytes = items.encode(exampleItem);
    const change = fc.tuple(fc.integer({ min: 5, max: bytes.length - 1 }), fc.integer({ min: 0, max: 255 }));
    fc.assert(
      fc.property(fc.array(change, { minLength: 1, maxLength: 6 }), (changes) => {
        const damaged = Buffer.from(bytes);
        for (const [at, byte] of changes) damaged[at] = byte;
        expect(['next', 'reject']).toContain(items.decode(damaged).kind);
      }),
      { numRuns: 2000 },
    );
  });

  test('of no sense at all become an outcome', () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), (body) => {
        const bytes = Buffer.concat([Buffer.of(0, 0, 0, 0, items.schemaId), body]);
        expect(['next', 'reject']).toContain(items.decode(bytes).kind);
      }),
      { numRuns: 2000 },
    );
  });

  test('that promise a billion entries fill no memory', () => {
    const list = {
      type: 'record',
      name: 'List',
      fields: [{ name: 'all', type: { type: 'array', items: 'string' } }],
    };
    const billion = avroType('long').toBuffer(1_000_000_000);
    expect(scanner(list as RecordSchema)(Buffer.concat([billion, Buffer.of(0, 0)]), 0)).toBe(false);
    expect(scanner(list as RecordSchema)(Buffer.of(4, 2, 97, 2, 98, 0), 0)).toBe(true);
  });
});

describe('the scan before decoding', () => {
  test('takes everything that Avro writes, to the last byte', () => {
    for (const name of ['item', 'item-input', 'item-event', 'item-state'] as const) {
      const scan = scanner(schemaOf(name));
      fc.assert(
        fc.property(arbitraryOf(schemaOf(name)), (value) => {
          expect(scan(typeOf(name).toBuffer(value), 0)).toBe(true);
        }),
        { numRuns: 100 },
      );
    }
  });

  test('takes blocks that tell their size, as other writers send them', () => {
    const list = {
      type: 'record',
      name: 'List',
      fields: [{ name: 'all', type: { type: 'array', items: 'int' } }],
    };
    // Count -2 (size 2): 7, 8; then count 1: 9; then the end.
    const bytes = Buffer.of(3, 4, 14, 16, 2, 18, 0);
    expect(avroType(list).fromBuffer(bytes)).toEqual({ all: [7, 8, 9] });
    expect(scanner(list as RecordSchema)(bytes, 0)).toBe(true);
  });
});

describe('a copy without some fields', () => {
  const names = new Set(['lineage', 'at', 'decidedAt', 'confidence', 'place', 'lon', 'ext', 'text']);

  function without(schema: AvroSchema): AvroSchema {
    if (typeof schema === 'string' || isEnum(schema)) return schema;
    if (isUnion(schema)) return schema.map(without);
    if (isArray(schema)) return { ...schema, items: without(schema.items) };
    if (!isRecord(schema)) return schema;
    const fields = schema.fields.filter(({ name }) => !names.has(name));
    return { ...schema, fields: fields.map((field) => ({ ...field, type: without(field.type) })) };
  }

  test('is what a schema without them writes, at whatever depth they stand', () => {
    for (const name of ['item', 'item-state', 'item-event'] as const) {
      const type = avroType(without(schemaOf(name)));
      const copy = copierWithout(schemaOf(name), names);
      fc.assert(
        fc.property(arbitraryOf(schemaOf(name)), (value) => {
          const bytes = typeOf(name).toBuffer(value);
          const into = Buffer.alloc(bytes.length);
          const length = copy(bytes, into);
          expect(into.subarray(0, length).equals(type.toBuffer(value))).toBe(true);
        }),
        { numRuns: 200 },
      );
    }
  });
});
