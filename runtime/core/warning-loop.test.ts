import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { currentCatalogueVersion } from '../../processors/catalogue/index.ts';
import { warningRules } from '../../processors/warnings/index.ts';
import type { SourceRecord } from '../../schemas/types.ts';
import { openEmbedded } from '../../test/support/embedded-log.ts';
import { morning } from '../../test/support/records.ts';
import { baseOf, openSmallHub, type SmallHub } from '../../test/support/small-hub.ts';
import { systemClock } from '../clock.ts';
import { embeddedSchemaRegistry } from '../schema-registry/embedded.ts';
import { memoryCounters, silentLogger } from '../telemetry.ts';
import { lanes, topics } from '../topics.ts';
import { openSerde } from './serde.ts';
import { turnsUnderWay } from './turns-under-way.ts';
import { runWarnings } from './warning-loop.ts';

const serdeOf = () => openSerde(embeddedSchemaRegistry(new DatabaseSync(':memory:')));
const hour = 3_600_000;
const minute = 60_000;

const lost = (over: Partial<SourceRecord> = {}): Partial<SourceRecord> => ({
  system: 'smart-ocean',
  kind: 'ALERT',
  title: '失联报警',
  body: '浙普渔99902失联',
  sourceCategory: { code: 'SEA.LOST', sourceCode: null, sourceName: null },
  ext: { lostMin: '120', crewNum: '7' },
  ...over,
});
const typhoon = {
  warningId: 'w-abcdefghij',
  status: 'SET',
  type: 'TYPHOON',
  level: 'ORANGE',
  areas: ['putuo'],
  from: morning - 24 * hour,
  until: null,
  issuedAt: 1,
  issuer: 'duty',
  reference: null,
  text: '台风来了',
} as const;
const lifted = { ...typhoon, status: 'CLEARED', issuedAt: 2, until: morning - 12 * hour } as const;

describe('an item and the warnings', () => {
  let hub: SmallHub;
  const record = lost();
  const look = async () => {
    await hub.settle();
    const { itemClass, firedRules, facts } = await hub.state(baseOf(record));
    return {
      itemClass,
      rules: firedRules.filter((rule) => /^[MS]/.test(rule)),
      warnings: facts.warnings.length,
    };
  };
  const under = { itemClass: 'MAJOR', rules: ['M06', 'S02', 'S04'], warnings: 1 };
  const free = { itemClass: 'SPECIALIZED', rules: ['S02', 'S04'], warnings: 0 };

  beforeEach(async () => {
    hub = await openSmallHub({ warnings: true });
  });
  afterEach(() => hub.close());

  test('a warning set before, between or after the records of an item, and its clearing, end in one class', async () => {
    const steps = {
      first: () =>
        hub.accept(
          lost({
            body: '失联20分钟',
            ext: { lostMin: '20', crewNum: '7' },
            recordVersion: '1',
            sourceUpdatedAt: morning - 100 * minute,
          }),
        ),
      second: () => hub.accept({ ...record, recordVersion: '2' }),
      set: () => hub.commands.warn(typhoon),
    };
    for (const order of [
      ['set', 'first', 'second'],
      ['first', 'set', 'second'],
      ['first', 'second', 'set'],
    ] as const) {
      for (const step of order) {
        await steps[step]();
        await hub.settle();
      }
      expect(await look()).toEqual(under);
      await hub.commands.warn(lifted);
      expect(await look()).toEqual(free);
      await hub.close();
      hub = await openSmallHub({ warnings: true });
    }
  });

  test('all at once, in one batch and without a pause, they end in the same class', async () => {
    await Promise.all([hub.commands.warn(typhoon), hub.accept(record)]);
    expect(await look()).toEqual(under);
    await Promise.all([hub.commands.warn(lifted), hub.commands.warn(typhoon)]);
    expect(await look()).toEqual(free);
  });

  test('a clearing that is heard of before the warning counts', async () => {
    await hub.accept(record);
    await hub.commands.warn(lifted);
    await hub.commands.warn(typhoon);
    expect(await look()).toEqual(free);
  });

  test('the same words told again under a warning are looked at again, also without a new version of the item', async () => {
    await hub.commands.warn({ ...typhoon, from: morning + hour });
    await hub.accept(lost({ ext: { lostMin: '70', crewNum: '7' } }));
    expect(await look()).toMatchObject({ itemClass: 'SPECIALIZED', warnings: 0 });
    const again = morning + hour + minute;
    await hub.accept(
      lost({ ext: { lostMin: '70', crewNum: '7' }, sourceUpdatedAt: again, recordVersion: String(again) }),
    );
    expect(await look()).toEqual(under);
  });

  test('an item that is not concerned is left alone: no revision, no event', async () => {
    await hub.accept(record);
    await hub.settle();
    const before = await hub.events(baseOf(record));
    await hub.commands.warn({ ...typhoon, areas: ['offshore'] });
    expect(await look()).toEqual(free);
    expect(await hub.events(baseOf(record))).toEqual(before);
  });

  test('once an organisation has signed, a cleared warning only suggests the lower class', async () => {
    await hub.accept(record);
    await hub.commands.warn(typhoon);
    await hub.settle();
    const { itemId, baseId, leadDepartment } = await hub.state(baseOf(record));
    const signed = { type: 'SIGNED', organisation: leadDepartment, actor: 'a', at: morning, reason: null };
    await hub.commands.departmentEvent({ itemId, baseId }, signed, 'sign');
    await hub.commands.warn(lifted);
    await hub.settle();
    expect(await hub.state(baseId)).toMatchObject({ itemClass: 'MAJOR', suggestedClass: 'SPECIALIZED' });
  });

  test('the reason names the warning, and the event its cause', async () => {
    await hub.accept(record);
    await hub.settle();
    await hub.commands.warn(typhoon);
    await hub.settle();
    const [item] = (await hub.items(topics.items)).slice(-1);
    expect(item?.classification.reasons[0]).toMatchObject({
      code: 'M06',
      evidence: 'lostMinutes=120 warning=TYPHOON/ORANGE/w-abcdefghij',
    });
    const raised = (await hub.events(baseOf(record))).find(({ type }) => type === 'RECLASSED');
    expect(raised?.evidence[0]).toContain('w-abcdefghij');
  });
});

