import { describe, expect, test } from '@jest/globals';
import { pipeline } from '../../processors/index.ts';
import type { ItemState } from '../../schemas/types.ts';
import { recordInput } from '../../test/support/records.ts';
import type { IndexEntry, NeighbourQuery } from '../dedup-index/index.ts';
import type { Linker } from '../processor.ts';
import { decide } from './item-writer.ts';
import { type Change, findPairs, looksOf } from './linking.ts';

const linker: Linker = {
  version: 'toy',
  features: () => ({ keys: [], bytes: new Uint8Array() }),
  score: () => null,
};

function received(): ItemState {
  const verdict = decide(recordInput(), [], { ...pipeline, linker });
  if (verdict.kind !== 'decided') throw new Error(`expected a decision, got ${verdict.kind}`);
  return verdict.decision.states[0]!;
}

/** The item with an entry in one block; each version in another. */
const inBlock = (version: number, key: number): ItemState => ({
  ...received(),
  entry: { version, linkerVersion: 'toy', hash: '', keys: [key], features: Buffer.from([key]) },
});

/** What is asked of the index for a batch that makes this of the item. */
async function asked(change: Omit<Change, 'partition' | 'cause'>): Promise<NeighbourQuery> {
  const queries: NeighbourQuery[] = [];
  const put: IndexEntry[] = [];
  const index = {
    put: async (entries: readonly IndexEntry[]) => void put.push(...entries),
    neighbours: async (given: readonly NeighbourQuery[]) => {
      queries.push(...given);
      return given.map(() => ({ earlier: [], later: [], isCertain: true }));
    },
    marks: () => Promise.reject(new Error('nobody asks for marks here')),
    refill: () => Promise.reject(new Error('nothing is put back here')),
  };
  const { itemId } = change.state;
  const changes = new Map([[itemId, { ...change, partition: 0, cause: recordInput() }]]);
  await findPairs(looksOf(changes, new Map(), linker), [], index, linker);
  expect(put.map(({ keys }) => keys)).toEqual([change.state.entry!.keys]);
  return queries[0]!;
}

describe('a batch that changes the entry of an item', () => {
  test('tells those near its old place and its new one', async () => {
    const { keys, laterKeys } = await asked({ before: inBlock(1, 7), state: inBlock(2, 8), between: [] });
    expect({ keys, laterKeys }).toEqual({ keys: [8], laterKeys: [8, 7] });
  });

  test('tells those near places that it only passed: an attempt that failed may have shown it there', async () => {
    const passed = { before: null, state: inBlock(3, 9), between: [inBlock(1, 7), inBlock(2, 8)] };
    const { keys, laterKeys } = await asked(passed);
    expect({ keys, laterKeys }).toEqual({ keys: [9], laterKeys: [9, 7, 8] });
  });
});
