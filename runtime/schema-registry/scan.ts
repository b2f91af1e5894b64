import {
  type AvroSchema,
  fullName,
  isArray,
  isEnum,
  isMap,
  isRecord,
  isUnion,
} from '../../schemas/avro-schema.ts';

/** Where a value ends that starts at `position`; -1 when the bytes cannot be one. */
type Skip = (bytes: Uint8Array, position: number) => number;

/**
 * Whether bytes can be a value of this schema, by lengths, counts and indices alone. avsc trusts counts: a few foreign or
 * damaged bytes would make it fill the memory with an array of a billion undefined entries before it notices.
 * @returns a check of `bytes` from `position` to their end.
 */
export function scanner(schema: AvroSchema): (bytes: Uint8Array, position: number) => boolean {
  const skip = compile(schema, undefined, new Map(), (_name, field) => field);
  return (bytes, position) => skip(bytes, position) === bytes.length;
}

/**
 * Copies a value of this schema without the fields of these names, wherever they stand: what a schema without them would write.
 * @returns a copy of `bytes` into `into`, which is as long at least; it returns the length of the copy
 */
export function copierWithout(
  schema: AvroSchema,
  names: ReadonlySet<string>,
): (bytes: Uint8Array, into: Uint8Array) => number {
  /** Where each left out begins and ends, in order. */
  const gaps: number[] = [];
  const skip = compile(schema, undefined, new Map(), (name, field) =>
    names.has(name)
      ? (bytes, position) => {
          const end = field(bytes, position);
          // What was left out within it is left out with it.
          while (gaps.length > 0 && gaps.at(-1)! > position) gaps.length -= 2;
          gaps.push(position, end);
          return end;
        }
      : field,
  );
  return (bytes, into) => {
    gaps.length = 0;
    const end = skip(bytes, 0);
    if (end !== bytes.length) throw new RangeError('the bytes are no value of this schema');
    let length = 0;
    let from = 0;
    for (let gap = 0; gap <= gaps.length; gap += 2) {
      const to = gaps[gap] ?? end;
      into.set(bytes.subarray(from, to), length);
      length += to - from;
      from = gaps[gap + 1] ?? end;
    }
    return length;
  };
}

/** @param around what is done of a field of this name instead of skipping it */
function compile(
  schema: AvroSchema,
  namespace: string | undefined,
  named: Map<string, Skip>,
  around: (name: string, field: Skip) => Skip,
): Skip {
  if (typeof schema === 'string') return primitives[schema] ?? reference(fullName(schema, namespace), named);
  if (isUnion(schema)) {
    const branches = schema.map((branch) => compile(branch, namespace, named, around));
    return (bytes, position) => {
      const start = skipVarint(bytes, position);
      const branch = start < 0 ? undefined : branches[readVarint(bytes, position)];
      return branch === undefined ? -1 : branch(bytes, start);
    };
  }
  if (isArray(schema)) return skipBlocks(compile(schema.items, namespace, named, around));
  if (isMap(schema)) {
    const value = compile(schema.values, namespace, named, around);
    return skipBlocks((bytes, position) => {
      const start = skipBytes(bytes, position);
      return start < 0 ? -1 : value(bytes, start);
    });
  }
  if (isEnum(schema)) {
    const { symbols } = schema;
    const skip: Skip = (bytes, position) => {
      const end = skipVarint(bytes, position);
      return end < 0 || symbols[readVarint(bytes, position)] === undefined ? -1 : end;
    };
    named.set(fullName(schema.name, schema.namespace ?? namespace), skip);
    return skip;
  }
  if (isRecord(schema)) {
    const inner = schema.namespace ?? namespace;
    const fields: Skip[] = [];
    const skip: Skip = (bytes, position) => {
      let at = position;
      for (const field of fields) {
        at = field(bytes, at);
        if (at < 0) return -1;
      }
      return at;
    };
    named.set(fullName(schema.name, inner), skip);
    for (const { name, type } of schema.fields)
      fields.push(around(name, compile(type, inner, named, around)));
    return skip;
  }
  return compile(schema.type, namespace, named, around);
}

function reference(name: string, named: ReadonlyMap<string, Skip>): Skip {
  const skip = named.get(name);
  if (skip === undefined) throw new TypeError(`schema refers to ${name}, which it does not define`);
  return skip;
}

/** Signed zigzag varint; beyond 2^53 inexact, which is far beyond any length. */
function readVarint(bytes: Uint8Array, position: number): number {
  let value = 0;
  let factor = 1;
  for (let at = position; ; at++, factor *= 128) {
    const byte = bytes[at]!;
    value += (byte & 0x7f) * factor;
    if (byte < 0x80) return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }
}

const skipVarint: Skip = (bytes, position) => {
  for (let at = position; at < position + 10; at++) {
    const byte = bytes[at];
    if (byte === undefined) return -1;
    if (byte < 0x80) return at + 1;
  }
  return -1;
};

const skipFixed =
  (size: number): Skip =>
  (bytes, position) =>
    position + size <= bytes.length ? position + size : -1;

const skipBytes: Skip = (bytes, position) => {
  const start = skipVarint(bytes, position);
  if (start < 0) return -1;
  const length = readVarint(bytes, position);
  return length >= 0 && start + length <= bytes.length ? start + length : -1;
};

const primitives: Readonly<Record<string, Skip>> = {
  null: (_bytes, position) => position,
  boolean: skipFixed(1),
  int: skipVarint,
  long: skipVarint,
  float: skipFixed(4),
  double: skipFixed(8),
  bytes: skipBytes,
  string: skipBytes,
};

/** Blocks of (count, entries), ended by a count of 0; after a negative count stands the block's size in bytes. */
function skipBlocks(skipEntry: Skip): Skip {
  return (bytes, position) => {
    let at = position;
    for (;;) {
      const start = skipVarint(bytes, at);
      if (start < 0) return -1;
      let count = readVarint(bytes, at);
      at = start;
      if (count === 0) return at;
      if (count < 0) {
        count = -count;
        at = skipVarint(bytes, at);
        if (at < 0) return -1;
      }
      // No entry of ours takes less than a byte.
      if (count > bytes.length - at) return -1;
      for (; count > 0; count--) {
        at = skipEntry(bytes, at);
        if (at < 0) return -1;
      }
    }
  };
}
