import type { ItemInput, ItemState, Pair, SourceRecord } from '../../schemas/types.ts';
import type { ErrorCode } from '../errors.ts';
import type { DropReason } from '../outcome.ts';
import { type Draft, type Facts, noFacts, type Pipeline, type ProcessContext } from '../processor.ts';
import { draftItem } from './draft-item.ts';
import { itemIdOf } from './ids.ts';
import { standing, statusAfter } from './lifecycle.ts';
import { linksOf } from './pairs.ts';
import { type Decision, settle } from './settle.ts';
import { noWarnings, type WarningBook } from './warning-book.ts';

/** All generations of one base record, the first one first. Empty: the hub has never seen the record. */
export type Generations = readonly ItemState[];

export type Verdict =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'absorbed'; readonly reason: DropReason; readonly states: readonly ItemState[] }
  | { readonly kind: 'dead'; readonly code: ErrorCode; readonly reason: string };

/** External commands remembered per item, so that a command sent twice is applied once. */
const rememberedCommands = 64;

/**
 * The item writer's judgement: one input against everything the hub remembers of its base record. Pure: no clock, no I/O;
 * "now" is the input's own time.
 *
 * @param book the warnings as of a moment after the input was read; see docs/decisions/0006-warnings-as-facts.md
 */
export function decide(
  input: ItemInput,
  generations: Generations,
  pipeline: Pipeline,
  book: WarningBook = noWarnings,
): Verdict {
  const skipped = skipTakenAlong(input, generations);
  if (skipped !== null) return skipped;
  switch (input.kind) {
    case 'SOURCE_RECORD':
      return input.sourceRecord === null
        ? missing(input)
        : decideRecord(input, input.sourceRecord, generations, pipeline, book);
    case 'RECLASS':
      return input.reclass === null
        ? missing(input)
        : decideReclass(input, input.reclass, generations, pipeline, book);
    case 'DEPARTMENT_EVENT':
      return input.departmentEvent === null
        ? missing(input)
        : decideDepartmentEvent(input, input.departmentEvent, generations, pipeline, book);
    case 'CLUSTER':
      return input.cluster === null
        ? missing(input)
        : decideCluster(input, input.cluster, generations, pipeline, book);
    case 'PAIR_WORD':
      return input.pairWord === null
        ? missing(input)
        : decidePairWord(input, input.pairWord, generations, pipeline, book);
    case 'REASSESS':
      return input.reassess === null
        ? missing(input)
        : decideReassess(input, input.reassess.itemId, generations, pipeline, book);
    case 'WARNING':
      return input.warning === null
        ? missing(input)
        : decideWarning(input, input.warning.itemId, generations, pipeline, book);
    default:
      return missing(input);
  }
}

const missing = (input: ItemInput): Verdict => ({
  kind: 'dead',
  code: 'HUB_RECORD_MALFORMED',
  reason: `input ${input.inputId} of kind ${input.kind} lacks the field of its kind`,
});

/** An input that an urgent one took along is met again in its own lane: it has been applied, so it is only ticked off. */
function skipTakenAlong(input: ItemInput, generations: Generations): Verdict | null {
  const holder = generations.find((state) => state.takenAlong.includes(input.inputId));
  if (holder === undefined) return null;
  const takenAlong = holder.takenAlong.filter((id) => id !== input.inputId);
  return { kind: 'absorbed', reason: 'TAKEN_ALONG', states: [{ ...holder, takenAlong }] };
}

