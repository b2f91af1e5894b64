import { describe, expect, test } from '@jest/globals';
import type { Consumer, Log, Producer } from '../../runtime/log/index.ts';
import { SimBroker } from './broker.ts';
import { seededRandom } from './random.ts';
import { type SeedOptions, scenarios } from './scenario.ts';
import { type Process, Scheduler } from './scheduler.ts';
import { createTrace } from './trace.ts';
import { World, type WorldOptions } from './world.ts';

const fencedError = expect.objectContaining({ code: 'HUB_LOG_FENCED' });

describe('a zombie: a process that sleeps until another has taken over', () => {
  function twoProcesses() {
    const scheduler = new Scheduler(seededRandom(1, 'schedule'), 0);
    const broker = new SimBroker(scheduler);
    broker.ensureTopics([
      { name: 'in', partitions: 1 },
      { name: 'out', partitions: 1 },
    ]);
    broker.apply([{ topic: 'in', partition: 0, records: [{ key: 'k', value: null, timestamp: 0 }] }], []);
    return { scheduler, broker };
  }
  const run = (scheduler: Scheduler) => scheduler.run({ maxSteps: 10_000, finished: () => false });

  /** Copies the one record; `beforeCommit` stops the world at the worst moment. */
  async function copyOnce(log: Log, transactionalId: string, memberId: string, beforeCommit?: () => void) {
    const producer: Producer = await log.producer(transactionalId);
    const consumer: Consumer = await log.consumer({ group: 'g', topics: ['in'], memberId });
    const { records } = await consumer.poll({ max: 10, waitMs: 10_000 });
    const transaction = producer.begin();
    transaction.append('out', 0, records);
    transaction.sendOffsets(consumer, [{ topic: 'in', partition: 0, next: 1 }]);
    const committed = transaction.commit();
    beforeCommit?.();
    await committed;
    return records.length;
  }

  test.each([
    ['its session has timed out and another member owns its partition', 'q', 'b', true],
    ['it was started anew under its own names', 'p', 'a', false],
  ])('is fenced at its commit when %s', async (_, transactionalId, memberId, timesOut) => {
    const { scheduler, broker } = twoProcesses();
    const zombie = scheduler.spawn('zombie');
    const heir: Process = scheduler.spawn('heir');
    let copied: Promise<number> | undefined;
    const first = copyOnce(broker.connect(zombie), 'p', 'a', () => {
      scheduler.pause(zombie);
      if (timesOut) broker.evict(zombie);
      copied = copyOnce(broker.connect(heir), transactionalId, memberId);
      scheduler.at(5_000, 'wake', () => scheduler.resume(zombie));
    });
    const fenced = expect(first).rejects.toEqual(fencedError);
    await run(scheduler);
    await fenced;
    expect(await copied).toBe(1);
    expect(broker.partition('out', 0).read(0, 10)).toHaveLength(1);
  });
});

describe('the world', () => {
  const idle = async ({ clock, signal }: Parameters<WorldOptions['processes'][number]['run']>[0]) => {
    while (!signal.aborted) await clock.sleep(1_000, signal);
  };
  const world = (options: Partial<WorldOptions>) =>
    new World({ seed: 1, disturbed: false, processes: [], quiet: () => true, maxSteps: 2_000, ...options });

  test('comes to rest, tells its processes to end, and is content when they do', async () => {
    const report = await world({ processes: [{ name: 'p', run: idle }] }).run();
    expect(report.failure).toBeNull();
  });

  test('fails with the names of those who never come to rest, and where they wait', async () => {
    const report = await world({ processes: [{ name: 'p', run: idle }], quiet: () => false }).run();
    expect(report.failure).toBe('does not come to rest (step-bound): p at sleep');
  });

  test('fails when a process awaits something that is not a port', async () => {
    const processes = [{ name: 'p', run: () => new Promise<void>(() => {}) }];
    const report = await world({ processes, quiet: () => false }).run();
    expect(report.failure).toBe('does not come to rest (stuck): p at no port');
  });

  test('fails when a process ends without being told to, throws a bug, or does not end when told to', async () => {
    const one = (run: WorldOptions['processes'][number]['run']) =>
      world({ processes: [{ name: 'p', run }], quiet: () => false }).run();
    expect((await one(async () => {})).failure).toBe('p ended without being told to');
    const bug = one(async () => {
      throw new TypeError('undefined is not a record');
    });
    expect((await bug).failure).toContain('TypeError: undefined is not a record');
    const deaf = world({
      processes: [
        { name: 'p', run: ({ clock }) => idle({ clock, signal: new AbortController().signal } as never) },
      ],
    }).run();
    expect((await deaf).failure).toBe('p does not end when told to: p at sleep');
  });
});

describe('the copy scenario', () => {
  const run = scenarios.copy;

  test('copies everything exactly once and in order, through 200 seeds of faults', async () => {
    const happened = { crash: 0, crashAfterCommit: 0, pause: 0, rebalance: 0, commitFails: 0 };
    let fences = 0;
    for (let seed = 1; seed <= 200; seed++) {
      const result = await run(seed, {});
      expect(result).toMatchObject({ seed, failure: null });
      fences += result.fences;
      for (const kind of Object.keys(happened) as (keyof typeof happened)[])
        happened[kind] += result.faults[kind];
    }
    for (const count of [...Object.values(happened), fences]) expect(count).toBeGreaterThan(20);
  });

  test('ends although a woken zombie takes the name of a producer, but not of the member beside it', async () => {
    expect((await run(9_695, {})).failure).toBeNull();
  });

  test('gives the same steps and the same result for the same seed', async () => {
    const traced = async (options: Omit<SeedOptions, 'trace'>) => {
      const trace = createTrace(100_000);
      const result = await run(11, { ...options, trace });
      return { result, lines: trace.lines() };
    };
    expect(await traced({})).toEqual(await traced({}));
    expect((await traced({})).lines.length).toBeGreaterThan(50);
  });

  test.each([
    ['records', 'more than once'],
    ['offsets', 'not at all'],
  ] as const)('fails within a few seeds when %s are committed first: some arrive %s', async (split, _) => {
    const failures: string[] = [];
    for (let seed = 1; seed <= 10; seed++) {
      const { failure } = await run(seed, { split });
      if (failure !== null) failures.push(failure);
    }
    expect(failures.length).toBeGreaterThan(0);
    for (const failure of failures) expect(failure).toMatch(/^key-\d: expected/);
  });
});
