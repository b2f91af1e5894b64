import type { Clock } from '../../../runtime/clock.ts';
import type { Logger } from '../../../runtime/telemetry.ts';
import type { AnswerName } from './answers.ts';

const intervalMs = 60_000;

/**
 * Tells the operator what is refused without flooding the log: the first one at once, then at most a line a minute with the counts since the
 * line before, and one when the receiver ends.
 */
export function refusalLog(log: Logger, { clock, signal }: { clock: Clock; signal: AbortSignal }) {
  let counts: Partial<Record<AnswerName, number>> = {};
  let lastPeer = '';
  let isTelling = false;

  function tell(): boolean {
    if (Object.keys(counts).length === 0) return false;
    log.warn('webhook refuses', { ...counts, lastPeer });
    counts = {};
    return true;
  }

  async function tellWhileThereAreSome(): Promise<void> {
    isTelling = true;
    while (!signal.aborted && tell()) await clock.sleep(intervalMs, signal);
    isTelling = false;
  }

  return {
    /** @param peer address of who was refused, for finding a system that is set up wrongly. */
    add(answer: AnswerName, peer: string): void {
      counts[answer] = (counts[answer] ?? 0) + 1;
      lastPeer = peer;
      if (!isTelling) void tellWhileThereAreSome();
    },
    /** Tells what is left. */
    end: tell,
  };
}
