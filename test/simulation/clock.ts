import type { Clock } from '../../runtime/clock.ts';
import type { Random } from './random.ts';
import type { Process, Scheduler } from './scheduler.ts';

/** The clock of one simulated process: virtual, wrong by `skew`, and apt to jump. Sleeping follows true virtual time, as a monotonic timer does. */
export interface SimClock extends Clock {
  /** Moves what `now` says, forward or back. @param ms */
  jump(ms: number): void;
}

/** @param skew ms by which this process is ahead of true virtual time (negative: behind). */
export function simClock(scheduler: Scheduler, process: Process, random: Random, skew: number): SimClock {
  let ahead = skew;
  return {
    now: () => scheduler.now + ahead,
    random: () => random.next(),
    jump(ms) {
      ahead += ms;
    },
    async sleep(ms, signal) {
      const nap = scheduler.park(
        process,
        'sleep',
        signal?.aborted ? scheduler.now : scheduler.now + Math.max(0, ms),
      );
      if (!signal) return nap.woken;
      signal.addEventListener('abort', nap.wake, { once: true });
      await nap.woken;
      signal.removeEventListener('abort', nap.wake);
    },
  };
}
