import type { DedupIndex } from '../dedup-index/index.ts';
import type { LogRecord } from '../log/index.ts';
import { nextOffsets } from '../log/next-offsets.ts';
import { partitionOf } from '../log/partition.ts';
import { topics } from '../topics.ts';
import { openCommands } from './commands.ts';
import { IndexCheck } from './index-check.ts';
import { laneOf, risingSeq } from './inputs.ts';
import type { LoopRun } from './loop-run.ts';
import { Outputs } from './outputs.ts';
import { takeTurns } from './turns.ts';

export interface RelinkingRun extends LoopRun {
  readonly index: DedupIndex;
  readonly linkerVersion: string;
  readonly catalogueVersion: string;
}

/** Consumer group of hub.unlinked; who has a partition of it also puts back what the index lacks of that partition. */
export const relinkingGroup = 'relinking';

const pollWaitMs = 1_000;
const maxBatch = 500;
/** Pause while the index is not whole. */
const brokenMs = 1_000;

/**
 * Links that come late: puts back what the index has lost, out of `hub.state`, and once it is whole has those items look again that could
 * not when their turn was (`hub.unlinked`, design.md §4 "Kafka form"). Killed on any line it does so again, which changes nothing.
 *
 * Items that the index lost while it seemed whole look again, too: others may have missed them.
 */
export async function runRelinking(run: RelinkingRun): Promise<void> {
  const { log, serde, clock, counters, signal, partitions, memberId } = run;
  const producer = await log.producer(`relinking-${memberId}`);
  const { lookAgain } = await openCommands(run, `looking-again-${memberId}`);
  const consumer = await log.consumer({ group: relinkingGroup, topics: [topics.unlinked], memberId });
  const check = new IndexCheck({ ...run, lookAgain });
  const nextSeq = risingSeq(clock);

  async function turn(): Promise<boolean> {
    const { records } = await consumer.poll({ max: maxBatch, waitMs: pollWaitMs, signal });
    if (!(await check.isWhole(consumer.assigned()))) {
      await consumer.rewind();
      await clock.sleep(brokenMs, signal);
      return false;
    }
    if (records.length === 0) return false;
    const out = new Outputs();
    for (const value of await latestOf(records)) {
      const input = { ...serde.decode('item-input', value), seq: nextSeq() };
      out.append(laneOf(input), partitionOf(input.baseId, partitions), {
        key: input.baseId,
        value: serde.encode('item-input', input),
        timestamp: input.at,
      });
    }
    await out.commit(producer, { consumer, offsets: nextOffsets(records) });
    counters.add('hub_writer_relinked_items_total', {}, records.length);
    return true;
  }

  /** Once is enough for an item. */
  async function latestOf(records: readonly LogRecord[]): Promise<readonly Uint8Array[]> {
    const latest = new Map<string | null, Uint8Array>();
    for (const { key, value } of records) if (value !== null) latest.set(key, value);
    await serde.prepare('item-input', [...latest.values()]);
    return [...latest.values()];
  }

  try {
    await takeTurns({ name: 'relinking', turn, forget: () => consumer.rewind() }, run);
  } finally {
    await consumer.close();
    await producer.close();
  }
}
