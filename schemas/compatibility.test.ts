import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryOf } from '../test/support/avro-arbitrary.ts';
import { type AvroSchema, isEnum, isRecord, namedTypes, type RecordSchema } from './avro-schema.ts';
import { avroType } from './avro-type.ts';
import { incompatibilities } from './compatibility.ts';
import { history } from './history.ts';
import { schemaNames, schemaOf } from './index.ts';

interface Mutable {
  [key: string]: unknown;
  name: string;
  type: unknown;
}
interface MutableRecord extends Mutable {
  fields: Mutable[];
}
interface MutableEnum extends Mutable {
  symbols: string[];
  default?: string;
}

/** A copy of the schema and every record, field and enum in it, to be edited in place. */
function draftOf(schema: RecordSchema) {
  const copy = structuredClone(schema) as unknown as MutableRecord;
  const records: MutableRecord[] = [];
  const enums: MutableEnum[] = [];
  const walk = (part: unknown): void => {
    if (part === null || typeof part !== 'object') return;
    if (isRecord(part as AvroSchema)) records.push(part as MutableRecord);
    if (isEnum(part as AvroSchema)) enums.push(part as MutableEnum);
    for (const inner of Object.values(part)) walk(inner);
  };
  walk(copy);
  return { copy, records, enums, fields: records.flatMap((record) => record.fields) };
}
type Draft = ReturnType<typeof draftOf>;

/** Edits the `n`-th place it fits (modulo their number); false when it fits nowhere. */
type Edit = (draft: Draft, n: number) => boolean;

const nth = <T>(places: readonly T[], n: number, change: (place: T) => void): boolean => {
  if (places.length === 0) return false;
  change(places[n % places.length]!);
  return true;
};
const optional = (field: Mutable) => Array.isArray(field.type);
const within = (field: Mutable, test: (schema: Mutable) => boolean): Mutable | undefined =>
  [field.type, ...(Array.isArray(field.type) ? field.type : [])].find(
    (part): part is Mutable => part !== null && typeof part === 'object' && test(part as Mutable),
  );
const definesTypes = (field: Mutable) => /"(fields|symbols)":/.test(JSON.stringify(field.type));

