import { setImmediate } from 'node:timers/promises';
import { partOf } from '../../schemas/part.ts';
import type { ItemAddress } from '../core/commands.ts';
import { entryOf, type Indexed } from '../core/pairs.ts';
import { decoded, type Serde } from '../core/serde.ts';
import type { Log } from '../log/index.ts';
import { topics } from '../topics.ts';
import type { DedupIndex, IndexEntry } from './index.ts';

const batchRecords = 2_000;

/** Next offset of hub.state to read, by partition. */
export type StateOffsets = readonly number[];

export interface Rebuilt {
  /** Up to where the index is true. */
  readonly offsets: StateOffsets;
  readonly entries: number;
  /** Entries of another linker: not comparable, so left out until their items have made them anew. */
  readonly incomparable: number;
}

export interface RebuildSource {
  readonly log: Log;
  readonly serde: Serde;
  readonly linkerVersion: string;
  /** Has these items make their entries anew. */
  lookAgain(items: readonly ItemAddress[]): Promise<void>;
}

type StateRead = Indexed & { readonly entry: { readonly linkerVersion: string } | null };

const stateRead = partOf('item-state', {
  itemId: true,
  baseId: true,
  orderKeyAt: true,
  firstIngestedAt: true,
  entry: { version: true, linkerVersion: true, keys: true, features: true },
});

/** Puts into the index what the item writers' memory holds from `from` on: its log tail, or all of it. */
export async function rebuildIndex(
  index: DedupIndex,
  source: RebuildSource,
  from: StateOffsets,
): Promise<Rebuilt> {
  const { log, serde, linkerVersion, lookAgain } = source;
  const states = serde.decoder<StateRead>(stateRead);
  const offsets: number[] = [];
  let entries = 0;
  let incomparable = 0;
  for (const [partition, start] of from.entries()) {
    let next = start;
    for (;;) {
      const records = await log.read(topics.state, partition, next, batchRecords);
      if (records.length === 0) break;
      // Reading never leaves the queue of microtasks: without this the thread could not say that it lives.
      await setImmediate();
      next = records[records.length - 1]!.offset + 1;
      await states.prepare(records.map(({ value }) => value));
      const found: IndexEntry[] = [];
      const outdated = new Map<string, ItemAddress>();
      for (const { value } of records) {
        const state = value === null ? null : decoded(states, value);
        if (state === null) continue;
        const { itemId, baseId, entry } = state;
        if (entry?.linkerVersion === linkerVersion) {
          found.push(entryOf(state)!);
          outdated.delete(itemId);
        } else outdated.set(itemId, { itemId, baseId });
      }
      await index.put(found);
      if (outdated.size > 0) await lookAgain([...outdated.values()]);
      incomparable += outdated.size;
      entries += found.length;
    }
    offsets.push(next);
  }
  return { offsets, entries, incomparable };
}
