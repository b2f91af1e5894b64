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
  const skip = compile(schema, undefined, new Map());
  return (bytes, position) => skip(bytes, position) === bytes.length;
}

function compile(schema: AvroSchema, namespace: string | undefined, named: Map<string, Skip>): Skip {
  if (typeof schema === 'string') return primitives[schema] ?? reference(fullName(schema, namespace), named);
  if (isUnion(schema)) {
    const branches = schema.map((branch) => compile(branch, namespace, named));
    return (bytes, position) => {
      const start = skipVarint(bytes, position);
      const branch = start < 0 ? undefined : branches[readVarint(bytes, position)];
      return branch === undefined ? -1 : branch(bytes, start);
    };
  }
  if (isArray(schema)) return skipBlocks(compile(schema.items, namespace, named));
  if (isMap(schema)) {
    const value = compile(schema.values, namespace, named);
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
    for (const field of schema.fields) fields.push(compile(field.type, inner, named));
    return skip;
  }
  return compile(schema.type, namespace, named);
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
