import { describe, expect, test } from '@jest/globals';
import { simClock } from './clock.ts';
import { seededRandom } from './random.ts';
import { type Process, Scheduler } from './scheduler.ts';
import { createTrace } from './trace.ts';

const start = Date.UTC(2026, 10, 3);

function fresh(seed = 1) {
  const trace = createTrace(10_000);
  return { trace, scheduler: new Scheduler(seededRandom(seed, 'schedule'), start, trace) };
}

const toTheEnd = (scheduler: Scheduler, maxSteps = 1_000) =>
  scheduler.run({ maxSteps, finished: () => false });

/** Three processes of chains of promises of unequal length, as real code has them. */
async function busy(seed: number): Promise<{ order: string[]; lines: readonly string[] }> {
  const { trace, scheduler } = fresh(seed);
  const order: string[] = [];
  const work = async (process: Process, depth: number) => {
    const deep = async (n: number): Promise<void> => (n === 0 ? undefined : deep(n - 1));
    for (let i = 0; i < 20; i++) {
      await scheduler.point(process, `step ${i}`);
      await deep(depth);
      order.push(`${process.name} ${i}`);
    }
  };
  for (const [index, name] of ['a', 'b', 'c'].entries()) void work(scheduler.spawn(name), index * 40);
  await toTheEnd(scheduler);
  return { order, lines: trace.lines() };
}

describe('the scheduler', () => {
  test('gives the same trace for the same seed, and other traces for other seeds', async () => {
    const [first, again, other] = [await busy(7), await busy(7), await busy(8)];
    expect(first.order).toHaveLength(60);
    expect(again).toEqual(first);
    expect(other.order).not.toEqual(first.order);
    expect([...other.order].sort()).toEqual([...first.order].sort());
  });

  test('picks the next step only when the last one has run as far as it can, however deep its promises', async () => {
    const { scheduler } = fresh();
    let inside: string | null = null;
    const work = async (process: Process) => {
      for (let i = 0; i < 30; i++) {
        await scheduler.point(process, 'enter');
        expect(inside).toBeNull();
        inside = process.name;
        for (let turn = 0; turn < 200; turn++) await null;
        expect(inside).toBe(process.name);
        inside = null;
      }
    };
    const all = ['a', 'b', 'c'].map((name) => work(scheduler.spawn(name)));
    await toTheEnd(scheduler);
    await Promise.all(all);
  });

  test('never goes on with a crashed process, whatever it was waiting for', async () => {
    const { scheduler } = fresh();
    const victim = scheduler.spawn('victim');
    const reached: string[] = [];
    const record = (name: string, wait: Promise<void>) => void wait.then(() => reached.push(name));
    record('a point', scheduler.point(victim, 'x'));
    record('a sleep', scheduler.park(victim, 'x', start + 10).woken);
    const parked = scheduler.park(victim, 'x', Number.POSITIVE_INFINITY);
    record('a parked wait', parked.woken);
    scheduler.crash(victim);
    parked.wake();
    record('a point after death', scheduler.point(victim, 'x'));
    record('a sleep after death', scheduler.park(victim, 'x', start + 10).woken);
    record('of a bystander', scheduler.point(scheduler.spawn('bystander'), 'x'));
    expect(await toTheEnd(scheduler)).toBe('stuck');
    expect(reached).toEqual(['of a bystander']);
  });

  test('holds a paused process back until it is woken, then goes on with all it had begun', async () => {
    const { scheduler } = fresh();
    const paused = scheduler.spawn('paused');
    const reached: number[] = [];
    void scheduler.point(paused, 'x').then(() => reached.push(scheduler.now));
    void scheduler.park(paused, 'x', start + 10).woken.then(() => reached.push(scheduler.now));
    scheduler.pause(paused);
    scheduler.at(start + 500, 'wake', () => scheduler.resume(paused));
    await toTheEnd(scheduler);
    expect(reached).toHaveLength(2);
    for (const when of reached) expect(when).toBeGreaterThan(start + 500);
  });

  test('jumps to the earliest sleeper only when nobody is runnable, and wakes sleepers in order of time', async () => {
    const { scheduler } = fresh();
    const process = scheduler.spawn('p');
    const order: string[] = [];
    for (const ms of [3_000, 1_000, 2_000])
      void scheduler.park(process, 'x', start + ms).woken.then(() => order.push(`${ms}`));
    void scheduler.point(process, 'x').then(() => order.push('now'));
    await toTheEnd(scheduler);
    expect(order).toEqual(['now', '1000', '2000', '3000']);
    expect(scheduler.now).toBeLessThan(start + 3_100);
  });

  test('ends a run that has no end at the bound', async () => {
    const { scheduler } = fresh();
    const process = scheduler.spawn('p');
    const spin = async (): Promise<never> => {
      for (;;) await scheduler.point(process, 'again');
    };
    void spin();
    expect(await toTheEnd(scheduler, 100)).toBe('step-bound');
    expect(scheduler.steps).toBe(100);
  });
});

describe('the simulated clock', () => {
  test('is skewed and jumps, while sleeping takes true virtual time', async () => {
    const { scheduler } = fresh();
    const process = scheduler.spawn('p');
    const clock = simClock(scheduler, process, seededRandom(1, 'clock'), -500);
    expect(clock.now()).toBe(start - 500);
    clock.jump(60_000);
    expect(clock.now()).toBe(start + 59_500);
    let slept = 0;
    void clock.sleep(1_000).then(() => {
      slept = scheduler.now - start;
    });
    await toTheEnd(scheduler);
    expect(slept).toBeGreaterThanOrEqual(1_000);
    expect(slept).toBeLessThan(1_010);
  });

  test('ends a sleep when its signal aborts, before or during it, without rejecting', async () => {
    const { scheduler } = fresh();
    const process = scheduler.spawn('p');
    const clock = simClock(scheduler, process, seededRandom(1, 'clock'), 0);
    const stop = new AbortController();
    const ends: number[] = [];
    void clock.sleep(3_600_000, stop.signal).then(() => ends.push(scheduler.now - start));
    void clock.sleep(3_600_000, AbortSignal.abort()).then(() => ends.push(scheduler.now - start));
    scheduler.at(start + 200, 'stop', () => stop.abort());
    await toTheEnd(scheduler);
    expect(ends).toHaveLength(2);
    expect(ends[0]).toBeLessThan(10);
    expect(ends[1]).toBeLessThan(210);
  });
});
