import fc from 'fast-check';
import {
  type AvroSchema,
  fullName,
  isArray,
  isEnum,
  isMap,
  isRecord,
  isUnion,
  type RecordSchema,
} from '../../schemas/avro-schema.ts';

/** Any value of a self-contained record schema, in the form that `avroType` reads and writes. */
export function arbitraryOf(schema: RecordSchema): fc.Arbitrary<Readonly<Record<string, unknown>>> {
  return build(schema, undefined, new Map()) as fc.Arbitrary<Readonly<Record<string, unknown>>>;
}

const text = fc.string({ unit: 'grapheme', maxLength: 12 });

/** avsc reads maps into plain objects, where this one key is not a key; the hub's own keys are allow-listed. */
const key = text.filter((name) => name !== '__proto__');

const primitives: Readonly<Record<string, fc.Arbitrary<unknown>>> = {
  null: fc.constant(null),
  boolean: fc.boolean(),
  int: fc.integer({ min: -(2 ** 31), max: 2 ** 31 - 1 }),
  // avsc's zigzag in doubles is exact from -(2^52) on: 140,000 years before our times, so nobody minds.
  long: fc.integer({ min: -(2 ** 52), max: 2 ** 53 - 10 }),
  float: fc.float({ noNaN: true }),
  double: fc.double({ noNaN: true }),
  string: text,
  bytes: fc.uint8Array({ maxLength: 20 }).map((bytes) => Buffer.from(bytes)),
};

function build(
  schema: AvroSchema,
  namespace: string | undefined,
  named: Map<string, fc.Arbitrary<unknown>>,
): fc.Arbitrary<unknown> {
  if (typeof schema === 'string') return primitives[schema] ?? named.get(fullName(schema, namespace))!;
  if (isUnion(schema)) return fc.oneof(...schema.map((branch) => build(branch, namespace, named)));
  if (isArray(schema)) return fc.array(build(schema.items, namespace, named), { maxLength: 3 });
  if (isMap(schema)) {
    return fc.dictionary(key, build(schema.values, namespace, named), { maxKeys: 3, noNullPrototype: true });
  }
  if (isEnum(schema) || isRecord(schema)) {
    const inner = schema.namespace ?? namespace;
    const arbitrary: fc.Arbitrary<unknown> = isEnum(schema)
      ? fc.constantFrom(...schema.symbols)
      : fc.record(
          Object.fromEntries(schema.fields.map(({ name, type }) => [name, build(type, inner, named)])),
          { noNullPrototype: true },
        );
    named.set(fullName(schema.name, inner), arbitrary);
    return arbitrary;
  }
  if (schema.logicalType === 'decimal') {
    const largest = 10n ** BigInt(schema.precision ?? 0) - 1n;
    return fc
      .bigInt({ min: -largest, max: largest })
      .map((unscaled) => asDecimal(unscaled, schema.scale ?? 0));
  }
  return build(schema.type, namespace, named);
}

function asDecimal(unscaled: bigint, scale: number): string {
  const digits = (unscaled < 0n ? -unscaled : unscaled).toString().padStart(scale + 1, '0');
  const point = digits.length - scale;
  return `${unscaled < 0n ? '-' : ''}${digits.slice(0, point)}${scale > 0 ? '.' : ''}${digits.slice(point)}`;
}
