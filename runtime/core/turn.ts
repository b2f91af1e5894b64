import { hash } from 'node:crypto';
import type { ItemInput, ItemState } from '../../schemas/types.ts';
import type { Clock } from '../clock.ts';
import type { DedupIndex, IndexEntry, Reach } from '../dedup-index/index.ts';
import { type ErrorCode, toHubError } from '../errors.ts';
import { framesOf, isErrorLike, wordsOf } from '../foreign-error.ts';
import type { Consumer, LogRecord, Producer } from '../log/index.ts';
import { nextOffsets } from '../log/next-offsets.ts';
import { partitionOf } from '../log/partition.ts';
import type { Pipeline } from '../processor.ts';
import type { Counters, Logger } from '../telemetry.ts';
import { lanes, topics } from '../topics.ts';
import { deadLetter } from './dead-letter.ts';
import { uuidOf } from './ids.ts';
import { derived, laneOf } from './inputs.ts';
import { decide, decidePairs, type Generations, type Verdict } from './item-writer.ts';
import { linkRecords } from './link-records.ts';
import { type Change, type Found, findPairs, formerKeys, type Look, looksOf } from './linking.ts';
import { Outputs } from './outputs.ts';
import type { Serde } from './serde.ts';
import type { Decision } from './settle.ts';
import type { WarningBook } from './warning-book.ts';

/** What a batch needs of the writer that runs it. */
export interface TurnRun {
  readonly serde: Serde;
  readonly pipeline: Pipeline;
  readonly index: DedupIndex;
  readonly clock: Clock;
  readonly counters: Counters;
  readonly logger: Logger;
  readonly partitions: number;
  /** Next number in the writer's order of inputs; see ItemInput.seq. */
  readonly nextSeq: () => number;
  /** Looked up after the inputs were polled, never before. */
  readonly book: WarningBook;
}

type Lane = (typeof lanes)[number];

/** An input with the lane it came by. */
export interface Arrival {
  readonly lane: number;
  readonly input: ItemInput;
  readonly record: LogRecord;
  /** Taken out of a slower lane before its turn. */
  readonly ahead: boolean;
}

/** One batch: what it reads, decides and writes. Thrown away whole when its commit fails. */
export class Turn {
  readonly #run: TurnRun;
  readonly #out = new Outputs();
  readonly #states = new Map<string, Change>();
  readonly #lookingAgain = new Map<string, ItemInput>();
  /** Owners that have been told to look again, by lane: once is enough, whoever has come near. */
  readonly #told = new Set<string>();
  readonly #counts = new Map<string, number>();

  constructor(run: TurnRun) {
    this.#run = run;
  }

  /** Decodes; bytes that are not ours become dead letters (unless they are only looked at ahead of their turn). */
  async read(partition: number, records: readonly LogRecord[], ahead = false): Promise<Arrival[]> {
    const { serde } = this.#run;
    await serde.prepare(
      'item-input',
      records.map((record) => record.value),
    );
    const arrivals: Arrival[] = [];
    for (const record of records) {
      const decoded = serde.tryDecode('item-input', record.value ?? new Uint8Array());
      if (decoded.kind === 'next') {
        arrivals.push({ lane: lanes.indexOf(record.topic as Lane), input: decoded.value, record, ahead });
      } else if (decoded.kind === 'reject' && !ahead) {
        this.#bury(partition, record, 'input', record.topic, decoded.code, decoded.reason);
      }
    }
    return arrivals;
  }

  /** Applies all inputs of one base record, in their order. */
  judge(partition: number, arrivals: readonly Arrival[], known: Generations): void {
    let generations = known;
    for (const arrival of arrivals) {
      const { input } = arrival;
      const verdict = this.#guarded(input, () =>
        decide(input, generations, this.#run.pipeline, this.#run.book),
      );
      generations = this.#apply(partition, arrival, verdict, generations, known);
    }
  }