function decideRecord(
  input: ItemInput,
  record: SourceRecord,
  generations: Generations,
  pipeline: Pipeline,
  book: WarningBook,
): Verdict {
  const { generation } = pipeline.chooseGeneration(generations, record);
  const before = generations.find((state) => state.generation === generation) ?? null;
  const facts = factsUnder(
    book,
    { facts: before?.facts ?? noFacts, record, sourceUpdatedAt: record.sourceUpdatedAt },
    input.catalogueVersion,
    pipeline,
  );
  const context: ProcessContext = {
    state: before,
    facts,
    catalogueVersion: input.catalogueVersion,
    at: input.at,
  };
  const itemId = before?.itemId ?? itemIdOf(input.baseId, generation);
  const orderKeyAt = before?.orderKeyAt ?? record.reportedAt;
  const outcome = runPipeline(
    pipeline,
    {
      record,
      change: before === null ? 'NEW' : 'CORRECTION',
      generation,
      item: draftItem(record, { itemId, before, input, idReused: generation > 1, pipeline }),
      views: null,
    },
    context,
  );
  if (outcome.kind === 'drop') {
    if (outcome.reason !== 'REDELIVERY' || before === null)
      return { kind: 'absorbed', reason: outcome.reason, states: [] };
    const states = seenAgain(before, record);
    const [seen] = states;
    // Told again under a warning, or no longer under one: the same words, another case.
    if (seen !== undefined && isMoved(book, seen, input.catalogueVersion, pipeline))
      return reevaluate(input, before, seen, pipeline, book);
    return { kind: 'absorbed', reason: outcome.reason, states };
  }
  if (outcome.kind === 'reject') return { kind: 'dead', code: outcome.code, reason: outcome.reason };

  const draft = outcome.value;
  const memory: ItemState = {
    ...(before ?? emptyState(input, itemId, generation, orderKeyAt, record)),
    facts,
    record,
    contentHash: record.contentHash,
    recordVersion: record.recordVersion,
    sourceUpdatedAt: record.sourceUpdatedAt,
    contentRevision: before === null ? 1 : before.contentRevision + (draft.change === 'CORRECTION' ? 1 : 0),
  };
  const decision = settle(input, before, memory, draft, pipeline, standing(before, record));
  if (before !== null || generation === 1) return { kind: 'decided', decision };
  // The first generation remembers how many there are: from it alone all of them can be found.
  const first = generations.find((state) => state.generation === 1)!;
  const states = [{ ...first, generations: generation }, ...decision.states];
  return { kind: 'decided', decision: { ...decision, states } };
}

/**
 * The same content under a newer version changes nothing that is published; but the version is remembered, or an older one with
 * other content, arriving late, would pass for a correction.
 */
function seenAgain(before: ItemState, record: SourceRecord): readonly ItemState[] {
  const recordVersion = record.recordVersion ?? before.recordVersion;
  const sourceUpdatedAt = record.sourceUpdatedAt ?? before.sourceUpdatedAt;
  if (recordVersion === before.recordVersion && sourceUpdatedAt === before.sourceUpdatedAt) return [];
  return [{ ...before, recordVersion, sourceUpdatedAt }];
}

function decideReclass(
  input: ItemInput,
  reclass: NonNullable<ItemInput['reclass']>,
  generations: Generations,
  pipeline: Pipeline,
  book: WarningBook,
): Verdict {
  const before = generations.find((state) => state.itemId === reclass.itemId);
  if (before === undefined) return noSuchItem(reclass.itemId, 'reclass');
  if (before.appliedIds.includes(input.inputId)) return alreadyApplied;
  const memory: ItemState = {
    ...before,
    personClass: {
      itemClass: reclass.itemClass,
      actor: reclass.actor,
      reason: reclass.reason,
      at: input.at,
      inputId: input.inputId,
    },
    appliedIds: remember(before.appliedIds, input.inputId),
  };
  return reevaluate(input, before, memory, pipeline, book);
}

function decideDepartmentEvent(
  input: ItemInput,
  event: NonNullable<ItemInput['departmentEvent']>,
  generations: Generations,
  pipeline: Pipeline,
  book: WarningBook,
): Verdict {
  const before = generations.find((state) => state.itemId === event.itemId);
  if (before === undefined) return noSuchItem(event.itemId, event.type);
  if (before.appliedIds.includes(input.inputId)) return alreadyApplied;
  const status = statusAfter(before.status, event.type);
  const count = (type: string) => (status !== null && event.type === type ? 1 : 0);
  const signs = event.type === 'SIGNED' && status !== null && !before.signedBy.includes(event.organisation);
  const memory: ItemState = {
    ...before,
    status: status ?? before.status,
    signedBy: signs ? [...before.signedBy, event.organisation] : before.signedBy,
    closedAt: status === null ? before.closedAt : closedAfter(before.closedAt, event.type, event.at),
    facts: {
      ...before.facts,
      returns: before.facts.returns + count('RETURNED'),
      reopenings: before.facts.reopenings + count('REOPENED'),
      notSolved: before.facts.notSolved + count('VERIFIED_BAD'),
    },
    appliedIds: remember(before.appliedIds, input.inputId),
  };
  return reevaluate(input, before, memory, pipeline, book);
}