const breaking: Readonly<Record<string, Edit>> = {
  'a required field is removed': ({ records }, n) =>
    nth(
      records.flatMap((record) =>
        record.fields
          .filter((field) => !('default' in field) && !definesTypes(field))
          .map((field) => ({ record, field })),
      ),
      n,
      ({ record, field }) => {
        record.fields = record.fields.filter((other) => other !== field);
      },
    ),
  'an optional field is removed': ({ records }, n) =>
    nth(
      records.flatMap((record) =>
        record.fields
          .filter((field) => 'default' in field && !definesTypes(field))
          .map((field) => ({ record, field })),
      ),
      n,
      ({ record, field }) => {
        record.fields = record.fields.filter((other) => other !== field);
      },
    ),
  'a required field is added': ({ records }, n) =>
    nth(records, n, (record) => record.fields.push({ name: 'brandNew', type: 'string' })),
  'a field is renamed': ({ fields }, n) =>
    nth(fields, n, (field) => {
      field.name = 'brandNew';
    }),
  'a field is renamed with an alias': ({ fields }, n) =>
    nth(fields, n, (field) => {
      field.aliases = [field.name];
      field.name = 'brandNew';
    }),
  'a field is retyped': ({ fields }, n) =>
    nth(
      fields.filter((field) => !('default' in field) && !definesTypes(field)),
      n,
      (field) => {
        field.type = field.type === 'boolean' ? 'string' : 'boolean';
      },
    ),
  'an int becomes a long': ({ fields }, n) =>
    nth(
      fields.filter((field) => field.type === 'int'),
      n,
      (field) => {
        field.type = 'long';
      },
    ),
  'an optional field becomes required': ({ fields }, n) =>
    nth(fields.filter(optional), n, (field) => {
      field.type = (field.type as unknown[])[1];
      delete field.default;
    }),
  'a required field becomes optional': ({ fields }, n) =>
    nth(
      fields.filter((field) => !('default' in field)),
      n,
      (field) => {
        field.type = ['null', field.type];
        field.default = null;
      },
    ),
  'a default is dropped': ({ fields }, n) =>
    nth(
      fields.filter((field) => 'default' in field),
      n,
      (field) => {
        delete field.default;
      },
    ),
  'a time loses its logical type': ({ fields }, n) =>
    nth(
      fields.flatMap((field) => within(field, (part) => part.logicalType === 'timestamp-millis') ?? []),
      n,
      (type) => {
        delete type.logicalType;
      },
    ),
  'a time changes its unit': ({ fields }, n) =>
    nth(
      fields.flatMap((field) => within(field, (part) => part.logicalType === 'timestamp-millis') ?? []),
      n,
      (type) => {
        type.logicalType = 'timestamp-micros';
      },
    ),
  'a decimal changes its scale': ({ fields }, n) =>
    nth(
      fields.flatMap((field) => within(field, (part) => part.logicalType === 'decimal') ?? []),
      n,
      (type) => {
        type.scale = 3;
      },
    ),
  'a decimal changes its precision': ({ fields }, n) =>
    nth(
      fields.flatMap((field) => within(field, (part) => part.logicalType === 'decimal') ?? []),
      n,
      (type) => {
        type.precision = 12;
      },
    ),
  'an array becomes a map': ({ fields }, n) =>
    nth(
      fields.filter((field) => within(field, (part) => part.items === 'string')),
      n,
      (field) => {
        field.type = { type: 'map', values: 'string' };
        field.default = {};
      },
    ),
  'the entries of an array are retyped': ({ fields }, n) =>
    nth(
      fields.flatMap((field) => within(field, (part) => part.items === 'string') ?? []),
      n,
      (type) => {
        type.items = 'int';
      },
    ),
  'a record or enum is renamed': ({ copy, records, enums }, n) => {
    const used = JSON.stringify(copy);
    // A type that is referred to elsewhere cannot be renamed in one place without the schema falling apart.
    const places = [...records, ...enums].filter(({ name }) => !used.includes(`"hub.items.${name}"`));
    return nth(places, n, (place) => {
      place.name = 'BrandNew';
    });
  },
  'an enum loses its default': ({ enums }, n) =>
    nth(enums, n, (schema) => {
      delete schema.default;
    }),
  'an enum changes its default': ({ enums }, n) =>
    nth(enums, n, (schema) => {
      schema.default = schema.symbols.find((symbol) => symbol !== schema.default)!;
    }),
  'an enum loses a symbol': ({ enums }, n) =>
    nth(enums, n, (schema) => {
      schema.symbols = schema.symbols.filter(
        (symbol) => symbol !== schema.symbols.find((other) => other !== schema.default),
      );
    }),
  'an enum has a symbol renamed': ({ enums }, n) =>
    nth(enums, n, (schema) => {
      const at = schema.symbols.findIndex((symbol) => symbol !== schema.default);
      schema.symbols[at] = 'BRAND_NEW';
    }),
  'an optional field with an enum without a default is added': ({ records }, n) =>
    nth(records, n, (record) =>
      record.fields.push({
        name: 'brandNew',
        type: ['null', { type: 'enum', name: 'BrandNew', symbols: ['ONE'] }],
        default: null,
      }),
    ),
  'the namespace changes': ({ copy }) => {
    Object.assign(copy, JSON.parse(JSON.stringify(copy).replaceAll('"hub.items', '"hub.things')));
    return true;
  },
};

const allowed: Readonly<Record<string, Edit>> = {
  'an optional field is added': ({ records }, n) =>
    nth(records, n, (record) =>
      record.fields.splice(n % (record.fields.length + 1), 0, {
        name: 'brandNew',
        type: ['null', 'string'],
        default: null,
      }),
    ),
  'an array with a default is added': ({ records }, n) =>
    nth(records, n, (record) =>
      record.fields.push({ name: 'brandNew', type: { type: 'array', items: 'long' }, default: [] }),
    ),
  'an optional record is added': ({ records }, n) =>
    nth(records, n, (record) =>
      record.fields.push({
        name: 'brandNew',
        type: ['null', { type: 'record', name: 'BrandNew', fields: [{ name: 'text', type: 'string' }] }],
        default: null,
      }),
    ),
  'an enum gets a symbol': ({ enums }, n) => nth(enums, n, (schema) => schema.symbols.push('BRAND_NEW')),
  'an enum gets a symbol at its front': ({ enums }, n) =>
    nth(enums, n, (schema) => schema.symbols.unshift('BRAND_NEW')),
  'fields change their order': ({ records }, n) =>
    nth(
      records.filter(
        (record) => record.fields.length > 1 && record.fields.every((field) => !definesTypes(field)),
      ),
      n,
      (record) => record.fields.reverse(),
    ),
  'an explanation changes': ({ fields }, n) =>
    nth(fields, n, (field) => {
      field.doc = 'Other words.';
    }),
};

const edited = (schema: RecordSchema, edit: Edit, n: number): RecordSchema | null => {
  const draft = draftOf(schema);
  return edit(draft, n) ? (draft.copy as unknown as RecordSchema) : null;
};