  #guarded(input: ItemInput, judge: () => Verdict): Verdict {
    try {
      return judge();
    } catch (thrown) {
      this.#run.logger.error('processor failed', {
        inputId: input.inputId,
        baseId: input.baseId,
        what: wordsOf(thrown),
        stack: framesOf(thrown),
      });
      const name = isErrorLike(thrown) ? thrown.name : typeof thrown;
      return {
        kind: 'dead',
        code: 'HUB_PROCESS_FAILED',
        reason: `input ${input.inputId}: a processor threw ${name}`,
      };
    }
  }

  #apply(
    partition: number,
    { input, record, ahead }: Arrival,
    verdict: Verdict,
    generations: Generations,
    known: Generations,
  ): Generations {
    let states: readonly ItemState[] = [];
    if (verdict.kind === 'dead') {
      // Seen ahead of its turn, it is left alone: it will be met, and buried, in its own lane.
      if (!ahead) {
        this.#bury(partition, record, 'process', sourceOf(input.baseId), verdict.code, verdict.reason);
        this.#count(input, 'dead');
      }
      return generations;
    }
    if (verdict.kind === 'absorbed') {
      states = verdict.states;
      if (verdict.reason === 'LOOKED_AGAIN') this.#lookAgain(partition, input, generations);
      this.#count(input, verdict.reason.toLowerCase());
    } else {
      states = verdict.decision.states;
      this.#publish(partition, verdict.decision, input);
      this.#count(input, 'decided');
      if (verdict.decision.views !== null) this.#count(input, 'revision');
      if (verdict.decision.states.some((state) => state.revision === 1 && verdict.decision.views !== null)) {
        this.#count(input, 'item');
      }
    }
    let after = merge(generations, states);
    if (ahead && after.length > 0) {
      const holder = after[after.length - 1]!;
      const marked = { ...holder, takenAlong: [...holder.takenAlong, input.inputId] };
      states = [...states.filter((state) => state.itemId !== marked.itemId), marked];
      after = merge(after, [marked]);
    }
    for (const state of states) {
      const before = known.find((was) => was.itemId === state.itemId) ?? null;
      const was = this.#states.get(state.itemId);
      const isPassed = was !== undefined && was.state.entry?.version !== state.entry?.version;
      const between = isPassed ? [...was.between, was.state] : (was?.between ?? []);
      this.#states.set(state.itemId, { partition, before, state, between, cause: input });
    }
    return after;
  }

  #lookAgain(partition: number, input: ItemInput, generations: Generations): void {
    const itemId = input.reassess!.itemId;
    const state = generations.find((known) => known.itemId === itemId)!;
    // Of several that came in one batch the one that is owed counts: no other would be remembered again where the look fails.
    if (this.#lookingAgain.get(itemId)?.reassess?.bothWays !== true) this.#lookingAgain.set(itemId, input);
    if (!this.#states.has(itemId))
      this.#states.set(itemId, { partition, before: state, state, between: [], cause: input });
  }

  /**
   * The second half of the batch: all items whose features have changed are put into the index, then they and those that were told
   * to look again ask for their neighbours (design.md §4 point 3). Two calls, whatever the size of the batch.
   *
   * @param reaches how far this batch goes in each of its partitions
   */
  async link(reaches: readonly Reach[]): Promise<void> {
    const { index, pipeline, logger, counters } = this.#run;
    const looks = looksOf(this.#states, this.#lookingAgain, pipeline.linker);
    let found: readonly Found[] = [];
    try {
      found = await findPairs(looks, reaches, index, pipeline.linker);
    } catch (thrown) {
      // Links wait, items do not: the index may fail open.
      const { code, message } = toHubError(thrown);
      logger.warn('items go on without links', { code, message, items: looks.length });
    }
    const certain = found.filter(({ isCertain }) => isCertain);
    for (const each of certain) this.#linked(each);
    if (certain.length === looks.length) return;
    const linked = new Set(certain.map(({ look }) => look));
    for (const look of looks) if (!linked.has(look)) this.#postpone(look);
    counters.add('hub_writer_unlinked_items_total', {}, looks.length - certain.length);
  }

  #linked({ look: { entry }, pairs, owners }: Found): void {
    const { pipeline, book } = this.#run;
    const { itemId } = entry;
    const change = this.#states.get(itemId)!;
    const { partition, cause } = change;
    const state = change.state.unlinked === null ? change.state : { ...change.state, unlinked: null };
    this.#states.set(itemId, { ...change, state });
    const look: ItemInput = { ...derived(cause, 'REASSESS'), catalogueVersion: state.catalogueVersion };
    const verdict = this.#guarded(look, () => decidePairs(look, state, pairs, pipeline, book));
    if (verdict.kind === 'decided') {
      this.#publish(partition, verdict.decision, look);
      if (verdict.decision.views !== null) this.#count(cause, 'revision');
    }
    const states = verdict.kind === 'dead' ? [] : statesOf(verdict);
    for (const after of states) this.#states.set(itemId, { ...change, state: after });
    for (const owner of owners) this.#tellOwner(owner, itemId, cause);
  }

  /**
   * UNLINKED_PENDING: what it is linked to stays as it was; that it has to look is remembered with the item, and in `hub.unlinked`, from
   * where it is told once the index is whole (relinking-loop.ts).
   */
  #postpone(look: Look): void {
    const { serde } = this.#run;
    const { itemId, baseId } = look.entry;
    const change = this.#states.get(itemId)!;
    const { partition, before, state, cause } = change;
    const unlinked = { since: state.unlinked?.since ?? cause.at, keys: formerKeys(look) };
    this.#states.set(itemId, { ...change, state: { ...state, unlinked } });
    // What was written when it first could not look still waits, unless it is what came just now.
    const isRemembered = before !== null && before.unlinked !== null;
    if (isRemembered && this.#lookingAgain.get(itemId)?.reassess?.bothWays !== true) return;
    const input: ItemInput = {
      ...derived(cause, 'REASSESS'),
      inputId: uuidOf(`unlinked:${itemId}/${cause.inputId}`),
      baseId,
      catalogueVersion: state.catalogueVersion,
      reassess: { itemId, otherId: itemId, bothWays: true },
    };
    const value = serde.encode('item-input', input);
    this.#out.append(topics.unlinked, partition, { key: itemId, value, timestamp: input.at });
  }

  /** The later item owns the pair: it is told to look again, whoever has found the two. */
  #tellOwner(owner: IndexEntry, otherId: string, cause: ItemInput): void {
    const { serde, partitions, nextSeq } = this.#run;
    const lane = laneOf({ origin: cause.origin, sourceRecord: null });
    const told = `${lane} ${owner.itemId}`;
    if (this.#told.has(told)) return;
    this.#told.add(told);
    const input: ItemInput = {
      ...derived(cause, 'REASSESS'),
      inputId: uuidOf(`reassess:${owner.itemId}/${otherId}/${cause.inputId}`),
      baseId: owner.baseId,
      seq: nextSeq(),
      reassess: { itemId: owner.itemId, otherId, bothWays: false },
    };
    this.#out.append(lane, partitionOf(owner.baseId, partitions), {
      key: owner.baseId,
      value: serde.encode('item-input', input),
      timestamp: input.at,
    });
  }

  #publish(partition: number, decision: Decision, input: ItemInput): void {
    const { serde } = this.#run;
    const put = (topic: string, key: string, value: Uint8Array) =>
      this.#out.append(topic, partition, { key, value, timestamp: input.at });
    if (decision.views !== null) {
      const { unified, departments, bytes } = decision.views;
      const framed = new Map(Array.from(bytes, ([item, body]) => [item, serde.framed('item', body)]));
      put(topics.items, unified.itemId, framed.get(unified)!);
      for (const [organisation, item] of departments)
        put(topics.department(organisation), item.itemId, framed.get(item)!);
    }
    for (const { organisation, item } of decision.removals) {
      put(topics.department(organisation), item.itemId, serde.encode('item', item));
    }
    for (const event of decision.events) put(topics.events, event.itemId, serde.encode('item-event', event));
  }

  async commit(producer: Producer, consumer: Consumer, records: readonly LogRecord[]): Promise<void> {
    const { serde, clock, counters } = this.#run;
    const now = clock.now();
    for (const { partition, before, state, cause } of this.#states.values()) {
      if (state === before) continue;
      for (const [key, value] of linkRecords(before, state, cause)) {
        const bytes = value === null ? null : serde.encode('link-record', value);
        this.#out.append(topics.links, 0, { key, value: bytes, timestamp: cause.at });
      }
      this.#out.append(topics.state, partition, {
        key: state.itemId,
        value: serde.encode('item-state', state),
        timestamp: now,
      });
    }
    await this.#out.commit(producer, { consumer, offsets: nextOffsets(records) });
    for (const [key, count] of this.#counts) {
      const [source, origin, outcome] = key.split(' ') as [string, string, string];
      counters.add('hub_writer_inputs_total', { source, origin, outcome }, count);
    }
  }

  *states(): Generator<ItemState> {
    for (const { state } of this.#states.values()) yield state;
  }

  #bury(
    partition: number,
    record: LogRecord,
    stage: 'input' | 'process',
    source: string,
    code: ErrorCode,
    reason: string,
  ): void {
    const value = record.value ?? new Uint8Array();
    const letter = deadLetter({
      source,
      stage,
      sha256: hash('sha256', value, 'hex'),
      code,
      reason,
      value,
      at: record.timestamp,
      headers: { topic: record.topic, baseId: record.key ?? '' },
    });
    this.#out.append(topics.deadLetters, partition, letter);
  }

  #count(input: ItemInput, outcome: string): void {
    const key = `${sourceOf(input.baseId)} ${input.origin} ${outcome}`;
    this.#counts.set(key, (this.#counts.get(key) ?? 0) + 1);
  }
}

const sourceOf = (baseId: string): string => baseId.slice(0, baseId.indexOf(':'));

/** `states` replace those of the same item; new generations come last. */
function merge(generations: Generations, states: readonly ItemState[]): Generations {
  if (states.length === 0) return generations;
  const byId = new Map(generations.map((state) => [state.itemId, state]));
  for (const state of states) byId.set(state.itemId, state);
  return [...byId.values()].sort((a, b) => a.generation - b.generation);
}

const statesOf = (verdict: Exclude<Verdict, { kind: 'dead' }>): readonly ItemState[] =>
  verdict.kind === 'absorbed' ? verdict.states : verdict.decision.states;