const closedAfter = (closedAt: number | null, event: string, at: number): number | null =>
  event === 'CLOSED' ? at : event === 'REOPENED' ? null : closedAt;

/**
 * The look itself needs the index: the batch does it for all of its items at once (linking.ts). An entry that another linker has
 * made is made anew first. An item that has no state looks for itself when it comes.
 */
function decideReassess(
  input: ItemInput,
  itemId: string,
  generations: Generations,
  pipeline: Pipeline,
  book: WarningBook,
): Verdict {
  const state = generations.find((known) => known.itemId === itemId);
  if (state === undefined) return { kind: 'absorbed', reason: 'NO_ITEM', states: [] };
  if (state.entry?.linkerVersion === pipeline.linker.version)
    return { kind: 'absorbed', reason: 'LOOKED_AGAIN', states: [] };
  return reevaluate({ ...input, catalogueVersion: state.catalogueVersion }, state, state, pipeline, book);
}

/** Its place in a cluster: a member follows the primary, a primary carries the voices of all (design.md §4 point 5). */
function decideCluster(
  input: ItemInput,
  { itemId, membership }: NonNullable<ItemInput['cluster']>,
  generations: Generations,
  pipeline: Pipeline,
  book: WarningBook,
): Verdict {
  const before = generations.find((state) => state.itemId === itemId);
  if (before === undefined) return noSuchItem(itemId, 'cluster');
  if (membership.epoch <= (before.membership?.epoch ?? 0))
    return { kind: 'absorbed', reason: 'SUPERSEDED', states: [] };
  const memory: ItemState = {
    ...before,
    membership,
    facts: {
      ...before.facts,
      distinctReporters7d: membership.reporters7d,
      memberClass: membership.memberClass,
    },
  };
  // The resolver knows no catalogue: the item is judged by the version of its own last input.
  return reevaluate({ ...input, catalogueVersion: before.catalogueVersion }, before, memory, pipeline, book);
}

/** A person's word on a pair is kept by the pair's owner, whatever the scores say later. */
function decidePairWord(
  input: ItemInput,
  pairWord: NonNullable<ItemInput['pairWord']>,
  generations: Generations,
  pipeline: Pipeline,
  book: WarningBook,
): Verdict {
  const { itemId, otherId, word, actor, assignee, reason } = pairWord;
  const before = generations.find((state) => state.itemId === itemId);
  if (before === undefined) return noSuchItem(itemId, 'a word on a pair');
  if (before.appliedIds.includes(input.inputId)) return alreadyApplied;
  const others = before.pairWords.filter((said) => said.otherId !== otherId);
  const pairWords = [...others, { otherId, word, actor, assignee, reason, at: input.at }];
  const memory: ItemState = {
    ...before,
    pairWords: pairWords.sort((a, b) => (a.otherId < b.otherId ? -1 : 1)),
    appliedIds: remember(before.appliedIds, input.inputId),
  };
  return reevaluate(input, before, memory, pipeline, book);
}

/** Its warnings may have changed. The book knows no catalogue: the item is judged by the version of its own last input. */
function decideWarning(
  given: ItemInput,
  itemId: string,
  generations: Generations,
  pipeline: Pipeline,
  book: WarningBook,
): Verdict {
  const before = generations.find((state) => state.itemId === itemId);
  if (before === undefined) return { kind: 'absorbed', reason: 'NO_ITEM', states: [] };
  const input = { ...given, catalogueVersion: before.catalogueVersion };
  if (!isMoved(book, before, input.catalogueVersion, pipeline))
    return { kind: 'absorbed', reason: 'NOT_CONCERNED', states: [] };
  return reevaluate(input, before, before, pipeline, book);
}

type Told = Pick<ItemState, 'facts' | 'record' | 'sourceUpdatedAt'>;

/** What is known of the item, with the warnings of this book. */
function factsUnder(
  book: WarningBook,
  { facts, record, sourceUpdatedAt }: Told,
  catalogueVersion: string,
  pipeline: Pipeline,
): Facts {
  if (book.known.length === 0 && facts.warnings.length === 0) return facts;
  const toldAt = sourceUpdatedAt ?? record.reportedAt;
  const warnings = pipeline.warnings.concerning(record, toldAt, book.known, catalogueVersion);
  return { ...facts, warnings, warningsVersion: book.version };
}

