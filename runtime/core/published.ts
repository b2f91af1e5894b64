import { hash } from 'node:crypto';
import { schemaOf, typeOf } from '../../schemas/index.ts';
import type { Item } from '../../schemas/types.ts';
import type { Views } from '../processor.ts';
import { copierWithout } from '../schema-registry/scan.ts';
import { bodyOf } from '../schema-registry/wire.ts';

/** Views as they go to the log: each written once, whoever reads it. */
export interface WrittenViews extends Views {
  /** Avro's bytes of each view. */
  readonly bytes: ReadonlyMap<Item, Uint8Array>;
  /**
   * Digest of what readers can see, without what may differ between two runs over the same records: lineage, the revision
   * number, scores, and the hub's and the source's times of processing (design.md §4 point 7). Equal digest = no new revision.
   * Times of the matter itself (occurredAt, reportedAt, deadlines) are content and stay in.
   */
  readonly digest: string;
}

/** Throws HUB_INTERNAL, naming the field but never its value, when a view does not fit the model. */
export function writeViews({ unified, departments }: Views): WrittenViews {
  const bytes = new Map<Item, Uint8Array>();
  const digests = new Map<Item, string>();
  const digestOf = (item: Item): string => {
    const known = digests.get(item);
    if (known !== undefined) return known;
    const body = bodyOf(typeOf('item'), item);
    const digest = hash('sha1', stable(body), 'base64url');
    bytes.set(item, body);
    digests.set(item, digest);
    return digest;
  };
  const parts = [digestOf(unified)];
  for (const organisation of [...departments.keys()].sort()) {
    parts.push(organisation, digestOf(departments.get(organisation)!));
  }
  return { unified, departments, bytes, digest: hash('sha1', parts.join('\n'), 'base64url') };
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
/** Fields of the model; a key of `ext` is none. */
const copyStable = copierWithout(schemaOf('item'), volatile);

/** Grows to the largest item; reused because nothing is awaited before its bytes are hashed. */
let scratch = Buffer.allocUnsafe(16 * 1024);

function stable(body: Uint8Array): Uint8Array {
  if (body.length > scratch.length) scratch = Buffer.allocUnsafe(2 * body.length);
  return scratch.subarray(0, copyStable(body, scratch));
}
