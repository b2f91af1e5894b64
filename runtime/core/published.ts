import { hash } from 'node:crypto';
import type { Item } from '../../schemas/types.ts';
import type { Views } from '../processor.ts';

/**
 * Digest of what readers can see, without what may differ between two runs over the same records: lineage, the
 * revision number, scores, and the hub's and the source's times of processing (design.md §4 point 7). Equal digest = no new revision.
 * Times of the matter itself (occurredAt, reportedAt, deadlines) are content and stay in.
 */
export function publishedDigest(views: Views): string {
  const parts: string[] = [stable(views.unified)];
  for (const organisation of [...views.departments.keys()].sort()) {
    parts.push(organisation, stable(views.departments.get(organisation)!));
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
  'confidence',
]);

const stableText = new WeakMap<Item, string>();

function stable(item: Item): string {
  let text = stableText.get(item);
  if (text === undefined) {
    text = JSON.stringify(item, (key, value) => (volatile.has(key) ? undefined : value));
    stableText.set(item, text);
  }
  return text;
}
