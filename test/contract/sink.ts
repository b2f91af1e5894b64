import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { z } from 'zod';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { HubError } from '../../runtime/errors.ts';
import type { LogRecord } from '../../runtime/log/index.ts';
import { optionDocs } from '../../runtime/option-docs.ts';
import type { SinkDefinition, SinkTask } from '../../runtime/sink.ts';
import { runSink } from '../../runtime/sink-loop.ts';
import { silentLogger } from '../../runtime/telemetry.ts';
import { sinkEnd, sinkGroup } from '../../runtime/threads/sink-group.ts';
import { exampleItem } from '../../schemas/examples.ts';
import { toJson } from '../../schemas/index.ts';
import { openEmbedded } from '../support/embedded-log.ts';
import { sinkSurroundings } from '../support/sink-surroundings.ts';

type Options = Readonly<Record<string, unknown>>;

/** What a target shows of one record. */
export interface Delivered {
  readonly title: string;
  /** It says that the item has left. */
  readonly removed: boolean;
}

/** A real target, empty at first. */
export interface SinkTarget {
  /** Input for the sink's `config`: this target, and one topic. */
  readonly options: Options;
  /** All that is in the target, in its order; reads what is there, whatever the sink believes. */
  delivered(): Promise<readonly Delivered[]>;
  /** Every write fails from now on, until `mend`. */
  fail(): Promise<void>;
  mend(): Promise<void>;
  remove(): Promise<void>;
}

export interface SinkContract<C> {
  readonly definition: SinkDefinition<C>;
  target(): Promise<SinkTarget>;
}

/** Long enough for several batches, short enough to look at. */
const perPartition = 7;
const partitions = 3;

