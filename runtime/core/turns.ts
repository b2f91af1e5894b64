import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { toHubError } from '../errors.ts';
import type { Logger } from '../telemetry.ts';

const pauses = { firstMs: 100, longestMs: 10_000 };

/** One transaction after another, over consumed records. */
export interface Turns {
  /** For the log: writer, resolver. */
  readonly name: string;
  /** One batch. True when it was committed; an empty turn proves nothing. */
  turn(): Promise<boolean>;
  /** Drops what was worked out and not committed, and goes back to the committed offsets. */
  forget(): Promise<void>;
}

/** Takes turns until `signal` aborts, or throws what waiting cannot mend. */
export async function takeTurns(
  { name, turn, forget }: Turns,
  { clock, logger, signal }: { readonly clock: Clock; readonly logger: Logger; readonly signal: AbortSignal },
): Promise<void> {
  let failures = 0;
  while (!signal.aborted) {
    try {
      if (await turn()) failures = 0;
    } catch (thrown) {
      const error = toHubError(thrown);
      // A revoked partition fences one commit; a worker that has been replaced is fenced again and again.
      const goesOn = error.retriable || (error.code === 'HUB_LOG_FENCED' && failures < 3);
      if (!goesOn) throw error;
      logger.warn(`${name} begins again from the committed offsets`, {
        code: error.code,
        message: error.message,
      });
      await forget();
      const pauseMs = backoffMs(failures, pauses, clock.random());
      failures += 1;
      await clock.sleep(pauseMs, signal);
    }
  }
}
