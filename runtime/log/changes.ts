import type { Clock } from '../clock.ts';

export interface Waiter {
  /** True after the next change, false once the time is up or the signal has aborted. */
  next(): Promise<boolean>;
  end(): void;
}

/** Wakes those in this thread who wait for something new. */
export class Changes {
  readonly #waiting = new Set<() => void>();
  #count = 0;

  /** How many changes have been announced. */
  count(): number {
    return this.#count;
  }

  announce(): void {
    this.#count += 1;
    for (const wake of this.#waiting) wake();
  }

  /** Whoever looked before calling `next`, without awaiting in between, misses nothing. */
  waiter(clock: Clock, waitMs: number, signal: AbortSignal | undefined): Waiter {
    const timer = new AbortController();
    let isOver = signal?.aborted ?? false;
    let resolveNext: ((isChange: boolean) => void) | undefined;
    const wake = () => resolveNext?.(!isOver);
    const finish = () => {
      isOver = true;
      wake();
    };
    this.#waiting.add(wake);
    signal?.addEventListener('abort', finish, { once: true });
    clock.sleep(waitMs, timer.signal).then(finish, finish);
    return {
      next: () =>
        new Promise((resolve) => {
          resolveNext = resolve;
          if (isOver) resolve(false);
        }),
      end: () => {
        this.#waiting.delete(wake);
        signal?.removeEventListener('abort', finish);
        timer.abort();
      },
    };
  }
}
