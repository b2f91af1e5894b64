import type { ItemState } from '../../schemas/types.ts';
import type { Serde } from '../core/serde.ts';
import { HubError } from '../errors.ts';
import type { Log } from '../log/index.ts';
import { topics } from '../topics.ts';

interface Reading {
  readonly log: Log;
  readonly serde: Serde;
}

/** The item writer's memory of some items of one partition, by item id; those that it does not know are absent. */
export async function statesOf(
  { log, serde }: Reading,
  partition: number,
  itemIds: readonly string[],
): Promise<ReadonlyMap<string, ItemState>> {
  const records = await log.latest(topics.state, partition, itemIds);
  const values = [...records.values()].flatMap(({ value }) => (value === null ? [] : [value]));
  await serde.prepare('item-state', values);
  const states = values.map((value) => serde.decode('item-state', value));
  return new Map(states.map((state) => [state.itemId, state]));
}

/** Throws HUB_ITEM_UNKNOWN. */
export async function stateOf(reading: Reading, partition: number, itemId: string): Promise<ItemState> {
  const state = (await statesOf(reading, partition, [itemId])).get(itemId);
  if (state !== undefined) return state;
  throw new HubError('HUB_ITEM_UNKNOWN', `no item ${itemId} in this hub`, { context: { itemId } });
}
