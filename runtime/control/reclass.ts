import { z } from 'zod';
import type { ItemState } from '../../schemas/types.ts';
import type { Commands } from '../core/commands.ts';
import { type Applied, type AppliedDeps, untilApplied } from './applied.ts';
import { stateOf } from './item-states.ts';

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

export interface ReclassResult extends Applied {
  readonly before: ClassInForce;
  readonly after: ClassInForce;
}

export interface ReclassDeps extends AppliedDeps {
  readonly commands: Commands;
}

/** Appends a person's decision on a class and waits for the item writer. Throws HUB_ITEM_UNKNOWN. */
export async function reclass(deps: ReclassDeps, ask: ReclassAsk): Promise<ReclassResult> {
  const { itemId, baseId, partition, itemClass, actor, reason, commandId } = ask;
  const before = await stateOf(deps, partition, itemId);
  const applied = await untilApplied(deps, { itemId, baseId, partition }, () =>
    deps.commands.reclass({ baseId, itemId }, { itemClass, actor, reason }, commandId),
  );
  const after = await stateOf(deps, partition, itemId);
  return { ...applied, before: classInForce(before), after: classInForce(after) };
}

const classInForce = ({ itemClass, revision, leadDepartment, status }: ItemState): ClassInForce => ({
  itemClass,
  revision,
  leadDepartment,
  status,
});
