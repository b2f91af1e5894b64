import type { Item, ItemEvent, ItemInput, ItemState, SourceRecord } from '../../schemas/types.ts';
import { type ErrorCode, HubError } from '../errors.ts';
import type { DropReason } from '../outcome.ts';
import { type Draft, noFacts, type Pipeline, type ProcessContext, type Views } from '../processor.ts';
import { draftItem } from './draft-item.ts';
import { eventsOf } from './events.ts';
import { itemIdOf } from './ids.ts';
import {
  awaitsSignature,
  deliveryTo,
  isEnded,
  standing,
  statusAfter,
  statusOfProcedure,
} from './lifecycle.ts';
import { publishedDigest } from './published.ts';

/** All generations of one base record, the first one first. Empty: the hub has never seen the record. */
export type Generations = readonly ItemState[];

/** A record that leaves an organisation's topic. */
export interface Removal {
  readonly organisation: string;
  readonly item: Item;
}

/** What one input makes of an item: the new memory, and everything that is to be published with it. */
export interface Decision {
  /** States that changed; stored under their item ids. */
  readonly states: readonly ItemState[];
  /** Null when the masked item did not change. */
  readonly views: Views | null;
  readonly removals: readonly Removal[];
  readonly events: readonly ItemEvent[];
}

export type Verdict =
  | { readonly kind: 'decided'; readonly decision: Decision }
  | { readonly kind: 'absorbed'; readonly reason: DropReason; readonly states: readonly ItemState[] }
  | { readonly kind: 'dead'; readonly code: ErrorCode; readonly reason: string };

/** External commands remembered per item, so that a command sent twice is applied once. */
const rememberedCommands = 64;

/**
 * The item writer's judgement: one input against everything the hub remembers of its base record. Pure: no clock, no I/O;
 * "now" is the input's own time.
 */
export function decide(input: ItemInput, generations: Generations, pipeline: Pipeline): Verdict {
  const skipped = skipTakenAlong(input, generations);
  if (skipped !== null) return skipped;
  switch (input.kind) {
    case 'SOURCE_RECORD':
      return input.sourceRecord === null
        ? missing(input)
        : decideRecord(input, input.sourceRecord, generations, pipeline);
    case 'RECLASS':
      return input.reclass === null
        ? missing(input)
        : decideReclass(input, input.reclass, generations, pipeline);
    case 'DEPARTMENT_EVENT':
      return input.departmentEvent === null
        ? missing(input)
        : decideDepartmentEvent(input, input.departmentEvent, generations, pipeline);
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
): Verdict {
  const { generation } = pipeline.chooseGeneration(generations, record);
  const before = generations.find((state) => state.generation === generation) ?? null;
  const facts = before?.facts ?? noFacts;
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
    const states = outcome.reason === 'REDELIVERY' && before !== null ? seenAgain(before, record) : [];
    return { kind: 'absorbed', reason: outcome.reason, states };
  }
  if (outcome.kind === 'reject') return { kind: 'dead', code: outcome.code, reason: outcome.reason };

  const draft = outcome.value;
  const memory: ItemState = {
    ...(before ?? emptyState(input, itemId, generation, orderKeyAt, record)),
    record,
    contentHash: record.contentHash,
    recordVersion: record.recordVersion,
    sourceUpdatedAt: record.sourceUpdatedAt,
    contentRevision: before === null ? 1 : before.contentRevision + (draft.change === 'CORRECTION' ? 1 : 0),
  };
  const decided = settle(input, before, memory, draft, pipeline, standing(before, record));
  if (before !== null || generation === 1) return decided;
  // The first generation remembers how many there are: from it alone all of them can be found.
  const first = generations.find((state) => state.generation === 1)!;
  const states = [{ ...first, generations: generation }, ...decided.decision.states];
  return { kind: 'decided', decision: { ...decided.decision, states } };
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
  return reevaluate(input, before, memory, pipeline);
}

function decideDepartmentEvent(
  input: ItemInput,
  event: NonNullable<ItemInput['departmentEvent']>,
  generations: Generations,
  pipeline: Pipeline,
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
    facts: {
      ...before.facts,
      returns: before.facts.returns + count('RETURNED'),
      reopenings: before.facts.reopenings + count('REOPENED'),
      notSolved: before.facts.notSolved + count('VERIFIED_BAD'),
    },
    appliedIds: remember(before.appliedIds, input.inputId),
  };
  return reevaluate(input, before, memory, pipeline);
}

const alreadyApplied: Verdict = { kind: 'absorbed', reason: 'ALREADY_APPLIED', states: [] };

const noSuchItem = (itemId: string, what: string): Verdict => ({
  kind: 'dead',
  code: 'HUB_INPUT_NO_SUCH_ITEM',
  reason: `${what}: item ${itemId} is not known under this base record`,
});

