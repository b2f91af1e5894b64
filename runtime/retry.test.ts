import { describe, expect, test } from '@jest/globals';
import type { Clock } from './clock.ts';
import { HubError } from './errors.ts';
import { retry } from './retry.ts';

interface Sleeper {
  readonly until: number;
  wake(): void;
}

/** Time passes only when every party waits: then the earliest sleeper wakes. */
function virtualClock(random = 0.5): Clock & { readonly pauses: number[] } {
  const sleepers = new Set<Sleeper>();
  const pauses: number[] = [];
  let now = 0;
  let turns = 0;
  const settle = async () => {
    const mine = ++turns;
    for (let i = 0; i < 20; i++) await Promise.resolve();
    if (mine !== turns) return;
    const next = [...sleepers].sort((a, b) => a.until - b.until)[0];
    if (next === undefined) return;
    now = next.until;
    next.wake();
    void settle();
  };
  return {
    pauses,
    now: () => now,
    random: () => random,
    sleep: (ms, signal) =>
      new Promise((resolve) => {
        if (signal?.aborted) return resolve();
        pauses.push(ms);
        const sleeper: Sleeper = {
          until: now + ms,
          wake: () => {
            sleepers.delete(sleeper);
            resolve();
          },
        };
        sleepers.add(sleeper);
        signal?.addEventListener('abort', sleeper.wake, { once: true });
        void settle();
      }),
  };
}

const busy = (context = {}) => new HubError('HUB_SOURCE_FAILING', 'got 503, expected 200', { context });
const options = { deadlineMs: 60_000, baseDelayMs: 1_000, maxDelayMs: 8_000 };
const never = new AbortController().signal;

/** Fails with the errors in their order, then answers. */
function failing(...errors: unknown[]) {
  let calls = 0;
  const fn = async () => {
    const error = errors[calls++];
    if (error !== undefined) throw error;
    return 'answer';
  };
  return { fn, calls: () => calls };
}

describe('retry', () => {
  test('gives the first answer without a pause', async () => {
    const clock = virtualClock();
    await expect(retry(failing().fn, { ...options, clock, signal: never })).resolves.toBe('answer');
    expect(clock.pauses).toEqual([60_000]);
  });

  test('doubles the ceiling of the pause up to the longest one, with full jitter', async () => {
    const clock = virtualClock(0.5);
    const source = failing(busy(), busy(), busy(), busy(), busy());
    await retry(source.fn, { ...options, clock, signal: never });
    expect(clock.pauses).toEqual([60_000, 500, 1_000, 2_000, 4_000, 4_000]);
  });

  test('waits at least as long as the source asks', async () => {
    const clock = virtualClock(0.5);
    await retry(failing(busy({ retryAfterMs: 7_000 }), busy({ retryAfterMs: 1 })).fn, {
      ...options,
      clock,
      signal: never,
    });
    expect(clock.pauses.slice(1)).toEqual([7_000, 1_000]);
  });

  test.each([
    ['a refusal', new HubError('HUB_SOURCE_REFUSED', 'wrong password')],
    ['a bug', new TypeError('x is not a function')],
    ['something that is no error', 'text'],
  ])('does not try again after %s', async (_, thrown) => {
    const source = failing(thrown);
    await expect(retry(source.fn, { ...options, clock: virtualClock(), signal: never })).rejects.toBe(thrown);
    expect(source.calls()).toBe(1);
  });

  test('throws the last error when the attempts are used up', async () => {
    const last = busy();
    const source = failing(busy(), last, busy());
    await expect(
      retry(source.fn, { ...options, clock: virtualClock(), signal: never, attempts: 2 }),
    ).rejects.toBe(last);
    expect(source.calls()).toBe(2);
  });

  test('throws the last error when the next pause would outlast the deadline', async () => {
    const clock = virtualClock();
    const last = busy({ retryAfterMs: 3_600_000 });
    await expect(retry(failing(busy(), last).fn, { ...options, clock, signal: never })).rejects.toBe(last);
    expect(clock.now()).toBe(60_000);
  });

  test('ends an attempt that is still running at the deadline', async () => {
    const clock = virtualClock();
    const hang = (signal: AbortSignal) =>
      new Promise<never>((_, refuse) =>
        signal.addEventListener('abort', () => refuse(new Error('ended')), { once: true }),
      );
    const first = busy();
    let calls = 0;
    const fn = (signal: AbortSignal) => (calls++ === 0 ? Promise.reject(first) : hang(signal));
    await expect(retry(fn, { ...options, clock, signal: never })).rejects.toBe(first);
  });

  test('an abort ends the pause and throws its reason', async () => {
    const stop = new AbortController();
    const clock: Clock = {
      ...virtualClock(),
      sleep: (ms, signal) =>
        ms === options.deadlineMs
          ? new Promise((resolve) => signal?.addEventListener('abort', () => resolve(), { once: true }))
          : Promise.resolve(stop.abort('shutdown')),
    };
    const source = failing(busy(), busy());
    await expect(retry(source.fn, { ...options, clock, signal: stop.signal })).rejects.toBe('shutdown');
    expect(source.calls()).toBe(1);
  });

  test('does not call at all when it is aborted before', async () => {
    const source = failing();
    await expect(
      retry(source.fn, { ...options, clock: virtualClock(), signal: AbortSignal.abort('shutdown') }),
    ).rejects.toBe('shutdown');
    expect(source.calls()).toBe(0);
  });
});
