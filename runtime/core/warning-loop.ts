import type { Item, ItemInput, Warning } from '../../schemas/types.ts';
import type { LogRecord, TopicPartition } from '../log/index.ts';
import { nextOffsets } from '../log/next-offsets.ts';
import { partitionOf } from '../log/partition.ts';
import type { Pipeline } from '../processor.ts';
import { topics } from '../topics.ts';
import { uuidOf } from './ids.ts';
import { emptyInput, laneOf, risingSeq } from './inputs.ts';
import { writerGroup } from './lane-positions.ts';
import type { LoopRun } from './loop-run.ts';
import { Outputs } from './outputs.ts';
import { takeTurns } from './turns.ts';
import { turnsUnderWay } from './turns-under-way.ts';
import { WarningTopic } from './warning-topic.ts';

/** Which items a change of warnings may move: a superset, as the item writer judges each of them. */
export interface WarnedQuery {
  readonly categories: readonly string[];
  /** ms, half-open. */
  readonly reportedFrom: number;
  readonly reportedTo: number;
}

export interface WarnedItem {
  readonly itemId: string;
  readonly baseId: string;
  readonly origin: Item['origin'];
}

/** Where a partition of hub.items ended at some moment. */
export type ItemsEnd = TopicPartition & { readonly end: number };

/** The read model, as far as warnings need it. */
export interface WarnedItems {
  /**
   * In the order of item ids, those after `after`; fewer than `limit` are the last. Null while it has not taken in all that lies below
   * `ends`: also when it had before, and has been thrown away since.
   */
  page(
    query: WarnedQuery,
    after: string,
    limit: number,
    ends: readonly ItemsEnd[],
  ): Promise<readonly WarnedItem[] | null>;
}

export interface WarningsRun extends LoopRun {
  readonly pipeline: Pick<Pipeline, 'warnings'>;
  readonly items: WarnedItems;
  readonly catalogueVersion: string;
}

/** Consumer group of hub.warnings, which has one partition: one worker at a time is it. */
export const warningsGroup = 'warnings';

const pollWaitMs = 1_000;
const maxBatch = 200;
const lookMs = 50;
/** Items told to look again in one transaction. */
const pageItems = 1_000;
const dayMs = 86_400_000;
/** An item whose source last spoke of it longer after its report is not looked for: it looks when anything happens to it. */
const toldWithinMs = 30 * dayMs;

/**
 * When a warning is set, changed or cleared, items decided before must look again. What a writer polls from now on is judged with the
 * new warning; so this waits until what was polled before is decided and in the read model, and then tells all items that may be
 * concerned. Killed on any line it tells them again, which changes nothing: an item whose warnings are the same absorbs it.
 *
 * A partition that has halted holds this up, as its items hold up the read model; so does a read model that is being filled anew.
 */
export async function runWarnings(run: WarningsRun): Promise<void> {
  const { log, serde, clock, signal, memberId } = run;
  const producer = await log.producer(`warnings-${memberId}`);
  const consumer = await log.consumer({ group: warningsGroup, topics: [topics.warnings], memberId });
  const known = new WarningTopic(log, serde);
  const nextSeq = risingSeq(clock);

  async function turn(): Promise<boolean> {
    const { records } = await consumer.poll({ max: maxBatch, waitMs: pollWaitMs, signal });
    if (records.length === 0) return false;
    const changed = await warningsOf(records);
    await known.book();
    const query = queryOf(changed, known.records(), run);
    let out = new Outputs();
    if (query.categories.length > 0) {
      const ends = await untilDecided();
      if (ends === null) return false;
      const cause = changed.at(-1)!;
      for (let after = ''; ; ) {
        const items = await until(() => run.items.page(query, after, pageItems, ends));
        if (items === null) return false;
        for (const item of items) tell(out, item, cause, records.at(-1)!);
        run.counters.add('hub_warnings_told_total', {}, items.length);
        if (items.length < pageItems) break;
        await out.commit(producer);
        out = new Outputs();
        after = items.at(-1)!.itemId;
      }
    }
    await out.commit(producer, { consumer, offsets: nextOffsets(records) });
    return true;
  }

  async function warningsOf(records: readonly LogRecord[]): Promise<Warning[]> {
    const values = records.flatMap(({ value }) => (value === null ? [] : [value]));
    await serde.prepare('warning', values);
    return values.map((value) => serde.decode('warning', value));
  }

  /** Where hub.items ended when all batches that had been polled before were over; null when the hub stops before. */
  async function untilDecided(): Promise<readonly ItemsEnd[] | null> {
    const isOver = await turnsUnderWay(log, writerGroup);
    if (!(await until(async () => (await isOver()) || null))) return null;
    return Promise.all(
      Array.from({ length: run.partitions }, async (_, partition) => ({
        topic: topics.items,
        partition,
        end: (await log.range(topics.items, partition)).end,
      })),
    );
  }

  /** What `look` finds in the end; null when the hub stops before. */
  async function until<T>(look: () => Promise<T | null>): Promise<T | null> {
    while (!signal.aborted) {
      const found = await look();
      if (found !== null) return found;
      await clock.sleep(lookMs, signal);
    }
    return null;
  }

  function tell(out: Outputs, item: WarnedItem, { warningId }: Warning, { offset }: LogRecord): void {
    const { itemId, baseId, origin } = item;
    const at = clock.now();
    const input: ItemInput = {
      ...emptyInput,
      inputId: uuidOf(`warning:${itemId}/${offset}`),
      kind: 'WARNING',
      causeId: warningId,
      baseId,
      at,
      seq: nextSeq(),
      origin,
      catalogueVersion: run.catalogueVersion,
      warning: { itemId, warningId },
    };
    const value = serde.encode('item-input', input);
    out.append(laneOf(input), partitionOf(baseId, run.partitions), { key: baseId, value, timestamp: at });
  }

  try {
    await takeTurns({ name: 'warnings', turn, forget: () => consumer.rewind() }, run);
  } finally {
    await consumer.close();
    await producer.close();
  }
}

/** All that any record of the changed warnings ever covered: what it gives up matters as much as what it takes on. */
function queryOf(
  changed: readonly Warning[],
  all: readonly Warning[],
  { pipeline, catalogueVersion }: Pick<WarningsRun, 'pipeline' | 'catalogueVersion'>,
): WarnedQuery {
  const ids = new Set(changed.map(({ warningId }) => warningId));
  const set = all.filter(({ warningId, status }) => ids.has(warningId) && status === 'SET');
  const types = new Set(set.map(({ type }) => type));
  const categories = [...types].flatMap((type) => pipeline.warnings.categories(type, catalogueVersion));
  return {
    categories: [...new Set(categories)],
    reportedFrom: Math.min(...set.map(({ from }) => from)) - toldWithinMs,
    reportedTo: Math.max(...set.map(({ until }) => until ?? Number.MAX_SAFE_INTEGER - dayMs)) + dayMs,
  };
}
