import { entryOf } from '../core/pairs.ts';
import type { Serde } from '../core/serde.ts';
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
  /** Entries of another linker: not comparable, so left out until their items are judged again. */
  readonly incomparable: number;
}

/** Puts into the index what the item writers' memory holds from `from` on: its log tail, or all of it. */
export async function rebuildIndex(
  index: DedupIndex,
  source: { readonly log: Log; readonly serde: Serde; readonly linkerVersion: string },
  from: StateOffsets,
): Promise<Rebuilt> {
  const { log, serde, linkerVersion } = source;
  const offsets: number[] = [];
  let entries = 0;
  let incomparable = 0;
  for (const [partition, start] of from.entries()) {
    let next = start;
    for (;;) {
      const records = await log.read(topics.state, partition, next, batchRecords);
      if (records.length === 0) break;
      next = records[records.length - 1]!.offset + 1;
      await serde.prepare(
        'item-state',
        records.map(({ value }) => value),
      );
      const found: IndexEntry[] = [];
      for (const { value } of records) {
        const state = value === null ? null : serde.decode('item-state', value);
        if (state === null || state.entry === null) continue;
        if (state.entry.linkerVersion === linkerVersion) found.push(entryOf(state)!);
        else incomparable += 1;
      }
      await index.put(found);
      entries += found.length;
    }
    offsets.push(next);
  }
  return { offsets, entries, incomparable };
}
