import type { Clock } from '../clock.ts';
import { type HubError, toHubError } from '../errors.ts';

/** The newest value there is, and what keeps it from being newer. */
export interface Latest<T> {
  readonly value: T | null;
  /** Of the newest attempt; null when that succeeded. */
  readonly error: HubError | null;
}

export interface SharedValueOptions<T> {
  readonly clock: Clock;
  /** Asked again at most so often, however many want to know. */
  readonly maxAgeMs: number;
  /** Longest wait for a new value; who asks then gets the one before. */
  readonly waitMs: number;
  gather(): Promise<T>;
}

/**
 * One value for all who ask: gathered when somebody does and the one at hand is too old, never twice at a time. A failure is
 * kept as long as a value, so that a crowd of requests does not become a crowd of attempts.
 */
export function sharedValue<T>({ clock, maxAgeMs, waitMs, gather }: SharedValueOptions<T>): {
  get(): Promise<Latest<T>>;
} {
  let value: T | null = null;
  let error: HubError | null = null;
  let settledAt: number | null = null;
  let gathering: Promise<void> | null = null;

  async function renew(): Promise<void> {
    try {
      value = await gather();
      error = null;
    } catch (thrown) {
      error = toHubError(thrown);
    }
    settledAt = clock.now();
    gathering = null;
  }

  /** A clock that was put back makes nothing young for ever. */
  const isFresh = (): boolean => {
    const ageMs = settledAt === null ? null : clock.now() - settledAt;
    return ageMs !== null && ageMs >= 0 && ageMs < maxAgeMs;
  };

  return {
    async get() {
      if (gathering === null && isFresh()) return { value, error };
      gathering ??= renew();
      const enough = new AbortController();
      await Promise.race([gathering, clock.sleep(waitMs, enough.signal)]);
      enough.abort();
      return { value, error };
    },
  };
}
