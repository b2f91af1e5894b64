import { hash } from 'node:crypto';
import { type AvroSchema, isArray, isEnum, isRecord, isUnion } from '../../schemas/avro-schema.ts';
import { avroType } from '../../schemas/avro-type.ts';
import { schemaOf } from '../../schemas/index.ts';
import type { Item } from '../../schemas/types.ts';
import type { Views } from '../processor.ts';

/**
 * Digest of what readers can see, without what may differ between two runs over the same records: lineage, the
 * revision number, scores, and the hub's and the source's times of processing (design.md §4 point 7). Equal digest = no new revision.
 * Times of the matter itself (occurredAt, reportedAt, deadlines) are content and stay in.
 */
export function publishedDigest(views: Views): string {
  const digests = new Map<Item, string>();
  const digestOf = (item: Item): string => {
    const known = digests.get(item);
    if (known !== undefined) return known;
    const digest = hash('sha1', encoded(item), 'base64url');
    digests.set(item, digest);
    return digest;
  };
  const parts = [digestOf(views.unified)];
  for (const organisation of [...views.departments.keys()].sort()) {
    parts.push(organisation, digestOf(views.departments.get(organisation)!));
  }
  return hash('sha1', parts.join('\n'), 'base64url');
}

const volatile = new Set([
  'revision',
  'lineage',
  'ingestedAt',
  'sourceUpdatedAt',
  'recordVersion',
  'rawRef',
  'rawSha256',
  'decidedAt',
  'score',
  'parts',
  'confidence',
]);

/** The model of an item without the volatile fields: what it writes is what counts. A key of `ext` is no field. */
const stableType = avroType(withoutVolatile(schemaOf('item')));

function withoutVolatile(schema: AvroSchema): AvroSchema {
  if (typeof schema === 'string' || isEnum(schema)) return schema;
  if (isUnion(schema)) return schema.map(withoutVolatile);
  if (isArray(schema)) return { ...schema, items: withoutVolatile(schema.items) };
  if (!isRecord(schema)) return schema;
  const fields = schema.fields.filter(({ name }) => !volatile.has(name));
  return { ...schema, fields: fields.map((field) => ({ ...field, type: withoutVolatile(field.type) })) };
}

/** Grows to the largest item; reused because nothing is awaited before its bytes are hashed. */
let scratch = Buffer.allocUnsafe(16 * 1024);

function encoded(item: Item): Buffer {
  let end = stableType.encode(item, scratch, 0);
  if (end < 0) {
    scratch = Buffer.allocUnsafe(2 * (scratch.length - end));
    end = stableType.encode(item, scratch, 0);
  }
  return scratch.subarray(0, end);
}
