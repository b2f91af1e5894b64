import type { Type } from 'avsc';
import { type AvroSchema, isRecord, isUnion } from './avro-schema.ts';
import { avroType } from './avro-type.ts';
import { type SchemaName, schemaOf } from './index.ts';

/** Names of fields; of a record inside, which of its fields. */
export type Fields = { readonly [name: string]: true | Fields };

/**
 * The type that reads only these fields of a model. Reading by it costs what skipping the rest costs, which is a small part of
 * reading it. Throws RangeError for a field that the model does not have.
 */
export const partOf = (name: SchemaName, fields: Fields): Type => avroType(narrowed(schemaOf(name), fields));

function narrowed(schema: AvroSchema, wanted: Fields): AvroSchema {
  if (isUnion(schema)) return schema.map((branch) => (isRecord(branch) ? narrowed(branch, wanted) : branch));
  if (!isRecord(schema)) throw new RangeError(`no record: ${JSON.stringify(schema)}`);
  const missing = Object.keys(wanted).filter((name) => !schema.fields.some((field) => field.name === name));
  if (missing.length > 0) throw new RangeError(`${schema.name} has no ${missing.join(', ')}`);
  const fields = schema.fields.flatMap((field) => {
    const inside = wanted[field.name];
    if (inside === undefined) return [];
    return [inside === true ? field : { ...field, type: narrowed(field.type, inside) }];
  });
  return { ...schema, fields };
}
