import { existsSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { exampleState } from '../../schemas/examples.ts';
import type { ItemState } from '../../schemas/types.ts';
import { openEmbedded } from '../../test/support/embedded-log.ts';
import { systemClock } from '../clock.ts';
import { itemIdOf } from '../core/ids.ts';
import { Outputs } from '../core/outputs.ts';
import { entryOf } from '../core/pairs.ts';
import { openSerde } from '../core/serde.ts';
import { embeddedSchemaRegistry } from '../schema-registry/embedded.ts';
import { silentLogger } from '../telemetry.ts';
import { topicSpecs, topics } from '../topics.ts';
import type { EmbeddedDedupIndex } from './embedded.ts';
import type { RefillSource } from './refill.ts';
import { snapshotName } from './snapshot.ts';
import { type IndexHome, openIndex, runSnapshots } from './upkeep.ts';

const partitions = 2;
let opened: Awaited<ReturnType<typeof openEmbedded>>;
let home: IndexHome & Pick<RefillSource, 'lookAgain'>;
let lookingAgain: string[];

beforeEach(async () => {
  opened = await openEmbedded();
  await opened.log.ensureTopics(topicSpecs(partitions, [], []));
  const serde = await openSerde(embeddedSchemaRegistry(new DatabaseSync(':memory:')));
  const { folder, log } = opened;
  lookingAgain = [];
  const lookAgain = async (items: readonly { readonly itemId: string }[]): Promise<void> => {
    lookingAgain.push(...items.map(({ itemId }) => itemId));
  };
  home = {
    folder,
    log,
    serde,
    clock: systemClock,
    linkerVersion: 'l1',
    partitions,
    logger: silentLogger,
    lookAgain,
  };
});
afterEach(() => opened.close());

/** Item `number`, in the block `key`. */
function state(number: number, key: number, over: Partial<ItemState> = {}): ItemState {
  const baseId = `complaint-report:T${number}`;
  const features = Buffer.from([number, key]);
  const entry = { version: 1, linkerVersion: 'l1', hash: 'h', keys: [key], features };
  return { ...exampleState, itemId: itemIdOf(baseId, 1), baseId, orderKeyAt: 1000 + number, entry, ...over };
}

async function write(...states: readonly ItemState[]): Promise<void> {
  const out = new Outputs();
  for (const [index, one] of states.entries()) {
    const value = home.serde.encode('item-state', one);
    out.append(topics.state, index % partitions, { key: one.itemId, value, timestamp: 0 });
  }
  const producer = await home.log.producer('test');
  await out.commit(producer);
  await producer.close();
}

const nearTo = async (index: EmbeddedDedupIndex, one: ItemState): Promise<readonly string[]> => {
  const entry = entryOf(one)!;
  const { itemId, baseId, orderKeyAt, ingestedAt, keys } = entry;
  const query = { itemId, baseId, orderKeyAt, ingestedAt, keys, laterKeys: [] };
  const [found] = await index.neighbours([query]);
  return found!.earlier.map((neighbour) => neighbour.itemId);
};

/** As the hub does when it stops. */
async function snapshot(index: EmbeddedDedupIndex): Promise<void> {
  // It writes once more when it is told to stop while it waits.
  const waiting = new AbortController();
  const running = runSnapshots({ ...home, index, signal: waiting.signal });
  waiting.abort();
  await running;
}

describe('the dedup index at a start', () => {
  const [first, second, third] = [state(1, 7), state(2, 7), state(3, 7)];

  test('is what the memory of the item writers holds', async () => {
    await write(first, second, state(4, 8));
    const index = await openIndex(home);
    expect(index.size).toBe(3);
    expect(await nearTo(index, second)).toEqual([first.itemId]);
  });

  test('is the last snapshot and what was written since', async () => {
    await write(first, second);
    await snapshot(await openIndex(home));
    expect(existsSync(join(home.folder, snapshotName))).toBe(true);
    const moved = state(2, 9, { entry: { ...state(2, 9).entry!, version: 2 } });
    await write(third, moved);
    const index = await openIndex(home);
    expect(index.size).toBe(3);
    expect(await nearTo(index, third)).toEqual([first.itemId]);

    rmSync(join(home.folder, snapshotName));
    expect(await nearTo(await openIndex(home), third)).toEqual([first.itemId]);
  });

  test('does not use a snapshot that is ahead of the data file, or of another linker', async () => {
    await write(first, second);
    const index = await openIndex(home);
    await index.put([entryOf(third)!]);
    await snapshot(index);
    // Entries of another linker are not comparable: the items are asked to make them anew.
    expect((await openIndex({ ...home, linkerVersion: 'l2' })).size).toBe(0);
    expect(lookingAgain.sort()).toEqual([first.itemId, second.itemId].sort());
    expect((await openIndex({ ...home, log: emptyLog })).size).toBe(0);
  });
});

/** A data file that was put back from before anything was written. */
const emptyLog = {
  committed: async () => [],
  range: async () => ({ start: 0, end: 0 }),
  read: async () => [],
} as unknown as IndexHome['log'];
