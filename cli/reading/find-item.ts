import { HubError } from '../../runtime/errors.ts';
import type { StoredItem } from '../../runtime/item-store/index.ts';
import type { HubReader } from '../assembly.ts';
import { projectionLag } from '../hub-at.ts';
import type { Shell } from '../shell.ts';

/**
 * The one item that answers to an id, the beginning of one, `source:recordId` or a record number. Says so when the read model is
 * behind. Throws HUB_ITEM_UNKNOWN, or HUB_ITEM_AMBIGUOUS with a list of those that answer.
 */
export async function findItem(reader: HubReader, asked: string, { t, note }: Shell): Promise<StoredItem> {
  const behind = await projectionLag(reader);
  if (behind > 0) note(t.item.behind(behind));
  const found = await reader.store.find(asked);
  const [first, ...others] = found;
  if (first === undefined) {
    throw new HubError('HUB_ITEM_UNKNOWN', t.item.unknown(asked), { context: { asked } });
  }
  if (others.length === 0) return first;
  const lines = found.map(({ itemId, baseId, item }) => `${itemId}  ${baseId}  ${item.title}`);
  const message = [t.item.several(found.length, asked), ...lines].join('\n    ');
  throw new HubError('HUB_ITEM_AMBIGUOUS', message, { context: { asked } });
}