describe.each(schemaNames)('schema %s', (name) => {
  test('is compatible with each of its frozen versions', () => {
    const versions = history(name);
    expect(versions.length).toBeGreaterThan(0);
    for (const version of versions) expect(incompatibilities(schemaOf(name), version)).toEqual([]);
  });
});

describe('a breaking edit is refused, wherever it is made', () => {
  test.each(Object.keys(breaking))('%s', (what) => {
    let tried = 0;
    fc.assert(
      fc.property(fc.constantFrom(...schemaNames), fc.nat(), (name, n) => {
        const broken = edited(schemaOf(name), breaking[what]!, n);
        if (broken === null) return;
        tried++;
        const faults = incompatibilities(broken, schemaOf(name));
        expect(faults).not.toEqual([]);
        // The edit shall be refused as what it is, not because it left a schema that is none.
        expect(faults.join()).not.toContain('not valid Avro');
      }),
      { numRuns: 25 },
    );
    expect(tried).toBeGreaterThan(5);
  });

  test('and the refusal names place and fault', () => {
    const of = (what: string, n = 0) =>
      incompatibilities(edited(schemaOf('item'), breaking[what]!, n), schemaOf('item'));
    expect(of('a required field is added')).toEqual(['Item.brandNew: added without a default']);
    expect(of('a field is renamed', 1)).toEqual([
      'Item.brandNew: added without a default',
      'Item.revision: removed or renamed',
    ]);
    expect(of('a decimal changes its scale')).toEqual([
      'Item.impact.amountCny: type changed from bytes decimal(14,2) to bytes decimal(14,3)',
    ]);
    expect(of('an enum loses its default')).toEqual(['Item.kind: enum ItemKind has no default']);
  });
});

describe('an allowed edit is taken, wherever it is made', () => {
  test.each(Object.keys(allowed))('%s', (what) => {
    fc.assert(
      fc.property(fc.constantFrom(...schemaNames), fc.nat(), (name, n) => {
        const next = edited(schemaOf(name), allowed[what]!, n);
        if (next !== null) expect(incompatibilities(next, schemaOf(name))).toEqual([]);
      }),
      { numRuns: 25 },
    );
  });

  test('new readers decode old bytes and old readers new bytes, and what both know is the same', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...schemaNames),
        fc.array(fc.tuple(fc.constantFrom(...Object.keys(allowed)), fc.nat()), {
          minLength: 1,
          maxLength: 4,
        }),
        fc.integer(),
        (name, edits, seed) => {
          const older = schemaOf(name);
          const newer = edits.reduce((schema, [what, n], index) => {
            const next = edited(schema, allowed[what]!, n) ?? schema;
            return JSON.parse(
              JSON.stringify(next)
                .replaceAll('brandNew', `new${index}`)
                .replaceAll('BrandNew', `New${index}`)
                .replaceAll('BRAND_NEW', `NEW_${index}`),
            ) as RecordSchema;
          }, older);
          const [oldValue] = fc.sample(arbitraryOf(older), { seed, numRuns: 1 });
          const [newValue] = fc.sample(arbitraryOf(newer), { seed, numRuns: 1 });
          expect(knownPart(read(newer, older, oldValue), older)).toEqual(knownPart(oldValue, older));
          expect(knownPart(read(older, newer, newValue), older)).toEqual(knownPart(newValue, older));
        },
      ),
      { numRuns: 60 },
    );
  });
});

function read(reader: RecordSchema, writer: RecordSchema, value: unknown): unknown {
  const readerType = avroType(reader);
  const writerType = avroType(writer);
  return readerType.fromBuffer(writerType.toBuffer(value), readerType.createResolver(writerType));
}

/** The value without fields that the schema does not know; symbols it does not know become the enum's default. */
function knownPart(value: unknown, schema: RecordSchema): unknown {
  // All of them beforehand: a name may be defined under a field that is null in this value.
  const named = namedTypes(schema);
  const cut = (part: unknown, as: AvroSchema): unknown => {
    if (Array.isArray(as)) return part === null ? null : cut(part, as[1] as AvroSchema);
    if (typeof as === 'string') {
      const meant = named.get(as);
      return meant === undefined ? part : cut(part, meant);
    }
    if (isEnum(as)) return as.symbols.includes(part as string) ? part : as.default;
    if (isRecord(as)) {
      return Object.fromEntries(
        as.fields.map(({ name, type }) => [name, cut((part as Record<string, unknown>)[name], type)]),
      );
    }
    if ('items' in (as as object)) {
      return (part as unknown[]).map((entry) => cut(entry, (as as unknown as { items: AvroSchema }).items));
    }
    return structuredClone(part);
  };
  return cut(value, schema);
}
