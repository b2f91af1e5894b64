import type { Type } from 'avsc';
import {
  type AvroSchema,
  type EnumSchema,
  fullName,
  isArray,
  isEnum,
  isMap,
  isRecord,
  isUnion,
  namedTypes,
  type PrimitiveSchema,
  type RecordSchema,
} from './avro-schema.ts';
import { avroType } from './avro-type.ts';

/**
 * What would break if `newer` followed `older`: readers of either must understand the bytes of the other and lose nothing.
 * Empty = compatible. Each entry names the place and the fault: `Item.place.lon: type changed from double to string`.
 *
 * Stricter than Avro's resolution where that would pass and still lose data: no field and no enum symbol may go (so no
 * rename either), an enum keeps a default, a logical type with its scale stays, a type is never promoted.
 */
export function incompatibilities(newer: unknown, older: unknown): readonly string[] {
  const newType = compile(newer);
  const oldType = newer === older ? newType : compile(older);
  if (typeof newType === 'string') return [`new schema is not valid Avro: ${newType}`];
  if (typeof oldType === 'string') return [`old schema is not valid Avro: ${oldType}`];
  const faults = compare(newer as AvroSchema, older as AvroSchema);
  // Avro's own opinion comes last, for whatever our rules do not know.
  return faults.length > 0 ? faults : [...resolution(newType, oldType), ...resolution(oldType, newType)];
}

/** The type, or why it is none. */
function compile(schema: unknown): Type | string {
  try {
    return avroType(schema);
  } catch (error) {
    return (error as Error).message;
  }
}

function resolution(reader: Type, writer: Type): string[] {
  try {
    reader.createResolver(writer);
    return [];
  } catch (error) {
    return [`Avro cannot resolve the two: ${(error as Error).message}`];
  }
}

function compare(newer: AvroSchema, older: AvroSchema): string[] {
  const newNames = namedTypes(newer);
  const oldNames = namedTypes(older);
  const faults: string[] = [];
  const seen = new Set<string>();

  /** A reference by name → its definition, with the namespace it stands in. */
  const resolve = (schema: AvroSchema, names: typeof newNames, namespace: string | undefined): AvroSchema => {
    const name =
      typeof schema === 'string' ? schema : isRecord(schema) || isEnum(schema) ? schema.name : null;
    if (name === null) return schema;
    const inner = typeof schema === 'object' && 'namespace' in schema ? schema.namespace : namespace;
    return names.get(fullName(name, inner)) ?? schema;
  };

  const walk = (a: AvroSchema, b: AvroSchema, path: string, spaceA?: string, spaceB?: string): void => {
    const now = resolve(a, newNames, spaceA);
    const was = resolve(b, oldNames, spaceB);
    if (isUnion(now) && isUnion(was)) {
      if (now.length !== was.length) {
        faults.push(`${path}: union changed from ${describe(was)} to ${describe(now)}`);
      } else {
        for (const [index, branch] of now.entries()) walk(branch, was[index]!, path, spaceA, spaceB);
      }
    } else if (isArray(now) && isArray(was)) {
      walk(now.items, was.items, `${path}[]`, spaceA, spaceB);
    } else if (isMap(now) && isMap(was)) {
      walk(now.values, was.values, `${path}{}`, spaceA, spaceB);
    } else if (isRecord(now) && isRecord(was)) {
      walkRecord(now, was, path);
    } else if (isEnum(now) && isEnum(was)) {
      walkEnum(now, was, path);
    } else if (describe(now) !== describe(was)) {
      faults.push(`${path}: type changed from ${describe(was)} to ${describe(now)}`);
    }
  };

  const walkRecord = (now: RecordSchema, was: RecordSchema, path: string): void => {
    const name = describe(now);
    if (name !== describe(was)) {
      faults.push(`${path}: record renamed from ${describe(was)} to ${name}`);
      return;
    }
    if (seen.has(name)) return;
    seen.add(name);
    const left = new Map(was.fields.map((field) => [field.name, field]));
    for (const field of now.fields) {
      const place = `${path}.${field.name}`;
      const old = left.get(field.name);
      left.delete(field.name);
      if (old === undefined) {
        if (!('default' in field)) faults.push(`${place}: added without a default`);
        for (const added of enumsOf(field.type)) checkDefault(added, place);
      } else {
        walk(field.type, old.type, place, now.namespace, was.namespace);
        const [before, after] = [old, field].map((side) => JSON.stringify(side.default));
        if (before !== undefined && before !== after) {
          faults.push(`${place}: default changed from ${before} to ${after ?? 'none'}`);
        }
      }
    }
    for (const gone of left.keys()) faults.push(`${path}.${gone}: removed or renamed`);
  };

  const enumsOf = (schema: AvroSchema): EnumSchema[] => [...namedTypes(schema).values()].filter(isEnum);

  const checkDefault = (schema: EnumSchema, path: string): void => {
    if (schema.default === undefined) faults.push(`${path}: enum ${schema.name} has no default`);
  };

  const walkEnum = (now: EnumSchema, was: EnumSchema, path: string): void => {
    const name = describe(now);
    if (name !== describe(was)) {
      faults.push(`${path}: enum renamed from ${describe(was)} to ${name}`);
      return;
    }
    if (seen.has(name)) return;
    seen.add(name);
    checkDefault(now, path);
    if (was.default !== undefined && now.default !== undefined && was.default !== now.default) {
      faults.push(`${path}: enum default changed from ${was.default} to ${now.default}`);
    }
    const symbols = new Set(now.symbols);
    for (const gone of was.symbols.filter((symbol) => !symbols.has(symbol))) {
      faults.push(`${path}: enum symbol ${gone} removed or renamed`);
    }
    const added = now.symbols.some((symbol) => !was.symbols.includes(symbol));
    if (added && was.default === undefined) {
      faults.push(`${path}: enum ${was.name} had no default, so its readers cannot take new symbols`);
    }
  };

  walk(newer, older, isRecord(newer) ? newer.name : 'schema');
  return faults;
}

/** One line that differs whenever the wire form or the meaning of the bytes does. */
function describe(schema: AvroSchema): string {
  if (typeof schema === 'string') return schema;
  if (isUnion(schema)) return `[${schema.map(describe).join(', ')}]`;
  if (isArray(schema)) return `array of ${describe(schema.items)}`;
  if (isMap(schema)) return `map of ${describe(schema.values)}`;
  if (isRecord(schema) || isEnum(schema)) return fullName(schema.name, schema.namespace);
  const { type, logicalType, precision, scale } = schema as PrimitiveSchema;
  if (logicalType === undefined) return type;
  return logicalType === 'decimal' ? `${type} decimal(${precision},${scale ?? 0})` : `${type} ${logicalType}`;
}
