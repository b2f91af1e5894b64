import { expect, test } from '@jest/globals';
import { StoredPartition } from '../../test/simulation/stored-partition.ts';
import { isConsumed, waitingFor } from '../control/consumed.ts';
import { turnsUnderWay } from '../core/turns-under-way.ts';
import { topics } from '../topics.ts';
import type { Log } from './index.ts';
import { lag } from './lag.ts';

const topic = topics.input;
const group = 'writer';

/** A log of one partition that ends with the marker of a transaction, as those of Kafka do. @param next what the group has committed */
function endingWithMarker(next: number): Log {
  const stored = new StoredPartition(topic, 0, false);
  const records = ['a', 'b'].map((key) => ({ key, value: new Uint8Array([1]), timestamp: 7 }));
  stored.append(records, { before: 0, behind: 1 });
  const port: Partial<Log> = {
    topics: async () => [{ name: topic, partitions: 1 }],
    committed: async (_group, asked) => asked.map(() => next),
    range: async () => stored.range(),
    read: async (_topic, _partition, offset, max) => stored.read(offset, max),
  };
  return port as Log;
}

test('nothing waits where only the marker of a transaction lies behind what was consumed', async () => {
  const log = endingWithMarker(2);
  expect((await log.range(topic, 0)).end).toBe(3);
  expect(await lag(log, group, [topic])).toBe(0);
  expect(await waitingFor(group, log, [topic])).toEqual({ waiting: 0, oldestAt: null });
  expect(await isConsumed(log, 0, new Map([[topic, 3]]))).toBe(true);
  expect(await (await turnsUnderWay(log, group))()).toBe(true);
});

test('a record before the marker waits', async () => {
  const log = endingWithMarker(1);
  expect(await lag(log, group, [topic])).toBeGreaterThan(0);
  expect(await waitingFor(group, log, [topic])).toMatchObject({ oldestAt: 7 });
  expect(await isConsumed(log, 0, new Map([[topic, 3]]))).toBe(false);
  expect(await (await turnsUnderWay(log, group))()).toBe(false);
});
