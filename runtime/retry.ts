import type { Clock } from './clock.ts';
import { HubError } from './errors.ts';

export interface RetryOptions {
  readonly clock: Clock;
  /** Ends waiting and the running attempt; `retry` then throws the signal's reason. */
  readonly signal: AbortSignal;
  /** Calls of `fn` in total. Default: as many as the deadline allows. */
  readonly attempts?: number;
  /** For all attempts and pauses together. */
  readonly deadlineMs: number;
  /** Longest pause after the first failure; doubled with each further one up to `maxDelayMs`. */
  readonly baseDelayMs: number;
  readonly maxDelayMs: number;
}

/**
 * Calls `fn` until it succeeds. Only a HubError that says `retriable` is tried again: a TypeError is a bug and comes out at
 * once. Pauses have full jitter ([0, ceiling)), but are never shorter than the error's `context.retryAfterMs`.
 *
 * When attempts or time run out, the last error is thrown. Time is taken from `clock.sleep`, not from `clock.now`, because
 * wall clocks jump; an attempt that is running at the deadline is ended through the signal it was given.
 */
export async function retry<T>(
  fn: (signal: AbortSignal) => Promise<T>,
  { clock, signal, attempts = Number.POSITIVE_INFINITY, deadlineMs, baseDelayMs, maxDelayMs }: RetryOptions,
): Promise<T> {
  signal.throwIfAborted();
  const settled = new AbortController();
  const expired = new AbortController();
  void clock.sleep(deadlineMs, AbortSignal.any([signal, settled.signal])).then(() => {
    if (!settled.signal.aborted) expired.abort();
  });
  const either = AbortSignal.any([signal, expired.signal]);
  let last: HubError | null = null;
  try {
    for (let attempt = 1; ; attempt++) {
      try {
        return await fn(either);
      } catch (thrown) {
        signal.throwIfAborted();
        // What an attempt throws because it was ended says nothing about the source: the error before it does.
        if (expired.signal.aborted) throw last ?? thrown;
        if (!(thrown instanceof HubError) || !thrown.retriable || attempt >= attempts) throw thrown;
        last = thrown;
      }
      const ceiling = Math.min(maxDelayMs, baseDelayMs * 2 ** Math.min(attempt - 1, 30));
      await clock.sleep(Math.max(clock.random() * ceiling, toldToWait(last)), either);
      signal.throwIfAborted();
      if (expired.signal.aborted) throw last;
    }
  } finally {
    settled.abort();
  }
}

function toldToWait(error: HubError): number {
  const told = error.context.retryAfterMs;
  return typeof told === 'number' && Number.isFinite(told) ? told : 0;
}