/** Every sink runs it, against a real target. A record is an item whose title is `partition/offset`. */
export function sinkContract<C>({ definition, target: open }: SinkContract<C>): void {
  describe(`${definition.name} keeps the contract of a sink`, () => {
    let target: SinkTarget;

    beforeEach(async () => {
      target = await open();
    });
    afterEach(() => target.remove());

    const configOf = (): C => definition.config.parse(target.options);
    const openSink = (): Promise<SinkTask> =>
      definition.open({
        config: configOf(),
        signal: new AbortController().signal,
        ...sinkSurroundings,
        decode: (value) => toJson('item', itemOf(Buffer.from(value).toString())),
      });
    const topicOf = (): string => definition.topics(configOf())[0]!;
    const titles = async () => (await target.delivered()).map(({ title }) => title);

    test('says what it is, why a repeat does no harm, and what each option means', () => {
      expect(definition.name).toMatch(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/);
      expect(definition.summary).toMatch(/\.$/);
      expect(definition.repeat).toMatch(/\.$/);
      const docs = optionDocs(definition.config);
      expect(docs.filter(({ text }) => text === '').map(({ name }) => name)).toEqual([]);
      expect(docs.length).toBeGreaterThan(0);
      expect(() => definition.config.parse({ ...target.options, noSuchOption: 1 })).toThrow(z.ZodError);
    });

    test('delivers every record, those of one partition in their order', async () => {
      const sink = await openSink();
      const topic = topicOf();
      for (const half of [0, 1])
        for (let partition = 0; partition < partitions; partition++)
          await sink.write(
            topic,
            partition,
            half === 0 ? batch(topic, partition, 0, 3) : batch(topic, partition, 3, 7),
          );
      expect((await titles()).length).toBe(partitions * perPartition);
      expectAll(await titles());
      await sink.close();
    });

    test('is durable when a write has resolved, whether it is closed or not', async () => {
      const topic = topicOf();
      const abandoned = await openSink();
      await abandoned.write(topic, 0, batch(topic, 0, 0, 4));
      expect(await titles()).toEqual(['0/0', '0/1', '0/2', '0/3']);
      const closed = await openSink();
      await closed.write(topic, 0, batch(topic, 0, 4, 7));
      await closed.close();
      expect(await titles()).toEqual(['0/0', '0/1', '0/2', '0/3', '0/4', '0/5', '0/6']);
    });

    test('shows that an item has left', async () => {
      const sink = await openSink();
      const topic = topicOf();
      await sink.write(topic, 0, [record(topic, 0, 0), record(topic, 0, 1, 'removed 0/1')]);
      expect(await target.delivered()).toEqual([
        { title: '0/0', removed: false },
        { title: 'removed 0/1', removed: true },
      ]);
    });

    test('takes offsets with gaps and records without a value', async () => {
      const sink = await openSink();
      const topic = topicOf();
      await sink.write(topic, 0, [record(topic, 0, 2), { ...record(topic, 0, 5), value: null }]);
      await sink.write(topic, 0, [{ ...record(topic, 0, 6), value: null }]);
      await sink.write(topic, 0, [record(topic, 0, 9)]);
      expect(await titles()).toEqual(['0/2', '0/9']);
      const next = await sink.resumeAt(topic, 0);
      if (next !== null) expect(next).toMatchObject({ next: 10 });
    });

    test('leaves the same target when a batch is given again, to it or to the one opened after a crash', async () => {
      const topic = topicOf();
      const before = await openSink();
      await before.write(topic, 0, batch(topic, 0, 0, 3));
      await before.write(topic, 0, batch(topic, 0, 0, 3));
      await before.write(topic, 0, batch(topic, 0, 1, 5));
      const after = await openSink();
      await after.write(topic, 0, batch(topic, 0, 0, 2));
      await after.write(topic, 0, batch(topic, 0, 0, 7));
      expect(await titles()).toEqual(Array.from({ length: perPartition }, (_, offset) => `0/${offset}`));
    });

    test('holds each record once, however batches, partitions and crashes are mixed', async () => {
      const step = fc.record({
        partition: fc.nat(partitions - 1),
        records: fc.integer({ min: 1, max: perPartition }),
        crash: fc.boolean(),
        again: fc.nat(3),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
          await target.remove();
          target = await open();
          const topic = topicOf();
          const given = Array.from({ length: partitions }, () => 0);
          let sink = await openSink();
          for (const { partition, records, crash, again } of steps) {
            const from = Math.max(0, given[partition]! - again);
            const to = Math.min(perPartition, given[partition]! + records);
            await sink.write(topic, partition, batch(topic, partition, from, to));
            given[partition] = to;
            if (crash) sink = await openSink();
          }
          const expected = given.flatMap((end, partition) =>
            Array.from({ length: end }, (_, offset) => `${partition}/${offset}`),
          );
          const found = await titles();
          expect([...found].sort()).toEqual(expected.sort());
          expectOrder(found);
        }),
        { numRuns: 25 },
      );
    });

    test('says with a retriable error that its target fails, and loses nothing by it', async () => {
      const topic = topicOf();
      const before = await openSink();
      await before.write(topic, 0, batch(topic, 0, 0, 3));
      await target.fail();
      const failed = await before.write(topic, 0, batch(topic, 0, 3, 7)).then(
        () => null,
        (error: unknown) => error,
      );
      expect(failed).toBeInstanceOf(HubError);
      expect(failed).toMatchObject({ code: 'HUB_SINK_FAILED', retriable: true });
      await before.close();
      await target.mend();
      const after = await openSink();
      await after.write(topic, 0, batch(topic, 0, 3, 7));
      expect(await titles()).toEqual(Array.from({ length: perPartition }, (_, offset) => `0/${offset}`));
    });

    test('brings all of a log into a target that fails for a while', async () => {
      const log = await openEmbedded();
      try {
        const topic = topicOf();
        await log.log.ensureTopics([{ name: topic, partitions }]);
        const producer = await log.log.producer('test');
        const append = async (from: number, to: number) => {
          const transaction = producer.begin();
          for (let partition = 0; partition < partitions; partition++)
            transaction.append(topic, partition, batch(topic, partition, from, to));
          await transaction.commit();
        };
        const stop = new AbortController();
        let delivered = 0;
        let failures = 0;
        const clock: Clock = { ...systemClock, sleep: (_ms, signal) => systemClock.sleep(1, signal) };
        await append(0, 3);
        await runSink({
          group: sinkGroup('contract'),
          topics: [topic],
          open: openSink,
          log: log.log,
          prepare: async () => {},
          changed: ({ signal }) => systemClock.sleep(5, signal),
          offsets: sinkEnd(log.log, 'contract').methods as never,
          clock,
          signal: stop.signal,
          logger: silentLogger,
          onBatch: (records) => {
            delivered += records;
            if (delivered === partitions * 3) void target.fail().then(() => append(3, perPartition));
            if (delivered >= partitions * perPartition) stop.abort();
          },
          onRetry: () => {
            failures += 1;
            if (failures === 2) void target.mend();
          },
        });
        expect(failures).toBeGreaterThanOrEqual(2);
        expectAll(await titles());
      } finally {
        await log.close();
      }
    });
  });
}

function record(
  topic: string,
  partition: number,
  offset: number,
  title = `${partition}/${offset}`,
): LogRecord {
  return {
    topic,
    partition,
    offset,
    key: title,
    value: Buffer.from(title),
    headers: {},
    timestamp: Date.UTC(2026, 2, 10, 15, 59, 30) + offset * 10_000,
  };
}

/** From `from` up to, but not including, `to`. */
const batch = (topic: string, partition: number, from: number, to: number): LogRecord[] =>
  Array.from({ length: Math.max(0, to - from) }, (_, index) => record(topic, partition, from + index));

const itemOf = (title: string) => ({
  ...exampleItem,
  title,
  removed: title.startsWith('removed') ? exampleItem.removed : null,
});

function expectAll(titles: readonly string[]): void {
  const all = Array.from(
    { length: partitions * perPartition },
    (_, n) => `${Math.floor(n / perPartition)}/${n % perPartition}`,
  );
  expect([...titles].sort()).toEqual(all.sort());
  expectOrder(titles);
}

function expectOrder(titles: readonly string[]): void {
  for (let partition = 0; partition < partitions; partition++) {
    const own = titles.filter((title) => title.startsWith(`${partition}/`));
    const offsets = own.map((title) => Number(title.split('/')[1]));
    expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
  }
}
