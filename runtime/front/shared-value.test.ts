import { describe, expect, test } from '@jest/globals';
import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import { sharedValue } from './shared-value.ts';

/** Time moves when the test says so; nobody who sleeps on it wakes by himself. */
function standingClock(): Clock & { at: number; wake(): void } {
  const sleepers = new Set<() => void>();
  const clock = {
    at: 1_000_000,
    now: () => clock.at,
    random: () => 0.5,
    sleep: (_ms: number, signal?: AbortSignal) =>
      new Promise<void>((resolve) => {
        sleepers.add(resolve);
        signal?.addEventListener('abort', () => resolve(), { once: true });
      }),
    wake() {
      for (const resolve of sleepers) resolve();
    },
  };
  return clock;
}

const options = { maxAgeMs: 3_000, waitMs: 5_000 };

describe('a value that is shared', () => {
  test('is gathered once for all who ask at the same time, and not again while it is young', async () => {
    const clock = standingClock();
    let gathered = 0;
    const shared = sharedValue({ ...options, clock, gather: async () => ++gathered });
    const answers = await Promise.all(Array.from({ length: 50 }, () => shared.get()));
    expect(new Set(answers.map(({ value }) => value))).toEqual(new Set([1]));
    clock.at += 2_999;
    expect((await shared.get()).value).toBe(1);
    clock.at += 1;
    expect((await shared.get()).value).toBe(2);
  });

  test('is gathered again when the clock was put back', async () => {
    const clock = standingClock();
    let gathered = 0;
    const shared = sharedValue({ ...options, clock, gather: async () => ++gathered });
    await shared.get();
    clock.at -= 60_000;
    expect((await shared.get()).value).toBe(2);
  });

  test('stays as it was, with the reason, while it cannot be gathered; a failure is not tried again at once', async () => {
    const clock = standingClock();
    let attempts = 0;
    const shared = sharedValue({
      ...options,
      clock,
      gather: async () => {
        attempts += 1;
        if (attempts > 1) throw new HubError('HUB_DATA_DAMAGED', 'page 7');
        return 'first';
      },
    });
    await shared.get();
    clock.at += 3_000;
    for (let i = 0; i < 10; i++)
      expect(await shared.get()).toMatchObject({ value: 'first', error: { code: 'HUB_DATA_DAMAGED' } });
    expect(attempts).toBe(2);
  });

  test('that takes too long leaves those who ask with the one before', async () => {
    const clock = standingClock();
    const slow = Promise.withResolvers<string>();
    const values = [Promise.resolve('first'), slow.promise];
    const shared = sharedValue({ ...options, clock, gather: () => values.shift()! });
    await shared.get();
    clock.at += 3_000;
    const asked = shared.get();
    clock.wake();
    expect(await asked).toEqual({ value: 'first', error: null });
    slow.resolve('second');
    await slow.promise;
    await Promise.resolve();
    expect((await shared.get()).value).toBe('second');
  });
});