/** Do other warnings concern the item by this book than by that of its last decision? */
function isMoved(book: WarningBook, told: Told, catalogueVersion: string, pipeline: Pipeline): boolean {
  const { warnings } = factsUnder(book, told, catalogueVersion, pipeline);
  return shown(warnings) !== shown(told.facts.warnings);
}

const shown = (warnings: Facts['warnings']): string =>
  warnings.map(({ warningId, type, level, area }) => `${warningId} ${type} ${level} ${area}`).join();

/** The pairs that an item was found to own. Published where they change what it is linked to. */
export function decidePairs(
  input: ItemInput,
  before: ItemState,
  pairs: readonly Pair[],
  pipeline: Pipeline,
  book: WarningBook = noWarnings,
): Verdict {
  if (pairs === before.pairs) return { kind: 'absorbed', reason: 'LOOKED_AGAIN', states: [] };
  const memory: ItemState = { ...before, pairs };
  const linked = (state: ItemState): string =>
    linksOf(state)
      .map(({ itemId, relation, decidedBy }) => `${itemId} ${relation} ${decidedBy}`)
      .join();
  return linked(memory) === linked(before)
    ? { kind: 'absorbed', reason: 'LOOKED_AGAIN', states: [memory] }
    : reevaluate(input, before, memory, pipeline, book);
}

const alreadyApplied: Verdict = { kind: 'absorbed', reason: 'ALREADY_APPLIED', states: [] };

const noSuchItem = (itemId: string, what: string): Verdict => ({
  kind: 'dead',
  code: 'HUB_INPUT_NO_SUCH_ITEM',
  reason: `${what}: item ${itemId} is not known under this base record`,
});

const remember = (ids: readonly string[], id: string): string[] => [...ids, id].slice(-rememberedCommands);

/** The same record under changed facts or a person's word. */
function reevaluate(
  input: ItemInput,
  before: ItemState,
  given: ItemState,
  pipeline: Pipeline,
  book: WarningBook,
): Verdict {
  const memory: ItemState = {
    ...given,
    facts: factsUnder(book, given, input.catalogueVersion, pipeline),
  };
  const context: ProcessContext = {
    state: memory,
    facts: memory.facts,
    catalogueVersion: input.catalogueVersion,
    at: input.at,
  };
  const { itemId, generation, record } = memory;
  const item = draftItem(record, { itemId, before: memory, input, idReused: generation > 1, pipeline });
  const draft: Draft = { record, change: 'REEVALUATION', generation, item, views: null };
  const outcome = runPipeline(pipeline, draft, context);
  if (outcome.kind === 'drop') return { kind: 'absorbed', reason: outcome.reason, states: [memory] };
  if (outcome.kind === 'reject') return { kind: 'dead', code: outcome.code, reason: outcome.reason };
  const decision = settle(input, before, memory, outcome.value, pipeline, memory.status);
  return { kind: 'decided', decision };
}

function runPipeline(pipeline: Pipeline, first: Draft, context: ProcessContext) {
  let draft = first;
  for (const processor of pipeline.processors) {
    const outcome = processor.process(draft, context);
    if (outcome.kind !== 'next') return outcome;
    draft = outcome.value;
  }
  return { kind: 'next', value: draft } as const;
}

function emptyState(
  input: ItemInput,
  itemId: string,
  generation: number,
  orderKeyAt: number,
  record: SourceRecord,
): ItemState {
  return {
    itemId,
    baseId: input.baseId,
    generation,
    generations: generation,
    contentRevision: 0,
    revision: 0,
    eventSeq: 0,
    recordVersion: null,
    sourceUpdatedAt: null,
    contentHash: '',
    orderKeyAt,
    status: 'RECEIVED',
    signedBy: [],
    catalogueVersion: input.catalogueVersion,
    origin: input.origin,
    record,
    facts: noFacts,
    personClass: null,
    suggestedClass: null,
    previousClass: null,
    itemClass: 'UNCLASSIFIED',
    procedure: 'NONE',
    firedRules: [],
    leadDepartment: '',
    coDepartments: [],
    level: 'DISTRICT',
    departments: [],
    deliveredAt: null,
    publishedDigest: '',
    appliedIds: [],
    takenAlong: [],
    firstIngestedAt: record.ingestedAt,
    closedAt: null,
    ownClass: 'UNCLASSIFIED',
    entry: null,
    pairs: [],
    pairWords: [],
    membership: null,
    unlinked: null,
  };
}
