import type { Clock } from './clock.ts';
import { toHubError } from './errors.ts';
import type { Log } from './log/index.ts';
import type { Logger } from './telemetry.ts';

const betweenMs = 3_600_000;

/** Every hour, lets go what is older than its topic keeps (design.md §3). A full disk is no reason to stop trying. */
export async function runTrimming(run: {
  readonly log: Log;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly signal: AbortSignal;
}): Promise<void> {
  const { log, clock, logger, signal } = run;
  while (!signal.aborted) {
    try {
      const records = await log.trim(clock.now());
      if (records > 0) logger.info('retention: records removed', { records });
    } catch (thrown) {
      const error = toHubError(thrown);
      if (!error.retriable) throw error;
      logger.warn('retention: tried again in an hour', { code: error.code, message: error.message });
    }
    await clock.sleep(betweenMs, signal);
  }
}
