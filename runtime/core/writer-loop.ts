import type { ItemInput } from '../../schemas/types.ts';
import type { DedupIndex } from '../dedup-index/index.ts';
import { HubError } from '../errors.ts';
import type { Consumer, Producer } from '../log/index.ts';
import type { Pipeline } from '../processor.ts';
import { lanes, topics } from '../topics.ts';
import { risingSeq } from './inputs.ts';
import { ItemMemory } from './item-memory.ts';
import { writerGroup } from './lane-positions.ts';
import { LookAhead } from './look-ahead.ts';
import type { LoopRun } from './loop-run.ts';
import { Pace } from './pace.ts';
import { Reaches } from './reaches.ts';
import { type Arrival, Turn } from './turn.ts';
import { takeTurns } from './turns.ts';
import { WarningTopic } from './warning-topic.ts';

export interface WriterRun extends LoopRun {
  readonly pipeline: Pipeline;
  /** Shared by all workers; written before the transaction, never part of it. */
  readonly index: DedupIndex;
  /** Inputs per transaction, at most; fewer where they take long, see `Pace`. */
  readonly maxBatch?: number;
}

/** How long a poll may wait for inputs; new ones wake it at once. */
const pollWaitMs = 1_000;
/**
 * After a turn that had all there was, the next one gathers so long. A turn costs its thread and its disk much the same whatever is in
 * it, and the intakes, whose sources wait for each batch, share both: without the rest they had one small batch a turn.
 */
const restMs = 20;
/** Pause before a halted partition is tried again, and the complaint repeated. */
const haltedRetryMs = 30_000;

/**
 * The item writer: polls the three lanes, judges, and commits outputs, state and consumed offsets at once. One of these runs
 * per worker; the consumer group gives each partition to exactly one.
 *
 * Ends when `signal` aborts, or with an error that waiting cannot mend.
 */
export async function runWriter(run: WriterRun): Promise<void> {
  const { log, memberId } = run;
  const producer = await log.producer(`writer-${memberId}`);
  const consumer = await log.consumer({
    group: writerGroup,
    topics: lanes,
    firstAlone: true,
    changelogs: [topics.state],
    memberId,
  });
  const writer = new Writer(run, consumer, producer);
  try {
    const turns = { name: 'writer', turn: () => writer.turn(), forget: () => writer.forget() };
    await takeTurns(turns, run);
  } finally {
    await consumer.close();
    await producer.close();
  }
}

class Writer {
  readonly #run: WriterRun;
  readonly #consumer: Consumer;
  readonly #producer: Producer;
  readonly #memory: ItemMemory;
  readonly #lookAhead: LookAhead;
  readonly #pace: Pace;
  readonly #warnings: WarningTopic;
  readonly #reaches: Reaches;
  readonly #nextSeq: () => number;
  #epoch = -1;
  #haltedUntil: number | null = null;

  constructor(run: WriterRun, consumer: Consumer, producer: Producer) {
    this.#run = run;
    this.#consumer = consumer;
    this.#producer = producer;
    this.#memory = new ItemMemory(run.log, run.serde);
    this.#lookAhead = new LookAhead(run.log);
    this.#pace = new Pace(run.maxBatch ?? 1_000);
    this.#warnings = new WarningTopic(run.log, run.serde);
    this.#reaches = new Reaches(run);
    this.#nextSeq = risingSeq(run.clock);
  }

  /** Drops what was worked out and not committed. */
  async forget(): Promise<void> {
    this.#memory.clear();
    this.#lookAhead.clear();
    this.#reaches.clear();
    await this.#consumer.rewind();
  }