const remember = (ids: readonly string[], id: string): string[] => [...ids, id].slice(-rememberedCommands);

/** The same record under changed facts or a person's word. */
function reevaluate(input: ItemInput, before: ItemState, memory: ItemState, pipeline: Pipeline): Verdict {
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
  return settle(input, before, memory, outcome.value, pipeline, memory.status);
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

/**
 * Turns a judged draft into the item's new memory and what is published. `before` is the memory as it was read,
 * `memory` the one with the input's own changes.
 */
function settle(
  input: ItemInput,
  before: ItemState | null,
  memory: ItemState,
  draft: Draft,
  pipeline: Pipeline,
  stands: string,
): Extract<Verdict, { kind: 'decided' }> {
  const { classification, route } = draft.item;
  const status = awaitsSignature(stands) ? statusOfProcedure(classification.procedure) : stands;
  const holders = organisationsHolding(memory, draft, status);
  const left = memory.departments.filter((organisation) => !holders.includes(organisation));

  const state: ItemState = {
    ...memory,
    status,
    catalogueVersion: input.catalogueVersion,
    itemClass: classification.itemClass,
    previousClass: classification.previousClass,
    procedure: classification.procedure,
    suggestedClass: pipeline.suggestedClass(draft),
    firedRules: classification.reasons.map((reason) => reason.ruleId),
    leadDepartment: route.leadDepartment,
    coDepartments: route.coDepartments,
    level: route.level,
    departments: holders,
    signedBy: memory.signedBy.filter((organisation) => !left.includes(organisation)),
    deliveredAt: deliveryTo(route.leadDepartment, before, isEnded(status), input.at),
  };
  const views = viewsOf(draft, state);
  const digest = publishedDigest(views);
  const changed = digest !== memory.publishedDigest;
  const revision = memory.revision + (changed ? 1 : 0);
  const events = eventsOf({ input, before, state, draft, revision: changed ? revision : null, left });
  const eventSeq = memory.eventSeq + events.length;

  return {
    kind: 'decided',
    decision: {
      states: [{ ...state, revision, eventSeq, publishedDigest: digest }],
      views: changed ? withRevision(views, revision) : null,
      removals: left.map((organisation) => ({
        organisation,
        item: removedItem(views.unified, revision, state, input),
      })),
      events,
    },
  };
}

/**
 * Who has the item on its topic. An item that was over when it reached the hub is nobody's work; one that ends later stays
 * where it is, so that its organisations see the end.
 */
function organisationsHolding(memory: ItemState, draft: Draft, status: string): string[] {
  const views = judgedViews(draft).departments;
  if (isEnded(status)) return memory.departments.filter((organisation) => views.has(organisation));
  return [...views.keys()];
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
  };
}

/** What is published: the views of the holders, with the status, which is known only after the route. */
function viewsOf(draft: Draft, state: ItemState): Views {
  const { unified, departments } = judgedViews(draft);
  const held = new Map([...departments].filter(([organisation]) => state.departments.includes(organisation)));
  return mapViews({ unified, departments: held }, (item) => ({
    ...item,
    status: state.status,
    contentRevision: state.contentRevision,
  }));
}

/** The last processor masks; a pipeline without one must not publish anything unmasked. */
function judgedViews(draft: Draft): Views {
  if (draft.views === null)
    throw new HubError('HUB_INTERNAL', 'the pipeline ended without views: its last processor must mask');
  return draft.views;
}

const withRevision = (views: Views, revision: number): Views =>
  mapViews(views, (item) => ({ ...item, revision }));

/** Views that are one object stay one object: they are encoded once. */
function mapViews(views: Views, change: (item: Item) => Item): Views {
  const changed = new Map<Item, Item>();
  const once = (item: Item): Item => {
    let copy = changed.get(item);
    if (copy === undefined) {
      copy = change(item);
      changed.set(item, copy);
    }
    return copy;
  };
  const departments = new Map<string, Item>();
  for (const [organisation, item] of views.departments) departments.set(organisation, once(item));
  return { unified: once(views.unified), departments };
}

/** The last record on the topic of an organisation that the item leaves: that it left and where to, nothing of what it says. */
function removedItem(unified: Item, revision: number, state: ItemState, input: ItemInput): Item {
  const reason = input.kind === 'RECLASS' ? 'RECLASSED' : 'REROUTED';
  return {
    ...unified,
    revision,
    title: '',
    body: '',
    attachments: [],
    place: {
      ...unified.place,
      address: null,
      premise: null,
      lon: null,
      lat: null,
      rawX: null,
      rawY: null,
      assetId: null,
    },
    statusNotes: null,
    ext: {},
    classification: { ...unified.classification, reasons: [] },
    reporter: { ...unified.reporter, ref: null, nameMasked: null, phoneMasked: null, contactRef: null },
    subject: null,
    removed: { reason, to: state.leadDepartment, at: input.at },
  };
}
