import { isDeepStrictEqual } from 'node:util';
import { fullName } from './avro-schema.ts';

/**
 * Are two texts the same schema, documentation and defaults included? Every Avro library prints schemas in its own way: other order
 * of keys, names with or without their namespace, `"string"` or `{"type":"string"}`. False for what is no JSON.
 */
export function sameSchema(one: string, other: string): boolean {
  if (one === other) return true;
  try {
    return isDeepStrictEqual(plain(JSON.parse(one), undefined), plain(JSON.parse(other), undefined));
  } catch {
    return false;
  }
}

const primitives = new Set(['null', 'boolean', 'int', 'long', 'float', 'double', 'bytes', 'string']);
type Node = Readonly<Record<string, unknown>>;

/** Names in full, a primitive without attributes as its name. */
function plain(schema: unknown, namespace: string | undefined): unknown {
  if (typeof schema === 'string') return primitives.has(schema) ? schema : fullName(schema, namespace);
  if (Array.isArray(schema)) return schema.map((branch) => plain(branch, namespace));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { type, name, namespace: own, ...rest } = schema as Node;
  if (typeof name === 'string') return named(type, name, typeof own === 'string' ? own : namespace, rest);
  if (type === 'array') return { ...rest, type, items: plain(rest.items, namespace) };
  if (type === 'map') return { ...rest, type, values: plain(rest.values, namespace) };
  const inner = plain(type, namespace);
  return Object.keys(rest).length === 0 ? inner : { ...rest, type: inner };
}

/** A record, an enum or a fixed; what is inside lies in its namespace. */
function named(type: unknown, name: string, namespace: string | undefined, rest: Node): Node {
  const full = fullName(name, namespace);
  const dot = full.lastIndexOf('.');
  const within = dot < 0 ? undefined : full.slice(0, dot);
  const fields = Array.isArray(rest.fields)
    ? { fields: rest.fields.map((field: Node) => ({ ...field, type: plain(field.type, within) })) }
    : {};
  return { ...rest, ...fields, type, name: full };
}
