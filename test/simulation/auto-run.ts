import type { Scheduler } from './scheduler.ts';

/**
 * Lets a scheduler run by itself, a step per turn of the event loop, with virtual time at least as fast as real time. For suites that
 * await a simulated port as they would a real one, timers of their own included.
 */
export function autoRun(scheduler: Scheduler): void {
  const ahead = scheduler.now - performance.now();
  let armed: 'no' | 'turn' | 'timer' = 'no';
  let timer: NodeJS.Timeout | undefined;

  const turn = () => {
    armed = 'no';
    scheduler.advance(Math.max(scheduler.now, performance.now() + ahead));
    if (scheduler.step()) arm();
    else if (scheduler.nextDue() < Number.POSITIVE_INFINITY) {
      armed = 'timer';
      timer = setTimeout(turn, scheduler.nextDue() - scheduler.now).unref();
    }
  };
  const arm = () => {
    if (armed === 'turn') return;
    clearTimeout(timer);
    armed = 'turn';
    setImmediate(turn);
  };
  scheduler.onWork = arm;
}
