import type { ItemState } from '../../schemas/types.ts';
import type { Clock } from '../clock.ts';
import type { Serde } from '../core/serde.ts';
import type { Log } from '../log/index.ts';
import { topics } from '../topics.ts';
import { isConsumed, laneEnds, waitUntil } from './consumed.ts';
import { recordsFrom } from './dead-letters.ts';
import { stateOf } from './item-states.ts';

/** A command is durable before this wait begins; it only tells the person what came of it. */
export const appliedWithinMs = 30_000;

/** What became of a command. */
export interface Applied {
  readonly inputId: string;
  /** waiting: recorded, and applied in its turn; dead: the writer gave it up, see `code` and `reason`. */
  readonly outcome: 'applied' | 'waiting' | 'dead';
  readonly code: string | null;
  readonly reason: string | null;
}

export interface AppliedDeps {
  readonly log: Log;
  readonly serde: Serde;
  readonly clock: Clock;
}

/**
 * Appends a command to an item and waits for the item writer.
 *
 * @param append gives the inputId
 */
export async function untilApplied(
  deps: AppliedDeps,
  { itemId, baseId, partition }: Pick<ItemState, 'itemId' | 'baseId'> & { readonly partition: number },
  append: () => Promise<string>,
): Promise<Applied> {
  const { log, clock } = deps;
  const deadEnd = (await log.range(topics.deadLetters, partition)).end;
  const inputId = await append();
  const ends = await laneEnds(log, partition);
  const isApplied = async () => (await stateOf(deps, partition, itemId)).appliedIds.includes(inputId);
  // Consumed is looked at first: what was consumed before the look at the state is in the state, or dead.
  await waitUntil(
    clock,
    appliedWithinMs,
    async () => (await isConsumed(log, partition, ends)) || (await isApplied()),
  );
  if (await isApplied()) return { inputId, outcome: 'applied', code: null, reason: null };
  for await (const { headers } of recordsFrom(log, partition, deadEnd)) {
    if (headers.stage !== 'process' || headers.baseId !== baseId) continue;
    const { code = null, reason = null } = headers;
    return { inputId, outcome: 'dead', code, reason };
  }
  return { inputId, outcome: 'waiting', code: null, reason: null };
}
