import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { HubError } from '../../../runtime/errors.ts';
import type { Consumer, Log, LogRecord, Producer } from '../../../runtime/log/index.ts';
import { murmur2 } from '../../../runtime/log/partition.ts';
import { entry, type OpenLog, readAll, text, texts } from './fixture.ts';

const inputs = ['hub.m.urgent', 'hub.m.normal'] as const;
const partitions = 2;
const numbers = [0, 1];
const group = 'workers';

type Step =
  | {
      readonly do: 'write';
      readonly to: readonly (readonly [lane: number, partition: number])[];
      readonly abort: boolean;
    }
  | { readonly do: 'takeOver'; readonly member: string }
  | { readonly do: 'leave' | 'rewind'; readonly member: string }
  | { readonly do: 'poll'; readonly member: string; readonly max: number }
  | { readonly do: 'commit'; readonly member: string; readonly abort: boolean }
  | { readonly do: 'restart' };

const member = fc.constantFrom('a', 'b');
const place = fc.tuple(fc.nat({ max: 1 }), fc.nat({ max: partitions - 1 }));
const rarely = fc.nat({ max: 4 }).map((n) => n === 0);
const to = fc.array(place, { minLength: 1, maxLength: 8 });
const max = fc.integer({ min: 1, max: 5 });
/** Weighted so that partitions often move between two members who both have work in hand. */
const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 12, arbitrary: fc.record({ do: fc.constant('write'), to, abort: rarely }) },
  { weight: 16, arbitrary: fc.record({ do: fc.constant('poll'), member, max }) },
  { weight: 12, arbitrary: fc.record({ do: fc.constant('commit'), member, abort: rarely }) },
  { weight: 6, arbitrary: fc.record({ do: fc.constant('leave'), member }) },
  { weight: 2, arbitrary: fc.record({ do: fc.constant('takeOver'), member }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('rewind'), member }) },
  { weight: 1, arbitrary: fc.record({ do: fc.constant('restart') }) },
);

/** One worker: copies what it reads to the output, offsets and copies in one transaction. */
interface Worker {
  readonly consumer: Consumer;
  readonly producer: Producer;
  /** Polled and not committed yet. */
  pending: LogRecord[];
  /** Changes of the group at its last poll: a commit may be refused only when there has been one since. */
  changesAtPoll: number;
}

/** Arrays stand for the log: what is committed, per topic and partition, as texts. */
class Model {
  readonly written = new Map<string, string[]>();
  readonly workers = new Map<string, Worker>();
  log: Log;
  changes = 0;
  #serial = 0;
  readonly #changesAtOnce: boolean;

  constructor(log: Log, changesAtOnce: boolean) {
    this.log = log;
    this.#changesAtOnce = changesAtOnce;
  }

  at(topic: string, partition: number): string[] {
    const place = `${topic}/${partition}`;
    if (!this.written.has(place)) this.written.set(place, []);
    return this.written.get(place)!;
  }

  async write({ to, abort }: Extract<Step, { do: 'write' }>): Promise<void> {
    const producer = await this.log.producer('source');
    const transaction = producer.begin();
    const values = to.map(([lane, partition]) => ({
      topic: inputs[lane]!,
      partition,
      value: `v${this.#serial++}`,
    }));
    for (const { topic, partition, value } of values) {
      transaction.append(topic, partition, [entry(value)]);
      transaction.append('hub.m.table', 0, [{ ...entry(value), key: `${topic}/${partition}` }]);
    }
    await (abort ? transaction.abort() : transaction.commit());
    if (!abort) for (const { topic, partition, value } of values) this.at(topic, partition).push(value);
  }

  async start(name: string): Promise<void> {
    const consumer = await this.log.consumer({ group, topics: inputs, memberId: name });
    const producer = await this.log.producer(`worker-${name}`);
    this.workers.set(name, { consumer, producer, pending: [], changesAtPoll: -1 });
    this.changes += 1;
  }

  async leave(name: string, worker: Worker): Promise<void> {
    await worker.consumer.close();
    this.workers.delete(name);
    this.changes += 1;
  }

  async rewind(worker: Worker): Promise<void> {
    await worker.consumer.rewind();
    worker.pending = [];
  }

  async poll(worker: Worker, max: number): Promise<void> {
    const { consumer } = worker;
    const held = consumer.assigned();
    const epoch = consumer.epoch();
    const places = inputs.flatMap((topic) => held.map((partition) => ({ topic, partition })));
    const before = new Map(
      places.map(({ topic, partition }) => [`${topic}/${partition}`, consumer.position(topic, partition)]),
    );
    const { records } = await consumer.poll({ max, waitMs: 0 });
    worker.changesAtPoll = this.changes;

    expect(records.length).toBeLessThanOrEqual(max);
    const topics = records.map((record) => inputs.indexOf(record.topic as (typeof inputs)[number]));
    expect(topics).toEqual([...topics].sort());
    for (const record of records) expect(consumer.assigned()).toContain(record.partition);
    for (const [place, got] of Map.groupBy(records, (record) => `${record.topic}/${record.partition}`)) {
      const all = this.written.get(place) ?? [];
      const first = all.indexOf(text(got[0]!)!);
      expect(texts(got)).toEqual(all.slice(first, first + got.length));
      if (consumer.epoch() === epoch) expect(got[0]!.offset).toBeGreaterThanOrEqual(before.get(place)!);
      expect(consumer.position(got[0]!.topic, got[0]!.partition)).toBeGreaterThan(got.at(-1)!.offset);
    }
    // What is pending from before a rebalance may have been lost and come back: start anew from what is committed.
    if (consumer.epoch() !== epoch && worker.pending.length > 0) return this.rewind(worker);
    worker.pending.push(...records);
  }

