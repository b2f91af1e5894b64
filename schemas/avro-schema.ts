/** Avro schemas as JSON: their shape, and how ours, which share named types between files, become self-contained. */

export interface FieldSchema {
  readonly name: string;
  readonly type: AvroSchema;
  readonly doc?: string;
  readonly default?: unknown;
}

export interface RecordSchema {
  readonly type: 'record';
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly fields: readonly FieldSchema[];
}

export interface EnumSchema {
  readonly type: 'enum';
  readonly name: string;
  readonly namespace?: string;
  readonly doc?: string;
  readonly symbols: readonly string[];
  /** What a reader sees in place of a symbol it does not know. */
  readonly default?: string;
}

export interface ArraySchema {
  readonly type: 'array';
  readonly items: AvroSchema;
}

export interface MapSchema {
  readonly type: 'map';
  readonly values: AvroSchema;
}

/** A primitive, with or without a logical type. */
export interface PrimitiveSchema {
  readonly type: string;
  readonly logicalType?: string;
  readonly precision?: number;
  readonly scale?: number;
}

export type NamedSchema = RecordSchema | EnumSchema;

/** A string is a primitive or the name of a type defined before; an array is a union. */
export type AvroSchema =
  | string
  | readonly AvroSchema[]
  | NamedSchema
  | ArraySchema
  | MapSchema
  | PrimitiveSchema;

export const isRecord = (schema: AvroSchema): schema is RecordSchema =>
  typeof schema === 'object' && 'fields' in schema;
export const isEnum = (schema: AvroSchema): schema is EnumSchema =>
  typeof schema === 'object' && 'symbols' in schema;
export const isArray = (schema: AvroSchema): schema is ArraySchema =>
  typeof schema === 'object' && 'items' in schema;
export const isMap = (schema: AvroSchema): schema is MapSchema =>
  typeof schema === 'object' && 'values' in schema;
export const isUnion = (schema: AvroSchema): schema is readonly AvroSchema[] => Array.isArray(schema);

/** `namespace.name`; a name with dots is complete already. */
export const fullName = (name: string, namespace: string | undefined): string =>
  name.includes('.') || namespace === undefined ? name : `${namespace}.${name}`;

/** Every record and enum defined anywhere inside, by full name, in the order of definition. */
export function namedTypes(
  schema: AvroSchema,
  into = new Map<string, NamedSchema>(),
): Map<string, NamedSchema> {
  visit(schema, undefined, (name, named) => into.set(name, named));
  return into;
}

function visit(
  schema: AvroSchema,
  namespace: string | undefined,
  found: (name: string, schema: NamedSchema) => void,
): void {
  if (isUnion(schema)) {
    for (const branch of schema) visit(branch, namespace, found);
  } else if (isArray(schema)) {
    visit(schema.items, namespace, found);
  } else if (isMap(schema)) {
    visit(schema.values, namespace, found);
  } else if (isRecord(schema) || isEnum(schema)) {
    const inner = schema.namespace ?? namespace;
    found(fullName(schema.name, inner), { ...schema, ...(inner === undefined ? {} : { namespace: inner }) });
    if (isRecord(schema)) for (const field of schema.fields) visit(field.type, inner, found);
  }
}

/**
 * The schema with each foreign name replaced by its definition at first use, so that it stands alone as a registry needs it.
 * @param known named types of all files, from `namedTypes`.
 */
export function selfContained(schema: RecordSchema, known: ReadonlyMap<string, NamedSchema>): RecordSchema {
  const defined = new Set<string>();
  const expand = (part: AvroSchema, namespace: string | undefined): AvroSchema => {
    if (typeof part === 'string') {
      const name = fullName(part, namespace);
      const definition = known.get(name);
      return definition === undefined ? part : defined.has(name) ? name : expand(definition, namespace);
    }
    if (isUnion(part)) return part.map((branch) => expand(branch, namespace));
    if (isArray(part)) return { ...part, items: expand(part.items, namespace) };
    if (isMap(part)) return { ...part, values: expand(part.values, namespace) };
    if (!isRecord(part) && !isEnum(part)) return part;
    const inner = part.namespace ?? namespace;
    defined.add(fullName(part.name, inner));
    // The namespace is written once, at the top: inside, names inherit it.
    const { namespace: _own, ...rest } = part;
    const head = inner === namespace || inner === undefined ? rest : { ...rest, namespace: inner };
    if (!isRecord(part)) return head as EnumSchema;
    return {
      ...(head as RecordSchema),
      fields: part.fields.map((field) => ({ ...field, type: expand(field.type, inner) })),
    };
  };
  return expand(schema, undefined) as RecordSchema;
}

/** Without `doc`: explanations may change without a new version of the contract. */
export function contractOf(schema: unknown): unknown {
  if (Array.isArray(schema)) return schema.map(contractOf);
  if (schema === null || typeof schema !== 'object') return schema;
  return Object.fromEntries(
    Object.entries(schema).flatMap(([key, value]) =>
      key === 'doc' && typeof value === 'string'
        ? []
        : [[key, key === 'default' ? value : contractOf(value)]],
    ),
  );
}
