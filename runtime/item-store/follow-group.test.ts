import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import {
  a,
  b,
  c,
  idsOf,
  openSurroundings,
  type Surroundings,
  uuid,
} from '../../test/contract/item-store/fixture.ts';
import { temporaryFolder } from '../../test/support/embedded-log.ts';
import { systemClock } from '../clock.ts';
import { silentLogger } from '../telemetry.ts';
import { openItemStore, openItemStoreWriter } from './embedded.ts';
import { followGroup } from './follow-group.ts';
import { progressOf } from './progress.ts';
import { runProjection } from './projection.ts';
import { projectedTopics } from './rows.ts';

const group = 'item-store';

let folder: ReturnType<typeof temporaryFolder>;
let hub: Surroundings;
const workers: (() => Promise<void>)[] = [];

beforeEach(async () => {
  folder = temporaryFolder();
  hub = await openSurroundings(async (log, serde) => {
    const store = openItemStore(folder.path, log, serde);
    const writer = openItemStoreWriter(folder.path, silentLogger);
    return {
      store,
      writer,
      rival: async () => openItemStoreWriter(folder.path, silentLogger),
      reopen: async () => {},
      close: async () => {
        await store.close();
        await writer.close();
      },
    };
  });
});
afterEach(async () => {
  for (const stop of workers.splice(0)) await stop();
  await hub.close();
  folder.remove();
});

/** A worker of the group; the function ends it. */
async function work(memberId: string): Promise<() => Promise<void>> {
  const { log, serde } = hub;
  const store = await hub.rival();
  const consumer = await log.consumer({ group, topics: projectedTopics, memberId });
  const stop = new AbortController();
  const running = runProjection({
    store,
    source: followGroup(log, consumer, projectedTopics),
    log,
    serde,
    clock: systemClock,
    signal: stop.signal,
    logger: silentLogger,
  });
  const end = async () => {
    stop.abort();
    await running;
    await consumer.close();
    await store.close();
  };
  workers.push(end);
  return async () => {
    workers.splice(workers.indexOf(end), 1);
    await end();
  };
}

async function untilTakenIn(): Promise<void> {
  while ((await progressOf(hub.log, hub.store)).behind > 0) await systemClock.sleep(5);
}

const found = async () => idsOf(await hub.store.search({ limit: 1_000 }));

describe('workers that share the partitions', () => {
  test('take in all of them, also when one comes and one goes', async () => {
    await hub.publish(a, a);
    await hub.pair(b, a, {});
    const leave = await work('w1');
    await untilTakenIn();
    await work('w2');
    for (const digit of [2, 3, 4, 5]) await hub.publish(uuid(digit), uuid(digit));
    await untilTakenIn();
    await leave();
    for (const digit of [1, 2, 3, 4, 5, 6]) await hub.publish(uuid(digit), uuid(digit), { status: 'CLOSED' });
    await untilTakenIn();
    expect(await found()).toEqual([1, 2, 3, 4, 5, 6].map(uuid));
    expect(await hub.store.counts()).toMatchObject({ total: 6, byStatus: { CLOSED: 6 } });
    expect(await hub.store.pairsOf(a)).toHaveLength(1);
  });

  test('begin where the store is, whatever the group has committed', async () => {
    for (const itemId of [a, b, c]) await hub.publish(itemId, itemId);
    const leave = await work('w1');
    await untilTakenIn();
    await leave();
    await hub.writer.reset();
    await work('w1');
    await untilTakenIn();
    expect(await found()).toEqual([a, b, c]);
  });

  test('go on where another has written to their partition: each record is taken in once, in order', async () => {
    await work('w1');
    await hub.publish(a, a);
    await untilTakenIn();
    // A zombie that has read on: its batch is the first to come.
    for (const status of ['SIGNED', 'CLOSED']) {
      await hub.publish(a, a, { status });
      await hub.project().catch(() => {});
    }
    await hub.publish(a, a, { status: 'IN_PROGRESS' });
    await untilTakenIn();
    expect(await hub.store.counts()).toMatchObject({ byStatus: { IN_PROGRESS: 1 } });
  });

  test('leave the offsets of the group where the store is', async () => {
    await hub.publish(a, a);
    await work('w1');
    await untilTakenIn();
    const place = [{ topic: projectedTopics[0], partition: 1 }];
    while ((await hub.log.committed(group, place))[0] !== 1) await systemClock.sleep(5);
  });
});
