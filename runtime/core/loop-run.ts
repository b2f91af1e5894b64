import type { Clock } from '../clock.ts';
import type { Log } from '../log/index.ts';
import type { Counters, Logger } from '../telemetry.ts';
import type { Serde } from './serde.ts';

/** What every loop of the core runs on, until `signal` aborts. */
export interface LoopRun {
  readonly log: Log;
  readonly serde: Serde;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  /** Partitions of the lanes, frozen at creation. */
  readonly partitions: number;
  /** Stable name of this worker: group member and, with the name of the loop before it (`writer-`, `resolver-`, …), transactional id. */
  readonly memberId: string;
}
