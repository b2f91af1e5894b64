import { partOf } from '../../schemas/part.ts';
import type { Clock } from '../clock.ts';
import type { ItemAddress } from '../core/commands.ts';
import { entryOf, type Indexed } from '../core/pairs.ts';
import { decoded, type Serde } from '../core/serde.ts';
import type { Log } from '../log/index.ts';
import { topics } from '../topics.ts';
import type { DedupIndex, IndexEntry, Mark } from './index.ts';

const batchRecords = 2_000;

export interface RefillSource {
  readonly log: Log;
  readonly serde: Serde;
  readonly clock: Clock;
  readonly linkerVersion: string;
  /** Has these items look for their links again, those of another linker after they have made their entries anew. */
  lookAgain(items: readonly ItemAddress[], bothWays: boolean): Promise<void>;
}

export interface RefillTask {
  readonly partition: number;
  /** What item writers had committed of it, read before this is called. */
  readonly position: number;
  /** From where on entries are missing; null: all are. */
  readonly mark: Pick<Mark, 'stateOffset' | 'missedFrom'> | null;
  readonly signal?: AbortSignal;
}

export interface Refilled {
  readonly entries: number;
  /** Entries of another linker: not comparable, so left out until their items have made them anew. */
  readonly incomparable: number;
}

type StateRead = Indexed & { readonly entry: { readonly linkerVersion: string } | null };

const stateRead = partOf('item-state', {
  itemId: true,
  baseId: true,
  orderKeyAt: true,
  firstIngestedAt: true,
  entry: { version: true, linkerVersion: true, keys: true, features: true },
});

/**
 * Puts into the index what the item writers' memory holds of a partition: its tail, or all of it. Null: the index has lost something
 * meanwhile, or `signal` has aborted; to be called again.
 */
export async function refillPartition(
  index: DedupIndex,
  source: RefillSource,
  { partition, position, mark, signal }: RefillTask,
): Promise<Refilled | null> {
  const { log, serde, clock, linkerVersion, lookAgain } = source;
  const states = serde.decoder<StateRead>(stateRead);
  const refill = await index.refill(partition);
  const { end } = await log.range(topics.state, partition);
  const missedFrom = mark?.missedFrom ?? Number.POSITIVE_INFINITY;
  let entries = 0;
  let incomparable = 0;
  for (let next = mark?.stateOffset ?? 0; next < end; ) {
    const records = await log.read(topics.state, partition, next, batchRecords);
    if (records.length === 0) break;
    // Reading never leaves the queue of microtasks: without this the thread could not say that it lives.
    await clock.sleep(0);
    if (signal?.aborted) return null;
    next = records[records.length - 1]!.offset + 1;
    await states.prepare(records.map(({ value }) => value));
    const found: IndexEntry[] = [];
    const outdated = new Map<string, ItemAddress>();
    const missed = new Map<string, ItemAddress>();
    for (const { value, offset } of records) {
      const state = value === null ? null : decoded(states, value);
      if (state === null) continue;
      const { itemId, baseId, entry } = state;
      if (entry?.linkerVersion === linkerVersion) {
        found.push(entryOf(state)!);
        outdated.delete(itemId);
        if (offset >= missedFrom) missed.set(itemId, { itemId, baseId });
      } else outdated.set(itemId, { itemId, baseId });
    }
    if (!(await refill.put(found))) return null;
    if (outdated.size > 0) await lookAgain([...outdated.values()], false);
    // Told before it counts as whole: a crash in between lets all of this be done again, never left out.
    if (missed.size > 0) await lookAgain([...missed.values()], true);
    incomparable += outdated.size;
    entries += found.length;
  }
  return (await refill.done(position, end)) ? { entries, incomparable } : null;
}