describe('the batches under way', () => {
  let opened: Awaited<ReturnType<typeof openEmbedded>>;
  beforeEach(async () => {
    opened = await openEmbedded();
    await opened.log.ensureTopics(lanes.map((name) => ({ name, partitions: 2 })));
  });
  afterEach(() => opened.close());

  async function append(topic: string, partition: number): Promise<void> {
    const producer = await opened.log.producer('test');
    const transaction = producer.begin();
    transaction.append(topic, partition, [{ key: 'k', value: Buffer.from('v'), timestamp: 0 }]);
    await transaction.commit();
  }

  test('are waited for until they are committed; what comes after them is not', async () => {
    const { log } = opened;
    await append(topics.input, 1);
    const consumer = await log.consumer({ group: 'writer', topics: lanes, memberId: 'w' });
    const { records } = await consumer.poll({ max: 10, waitMs: 0 });
    expect(records).toHaveLength(1);
    await append(topics.input, 1);
    await append(topics.inputHistory, 0);
    const isOver = await turnsUnderWay(log, 'writer');
    expect(await isOver()).toBe(false);
    await consumer.commit([{ topic: topics.input, partition: 1, next: 1 }]);
    // In the other lane something waits, of which nobody outside can tell whether it was polled.
    expect(await isOver()).toBe(false);
    await consumer.commit([{ topic: topics.inputHistory, partition: 0, next: 1 }]);
    expect(await isOver()).toBe(true);
    expect((await log.range(topics.input, 1)).end).toBe(2);
    await consumer.close();
  });

  test('are none where nothing waits', async () => {
    expect(await (await turnsUnderWay(opened.log, 'writer'))()).toBe(true);
  });
});

test('the look waits for a batch that was polled before the warning could be seen', async () => {
  const { log, close } = await openEmbedded();
  const serde = await serdeOf();
  await log.ensureTopics([
    ...lanes.map((name) => ({ name, partitions: 1 })),
    { name: topics.items, partitions: 1 },
    { name: topics.warnings, partitions: 1 },
  ]);
  const write = async (topic: string, value: Uint8Array) => {
    const transaction = (await log.producer('test')).begin();
    transaction.append(topic, 0, [{ key: 'k', value, timestamp: 0 }]);
    await transaction.commit();
  };
  await write(topics.input, Buffer.from('polled, not yet committed'));
  const writer = await log.consumer({ group: 'writer', topics: lanes, memberId: 'w' });
  await writer.poll({ max: 1, waitMs: 0 });
  await write(topics.warnings, serde.encode('warning', { ...typhoon, areas: ['putuo'], at: 0 }));

  const stop = new AbortController();
  const asked: string[] = [];
  const looked = Promise.withResolvers<void>();
  const loop = runWarnings({
    log,
    serde,
    pipeline: { warnings: warningRules },
    items: {
      async page() {
        asked.push((await log.committed('writer', [{ topic: topics.input, partition: 0 }])).join());
        looked.resolve();
        return [];
      },
    },
    clock: {
      ...systemClock,
      // The loop has looked whether the batch is over, and sleeps: now it is.
      async sleep(ms, signal) {
        if (
          asked.length === 0 &&
          (await log.committed('writer', [{ topic: topics.input, partition: 0 }]))[0] === null
        )
          await writer.commit([{ topic: topics.input, partition: 0, next: 1 }]);
        return systemClock.sleep(ms, signal);
      },
    },
    counters: memoryCounters(),
    logger: silentLogger,
    signal: stop.signal,
    partitions: 1,
    catalogueVersion: currentCatalogueVersion,
    memberId: 'h',
  });
  await looked.promise;
  expect(asked).toEqual(['1']);
  stop.abort();
  await loop;
  await writer.close();
  await close();
});
