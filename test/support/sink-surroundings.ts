import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../runtime/clock.ts';
import type { SinkContext } from '../../runtime/sink.ts';
import { memoryCounters, silentLogger } from '../../runtime/telemetry.ts';

/** What a sink is given besides its options and the decoding, where a test looks at none of it. */
export const sinkSurroundings: Pick<SinkContext<unknown>, 'log' | 'clock' | 'counters' | 'stateFolder'> = {
  log: silentLogger,
  clock: systemClock,
  counters: memoryCounters(),
  stateFolder: join(tmpdir(), 'hub-sink-without-state'),
};