  /** One batch. True when it was committed; an empty or halted turn proves nothing. */
  async turn(): Promise<boolean> {
    const { clock, counters, signal } = this.#run;
    if (this.#haltedUntil !== null && clock.now() >= this.#haltedUntil) {
      this.#haltedUntil = null;
      this.#consumer.resume();
    }
    const max = this.#pace.next();
    const { records } = await this.#consumer.poll({ max, waitMs: pollWaitMs, signal });
    const startedAt = clock.now();
    if (this.#consumer.epoch() !== this.#epoch) {
      this.#memory.clear();
      this.#lookAhead.clear();
      this.#reaches.clear();
      this.#epoch = this.#consumer.epoch();
    }
    if (records.length === 0) return false;

    // After the poll: what the look for a new warning does not find decided, is decided by that warning (warning-loop.ts).
    const book = await this.#warnings.book();
    const turn = new Turn({ ...this.#run, nextSeq: this.#nextSeq, book });
    const byPartition = Map.groupBy(records, (record) => record.partition);
    const reaches = await this.#reaches.of(this.#consumer, byPartition.keys());
    for (const [partition, ofPartition] of byPartition) {
      const arrivals = await turn.read(partition, ofPartition);
      const all = [...arrivals, ...(await this.#takeAlong(turn, partition, arrivals))];
      const stuck = all.map(({ input }) => this.#unjudgeable(input)).find((error) => error !== null);
      if (stuck) return this.#halt(partition, stuck);
      const groups = Map.groupBy(all, (arrival) => arrival.input.baseId);
      const known = await this.#memory.load(partition, [...groups.keys()]);
      for (const [baseId, group] of groups) turn.judge(partition, inOrder(group), known.get(baseId)!);
    }
    await turn.link(reaches);
    await turn.commit(this.#producer, this.#consumer, records);
    this.#reaches.committed(reaches);
    this.#memory.committed(turn.states());
    const tookMs = clock.now() - startedAt;
    this.#pace.took(records.length, tookMs);
    counters.observe('hub_writer_batch_duration_seconds', {}, tookMs / 1_000);
    // Urgent inputs come by themselves, whatever waits behind them.
    const isAll = records.length < max && records.some(({ topic }) => topic !== lanes[0]);
    if (isAll) await clock.sleep(restMs, signal);
    return true;
  }

  /** Skipping what this version does not understand would lose a decision: the partition waits (design.md §3). */
  #unjudgeable(input: ItemInput): HubError | null {
    if (input.kind === 'UNKNOWN') {
      return new HubError(
        'HUB_INPUT_UNKNOWN_KIND',
        `input ${input.inputId} is of a kind unknown to this version`,
      );
    }
    const isDerived = ['CLUSTER', 'REASSESS', 'WARNING'].includes(input.kind);
    if (!isDerived && !this.#run.pipeline.hasCatalogue(input.catalogueVersion)) {
      return new HubError(
        'HUB_CATALOGUE_UNKNOWN_VERSION',
        `input ${input.inputId} was stamped with catalogue ${input.catalogueVersion}, which is not installed`,
      );
    }
    return null;
  }

  async #halt(partition: number, error: HubError): Promise<false> {
    const { clock, logger } = this.#run;
    logger.error('partition halted', { partition, code: error.code, message: error.message });
    this.#consumer.pause([partition]);
    this.#haltedUntil ??= clock.now() + haltedRetryMs;
    await this.forget();
    return false;
  }

  /** Earlier inputs of the same items that still wait in slower lanes. */
  async #takeAlong(turn: Turn, partition: number, arrivals: readonly Arrival[]): Promise<readonly Arrival[]> {
    const taken = new Map<string, Arrival>();
    for (const lane of [0, 1]) {
      const newest = new Map<string, number>();
      for (const arrival of arrivals) {
        if (arrival.lane !== lane) continue;
        const { baseId, seq } = arrival.input;
        newest.set(baseId, Math.max(seq, newest.get(baseId) ?? 0));
      }
      if (newest.size === 0) continue;
      const waiting = await this.#lookAhead.waiting(this.#consumer, partition, lane, new Set(newest.keys()));
      for (const arrival of await turn.read(partition, waiting, true)) {
        if (arrival.input.seq < newest.get(arrival.input.baseId)!) taken.set(arrival.input.inputId, arrival);
      }
    }
    return [...taken.values()];
  }
}

/**
 * The inputs of one base record in the order in which they are to be applied: within a lane as the log has them, between
 * lanes by `seq`.
 */
function inOrder(arrivals: readonly Arrival[]): Arrival[] {
  if (arrivals.length < 2) return [...arrivals];
  const queues = lanes.map((_, lane) =>
    arrivals.filter((arrival) => arrival.lane === lane).sort((a, b) => a.record.offset - b.record.offset),
  );
  const ordered: Arrival[] = [];
  for (;;) {
    const heads = queues.filter((queue) => queue.length > 0);
    if (heads.length === 0) return ordered;
    const first = heads.reduce((best, queue) => (queue[0]!.input.seq < best[0]!.input.seq ? queue : best));
    ordered.push(first.shift()!);
  }
}
