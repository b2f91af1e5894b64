import { z } from 'zod';
import type { ItemState } from '../../schemas/types.ts';
import type { Clock } from '../clock.ts';
import type { Commands } from '../core/commands.ts';
import type { Serde } from '../core/serde.ts';
import { HubError } from '../errors.ts';
import type { Log } from '../log/index.ts';
import { topics } from '../topics.ts';
import { isConsumed, laneEnds, waitUntil } from './consumed.ts';
import { recordsFrom } from './dead-letters.ts';

/** A decision is durable before this wait begins; it only tells the person what came of it. */
const appliedWithinMs = 30_000;

export const reclassAsk = z.object({
  itemId: z.string(),
  baseId: z.string(),
  partition: z.int().min(0),
  /** UNCLASSIFIED hands the decision back to the rules. */
  itemClass: z.enum(['ORDINARY', 'SPECIALIZED', 'MAJOR', 'UNCLASSIFIED']),
  actor: z.string().min(1),
  reason: z.string().min(1),
  /** Kept by a caller that tries again: the decision is then applied once. */
  commandId: z.string().min(1),
});
export type ReclassAsk = z.infer<typeof reclassAsk>;

/** What the item's memory says of its class. */
export type ClassInForce = Pick<ItemState, 'itemClass' | 'revision' | 'leadDepartment' | 'status'>;

export interface ReclassResult {
  readonly inputId: string;
  /** waiting: recorded, and applied in its turn; dead: the writer gave it up, see `code` and `reason`. */
  readonly outcome: 'applied' | 'waiting' | 'dead';
  readonly before: ClassInForce;
  readonly after: ClassInForce;
  readonly code: string | null;
  readonly reason: string | null;
}

export interface ReclassDeps {
  readonly log: Log;
  readonly serde: Serde;
  readonly commands: Commands;
  readonly clock: Clock;
}

/** Appends a person's decision on a class and waits for the item writer. Throws HUB_ITEM_UNKNOWN. */
export async function reclass(deps: ReclassDeps, ask: ReclassAsk): Promise<ReclassResult> {
  const { log, commands, clock } = deps;
  const { itemId, baseId, partition, itemClass, actor, reason, commandId } = ask;
  const before = await stateOf(deps, partition, itemId);
  if (before === null) {
    throw new HubError('HUB_ITEM_UNKNOWN', `no item ${itemId} in this hub`, { context: { itemId } });
  }
  const deadEnd = (await log.range(topics.deadLetters, partition)).end;
  const inputId = await commands.reclass({ baseId, itemId }, { itemClass, actor, reason }, commandId);
  const ends = await laneEnds(log, partition);

  let state = before;
  const isApplied = async () => {
    state = (await stateOf(deps, partition, itemId)) ?? before;
    return state.appliedIds.includes(inputId);
  };
  // Consumed is looked at first: what was consumed before the look at the state is in the state, or dead.
  await waitUntil(
    clock,
    appliedWithinMs,
    async () => (await isConsumed(log, partition, ends)) || (await isApplied()),
  );
  const result = { inputId, before: classInForce(before), code: null, reason: null };
  if (await isApplied()) return { ...result, outcome: 'applied', after: classInForce(state) };
  for await (const { headers } of recordsFrom(log, partition, deadEnd)) {
    if (headers.stage !== 'process' || headers.baseId !== baseId) continue;
    const { code = null, reason: why = null } = headers;
    return { ...result, outcome: 'dead', after: classInForce(state), code, reason: why };
  }
  return { ...result, outcome: 'waiting', after: classInForce(state) };
}

const classInForce = ({ itemClass, revision, leadDepartment, status }: ItemState): ClassInForce => ({
  itemClass,
  revision,
  leadDepartment,
  status,
});

async function stateOf(
  { log, serde }: Pick<ReclassDeps, 'log' | 'serde'>,
  partition: number,
  itemId: string,
): Promise<ItemState | null> {
  const value = (await log.latest(topics.state, partition, [itemId])).get(itemId)?.value;
  if (value == null) return null;
  await serde.prepare('item-state', [value]);
  return serde.decode('item-state', value);
}
