import { HubError } from '../../runtime/errors.ts';
import type { StoredItem } from '../../runtime/item-store/index.ts';
import { noteIfBehind } from '../hub-at.ts';
import type { HubReader } from '../reader.ts';
import type { Shell } from '../shell.ts';

/**
 * The one item that answers to an id, the beginning of one, `source:recordId`, a record number or a cluster's id: of a cluster the one
 * that leads it now. Says so when the read model is behind. Throws HUB_ITEM_UNKNOWN, or HUB_ITEM_AMBIGUOUS with a list of those that
 * answer.
 */
export async function findItem(reader: HubReader, asked: string, shell: Shell): Promise<StoredItem> {
  const found = await findItems(reader, asked, shell);
  const answering = isClusterOf(found, asked) ? await leadersOf(found, asked, reader) : found;
  const [first, ...others] = answering;
  if (others.length === 0) return first!;
  throw ambiguous(answering, asked, shell);
}

/** The same, but all items that ever belonged to a cluster answer to its id. */
export async function findTraced(
  reader: HubReader,
  asked: string,
  shell: Shell,
): Promise<readonly StoredItem[]> {
  const found = await findItems(reader, asked, shell);
  if (found.length > 1 && !isClusterOf(found, asked)) throw ambiguous(found, asked, shell);
  return found;
}

async function findItems(reader: HubReader, asked: string, shell: Shell): Promise<readonly StoredItem[]> {
  await noteIfBehind(reader, shell);
  const found = await reader.store.find(asked);
  if (found.length > 0) return found;
  throw new HubError('HUB_ITEM_UNKNOWN', shell.t.item.unknown(asked), { context: { asked } });
}

function ambiguous(found: readonly StoredItem[], asked: string, { t }: Pick<Shell, 't'>): HubError {
  const lines = found.map(({ itemId, baseId, item }) => `${itemId}  ${baseId}  ${item.title}`);
  const message = [t.item.several(found.length, asked), ...lines].join('\n    ');
  return new HubError('HUB_ITEM_AMBIGUOUS', message, { context: { asked } });
}

/** A whole id that is no item's own is a cluster's. */
const isClusterOf = (found: readonly StoredItem[], asked: string): boolean =>
  /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(asked) &&
  found.every(({ itemId }) => itemId !== asked.toLowerCase());

/** Who leads the items whose cluster it is now; of an old id, who leads those that once had it. */
async function leadersOf(
  found: readonly StoredItem[],
  asked: string,
  { store }: Pick<HubReader, 'store'>,
): Promise<readonly StoredItem[]> {
  const present = found.filter(({ item }) => item.clusterId === asked.toLowerCase());
  const members = present.length > 0 ? present : found;
  const leaders = new Set(members.map(({ itemId, item }) => item.primaryItemId ?? itemId));
  return (await Promise.all([...leaders].map((itemId) => store.find(itemId)))).flat();
}
