/**
 * Time and chance as the runtime sees them. Nothing below the entry asks `Date.now`, `setTimeout` or
 * `Math.random` itself: the simulation hands in a seeded form of all three.
 */
export interface Clock {
  /** Milliseconds since 1970-01-01T00:00Z. May jump; never used for a decision, only to stamp inputs. */
  now(): number;
  /** Resolves after `ms`, or at once when `signal` aborts (it never rejects: callers look at the signal). */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
  /** [0, 1). For jitter only, never for an id. */
  random(): number;
}

export const systemClock: Clock = {
  now: () => Date.now(),
  random: () => Math.random(),
  sleep: (ms, signal) =>
    new Promise((resolve) => {
      if (signal?.aborted) return resolve();
      const done = () => {
        clearTimeout(timer);
        signal?.removeEventListener('abort', done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      signal?.addEventListener('abort', done, { once: true });
    }),
};
