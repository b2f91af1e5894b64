import { join } from 'node:path';
import type { Clock } from '../clock.ts';
import { committedPositions } from '../core/lane-positions.ts';
import type { Serde } from '../core/serde.ts';
import { toHubError } from '../errors.ts';
import type { Log } from '../log/index.ts';
import type { Logger } from '../telemetry.ts';
import { topics } from '../topics.ts';
import { type EmbeddedDedupIndex, openEmbeddedDedupIndex } from './embedded.ts';
import { type RefillSource, refillPartition } from './refill.ts';
import { restoreSnapshot, snapshotName, writeSnapshot } from './snapshot.ts';

export interface IndexHome {
  /** The data folder, where the snapshot lies. */
  readonly folder: string;
  readonly log: Log;
  readonly serde: Serde;
  readonly clock: Clock;
  readonly linkerVersion: string;
  readonly partitions: number;
  readonly logger: Logger;
}

/** How long a start may have to read of hub.state again. */
const betweenMs = 600_000;

/** The index as the item writers' memory has it: the last snapshot and what was written since, or all of it. */
export async function openIndex(
  home: IndexHome & Pick<RefillSource, 'lookAgain'>,
): Promise<EmbeddedDedupIndex> {
  const { folder, linkerVersion, log, logger, partitions } = home;
  const committed = await committedPositions(log, partitions);
  const ends = await stateEnds(home);
  const snapshot = await restoreSnapshot(join(folder, snapshotName), { log: logger });
  const isOfThisLog =
    snapshot?.linkerVersion === linkerVersion &&
    snapshot.offsets.length === ends.length &&
    // A data file that was put back from a backup may be older than the snapshot beside it.
    snapshot.offsets.every((offset, partition) => offset <= ends[partition]!);
  const index = isOfThisLog ? snapshot.index : openEmbeddedDedupIndex();
  const read = { entries: 0, incomparable: 0 };
  for (const [partition, position] of committed.entries()) {
    const mark = isOfThisLog ? { stateOffset: snapshot.offsets[partition]!, missedFrom: null } : null;
    const refilled = await refillPartition(index, home, { partition, position, mark });
    read.entries += refilled!.entries;
    read.incomparable += refilled!.incomparable;
  }
  logger.info('dedup index ready', { entries: index.size, read: read.entries });
  if (read.incomparable > 0)
    logger.info('items make their entries in the dedup index anew', {
      items: read.incomparable,
      linkerVersion,
    });
  return index;
}

/** Writes a snapshot now and then, and a last one when `signal` aborts. A failure costs the next start time, no link. */
export async function runSnapshots(
  home: IndexHome & {
    readonly index: EmbeddedDedupIndex;
    readonly signal: AbortSignal;
  },
): Promise<void> {
  const { folder, index, linkerVersion, logger, clock, signal } = home;
  let written: readonly number[] = [];
  while (!signal.aborted) {
    await clock.sleep(betweenMs, signal);
    const offsets = await stateEnds(home);
    if (offsets.join() === written.join()) continue;
    try {
      await writeSnapshot(join(folder, snapshotName), { index, offsets, linkerVersion });
      written = offsets;
    } catch (thrown) {
      const { code, message } = toHubError(thrown);
      logger.warn('no snapshot of the dedup index was written', { code, message });
    }
  }
}

async function stateEnds({ log, partitions }: Pick<IndexHome, 'log' | 'partitions'>): Promise<number[]> {
  const ends: number[] = [];
  for (let partition = 0; partition < partitions; partition++)
    ends.push((await log.range(topics.state, partition)).end);
  return ends;
}
