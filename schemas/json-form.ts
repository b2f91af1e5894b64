import {
  type AvroSchema,
  fullName,
  isArray,
  isEnum,
  isMap,
  isRecord,
  isUnion,
  namedTypes,
  type RecordSchema,
} from './avro-schema.ts';

type Convert = (value: unknown) => unknown;

/**
 * The JSON form of a model, for tap, files and HTTP: times as ISO 8601 with ms at +08:00, decimals as strings, bytes as
 * base64, floats with the digits that were meant, nulls as null, every field present in the order of the schema.
 */
export function jsonForm(schema: RecordSchema): Convert {
  const named = namedTypes(schema);
  const compiled = new Map<string, Convert>();

  const compile = (part: AvroSchema, namespace: string | undefined): Convert => {
    if (typeof part === 'string') return compiled.get(fullName(part, namespace)) ?? primitive(part);
    if (isUnion(part)) {
      const branches = part.filter((branch) => branch !== 'null');
      if (branches.length !== 1) throw new TypeError('a union other than ["null", T] has no JSON form');
      const convert = compile(branches[0]!, namespace);
      return (value) => (value === null || value === undefined ? null : convert(value));
    }
    if (isArray(part)) {
      const convert = compile(part.items, namespace);
      return (value) => (value as readonly unknown[]).map(convert);
    }
    if (isMap(part)) {
      const convert = compile(part.values, namespace);
      return (value) =>
        Object.fromEntries(Object.entries(value as object).map(([key, entry]) => [key, convert(entry)]));
    }
    if (isEnum(part)) return remember(part.name, part.namespace ?? namespace, asItIs);
    if (isRecord(part)) {
      const inner = part.namespace ?? namespace;
      const fields = part.fields.map(({ name, type }) => [name, compile(type, inner)] as const);
      return remember(part.name, inner, (value) => {
        const from = value as Readonly<Record<string, unknown>>;
        const to: Record<string, unknown> = {};
        for (const [name, convert] of fields) to[name] = convert(from[name]);
        return to;
      });
    }
    if (part.logicalType === 'timestamp-millis') return isoTime;
    return part.logicalType === 'decimal' ? asItIs : primitive(part.type);
  };
  const remember = (name: string, namespace: string | undefined, convert: Convert): Convert => {
    compiled.set(fullName(name, namespace), convert);
    return convert;
  };

  const [[, root] = []] = named;
  return compile(root ?? schema, undefined);
}

const asItIs: Convert = (value) => value;

function primitive(type: string): Convert {
  if (type === 'bytes') return (value) => Buffer.from(value as Uint8Array).toString('base64');
  return type === 'float' ? shortestFloat : asItIs;
}

const eightHoursMs = 8 * 3_600_000;

/** `2026-03-10T08:12:33.000+08:00`. A number that is no time at all stays a number: one bad record must not end a tap. */
function isoTime(value: unknown): unknown {
  const shifted = new Date(Number(value) + eightHoursMs);
  return Number.isNaN(shifted.getTime()) ? value : `${shifted.toISOString().slice(0, -1)}+08:00`;
}

/** A float read back is a double with noise (0.94 → 0.9399999976158142): the fewest digits that give the same float. */
function shortestFloat(value: unknown): unknown {
  if (typeof value !== 'number' || Number.isInteger(value)) return value;
  for (let digits = 6; digits < 9; digits++) {
    const short = Number(value.toPrecision(digits));
    if (Math.fround(short) === Math.fround(value)) return short;
  }
  return Number(value.toPrecision(9));
}