  async commit(worker: Worker, abort: boolean): Promise<void> {
    const { consumer, pending } = worker;
    const transaction = worker.producer.begin();
    for (const record of pending)
      transaction.append('hub.m.out', record.partition, [entry(text(record)!, record.topic)]);
    const places = new Map(pending.map((record) => [`${record.topic}/${record.partition}`, record]));
    const offsets = [...places.values()].map(({ topic, partition, offset }) => ({
      topic,
      partition,
      next: offset + 1,
    }));
    transaction.sendOffsets(consumer, offsets);
    worker.pending = [];
    if (abort) {
      await transaction.abort();
      return consumer.rewind();
    }
    try {
      await transaction.commit();
    } catch (error) {
      expect((error as HubError).code).toBe('HUB_LOG_FENCED');
      if (this.#changesAtOnce) expect(this.changes).toBeGreaterThan(worker.changesAtPoll);
      return consumer.rewind();
    }
    for (const record of pending) this.at('hub.m.out', record.partition).push(text(record)!);
    expect(await this.log.committed(group, offsets)).toEqual(offsets.map((offset) => offset.next));
  }

  /** Every partition holds what the model holds, in that order, however it is read. */
  async compare(): Promise<void> {
    for (const topic of [...inputs, 'hub.m.out']) {
      for (let partition = 0; partition < partitions; partition += 1) {
        const records = await readAll(this.log, topic, partition);
        expect(texts(records)).toEqual(this.at(topic, partition));
        const offsets = records.map((record) => record.offset);
        expect(offsets.every((offset, i) => i === 0 || offset > offsets[i - 1]!)).toBe(true);
        expect(await this.log.readKeys(topic, partition, 0, 1_000_000)).toEqual({
          offsets,
          hashes: records.map((record) => murmur2(record.key!)),
        });
        expect((await this.log.range(topic, partition)).end).toBeGreaterThanOrEqual(
          (offsets.at(-1) ?? -1) + 1,
        );
      }
    }
    const keys = inputs.flatMap((topic) => numbers.map((partition) => `${topic}/${partition}`));
    const latest = await this.log.latest('hub.m.table', 0, keys);
    const last = keys.flatMap((key) =>
      (this.written.get(key) ?? []).slice(-1).map((value) => [key, value] as const),
    );
    expect(new Map([...latest].map(([key, record]) => [key, text(record)]))).toEqual(new Map(last));
  }

  /** Lets one new member finish: then every input is in the output exactly once, in the order of its topic and partition. */
  async finish(): Promise<void> {
    for (const [name, worker] of this.workers) await this.leave(name, worker);
    await this.start('last');
    const worker = this.workers.get('last')!;
    for (let round = 0; round < 500 && this.#isUnfinished(); round += 1) {
      await this.poll(worker, 4);
      await this.commit(worker, false);
    }
    await this.compare();
    for (let partition = 0; partition < partitions; partition += 1) {
      const out = await readAll(this.log, 'hub.m.out', partition);
      for (const topic of inputs) {
        expect(texts(out.filter((record) => record.key === topic))).toEqual(this.at(topic, partition));
      }
    }
  }

  #isUnfinished(): boolean {
    const count = (topics: readonly string[]) =>
      topics
        .flatMap((topic) => numbers.map((partition) => this.at(topic, partition).length))
        .reduce((a, b) => a + b, 0);
    return count(['hub.m.out']) < count(inputs);
  }
}

export function modelContract(open: OpenLog, runs: number, timeoutMs: number | undefined): void {
  describe('a random history', () => {
    const name =
      'leaves what the model says, and every input copied exactly once, through rebalances, aborts and restarts';
    const run = async (): Promise<void> => {
      await fc.assert(
        fc.asyncProperty(fc.array(step, { minLength: 30, maxLength: 80 }), async (steps) => {
          const opened = await open();
          try {
            const names = [...inputs, 'hub.m.out'].map((name) => ({ name, partitions }));
            await opened.log.ensureTopics([
              ...names,
              { name: 'hub.m.table', partitions: 1, compacted: true },
            ]);
            const model = new Model(opened.log, opened.changesGroupsAtOnce ?? true);
            for (const each of steps) await apply(model, each, opened.reopen?.bind(opened));
            await model.compare();
            await model.finish();
          } finally {
            await opened.close();
          }
        }),
        { numRuns: runs },
      );
    };
    if (timeoutMs === undefined) test(name, run);
    else test(name, run, timeoutMs);
  });
}

async function apply(model: Model, each: Step, reopen: (() => Promise<Log>) | undefined): Promise<void> {
  if (each.do === 'write') return model.write(each);
  if (each.do === 'takeOver') return model.start(each.member);
  if (each.do === 'restart') {
    if (!reopen) return;
    model.log = await reopen();
    model.workers.clear();
    return;
  }
  if (each.do === 'poll' && !model.workers.has(each.member)) await model.start(each.member);
  const worker = model.workers.get(each.member);
  if (!worker) return;
  if (each.do === 'leave') return model.leave(each.member, worker);
  if (each.do === 'commit') return model.commit(worker, each.abort);
  if (each.do === 'poll') return model.poll(worker, each.max);
  return model.rewind(worker);
}
