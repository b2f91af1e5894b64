import { nextOffsets } from '../log/next-offsets.ts';
import { topics } from '../topics.ts';
import { ClusterMemories } from './cluster-memory.ts';
import { risingSeq } from './inputs.ts';
import type { LoopRun } from './loop-run.ts';
import { Outputs } from './outputs.ts';
import { Resolution } from './resolution.ts';
import { takeTurns } from './turns.ts';

export interface ResolverRun extends LoopRun {
  /** Facts and verdicts per transaction. */
  readonly maxBatch?: number;
}

/** Consumer group of the cluster resolver; `hub.links` has one partition, so one worker at a time is it. */
export const resolverGroup = 'resolver';

const pollWaitMs = 1_000;
/**
 * After a turn that had all there was, the next one gathers so long: every commit of an item writer wakes the resolver, which shares its
 * thread and its disk, and nobody sees so soon again whether an item has joined others.
 */
const restMs = 100;

/**
 * The cluster resolver: reads facts and verdicts, and commits its memory, the commands to items and the consumed offsets at once. Ends
 * when `signal` aborts, or with an error that waiting cannot mend.
 */
export async function runResolver(run: ResolverRun): Promise<void> {
  const { log, serde, clock, counters, signal, partitions, memberId, maxBatch = 2_000 } = run;
  const producer = await log.producer(`resolver-${memberId}`);
  const consumer = await log.consumer({
    group: resolverGroup,
    topics: [topics.links],
    changelogs: [topics.clusters],
    memberId,
  });
  const memories = new ClusterMemories(log, serde);
  const nextSeq = risingSeq(clock);
  let epoch = -1;

  async function turn(): Promise<boolean> {
    const { records } = await consumer.poll({ max: maxBatch, waitMs: pollWaitMs, signal });
    const startedAt = clock.now();
    if (consumer.epoch() !== epoch) {
      memories.clear();
      epoch = consumer.epoch();
    }
    if (records.length === 0) return false;
    const resolution = new Resolution({ serde, memories, partitions, nextSeq });
    await resolution.take(records);
    const out = new Outputs();
    await resolution.write(out);
    await out.commit(producer, { consumer, offsets: nextOffsets(records) });
    memories.committed(resolution.written());
    counters.add('hub_resolver_records_total', {}, records.length);
    counters.observe('hub_resolver_batch_duration_seconds', {}, (clock.now() - startedAt) / 1_000);
    if (records.length < maxBatch) await clock.sleep(restMs, signal);
    return true;
  }

  async function forget(): Promise<void> {
    memories.clear();
    await consumer.rewind();
  }

  try {
    await takeTurns({ name: 'resolver', turn, forget }, run);
  } finally {
    await consumer.close();
    await producer.close();
  }
}
