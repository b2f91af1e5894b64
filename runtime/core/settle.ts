import type { Item, ItemEvent, ItemInput, ItemState } from '../../schemas/types.ts';
import { HubError } from '../errors.ts';
import type { Draft, Linker, Pipeline, Views } from '../processor.ts';
import { eventsOf } from './events.ts';
import {
  awaitsSignature,
  closedAtOf,
  deliveryTo,
  isEnded,
  isLinked,
  statusOfProcedure,
} from './lifecycle.ts';
import { nextEntry } from './pairs.ts';
import { type WrittenViews, writeViews } from './published.ts';

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
  readonly views: WrittenViews | null;
  readonly removals: readonly Removal[];
  readonly events: readonly ItemEvent[];
}

/**
 * Turns a judged draft into the item's new memory and what is published. `before` is the memory as it was read,
 * `memory` the one with the input's own changes.
 */
export function settle(
  input: ItemInput,
  before: ItemState | null,
  memory: ItemState,
  draft: Draft,
  pipeline: Pipeline,
  stands: string,
): Decision {
  const { classification, route } = draft.item;
  const status = awaitsSignature(stands) ? statusOfProcedure(classification.procedure) : stands;
  const linked = isLinked(memory);
  const holders = linked ? [] : organisationsHolding(memory, draft, status);
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
    // Who has signed a member is asked again when it is un-linked.
    signedBy: linked
      ? memory.signedBy
      : memory.signedBy.filter((organisation) => !left.includes(organisation)),
    deliveredAt: deliveryTo(route.leadDepartment, before, linked || isEnded(status), input.at),
    ownClass: pipeline.ownClass(draft),
    entry: entryAfter(before, memory, draft, input.catalogueVersion, pipeline.linker),
  };
  // Whether there is a next revision is known when it is written.
  const next = memory.revision + 1;
  const views = writeViews(viewsOf(draft, state, next));
  const changed = views.digest !== memory.publishedDigest;
  const revision = changed ? next : memory.revision;
  const events = eventsOf({ input, before, state, draft, revision: changed ? revision : null, left });
  const eventSeq = memory.eventSeq + events.length;

  return {
    states: [{ ...state, revision, eventSeq, publishedDigest: views.digest }],
    views: changed ? views : null,
    removals: left.map((organisation) => ({
      organisation,
      item: removedItem(views.unified, revision, state, input),
    })),
    events,
  };
}

/** Features are made anew only where something that they are made from has changed: reading a text costs more than the rest. */
function entryAfter(
  before: ItemState | null,
  memory: ItemState,
  draft: Draft,
  catalogueVersion: string,
  linker: Linker,
): ItemState['entry'] {
  const closedAt = closedAtOf(memory);
  const isCurrent =
    before?.entry?.linkerVersion === linker.version &&
    before.contentHash === memory.contentHash &&
    before.catalogueVersion === catalogueVersion &&
    closedAtOf(before) === closedAt;
  return isCurrent ? before.entry : nextEntry(memory.entry, linker.features(draft, closedAt), linker.version);
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

/** What is published: the views of the holders, with the status, which is known only after the route. */
function viewsOf(draft: Draft, state: ItemState, revision: number): Views {
  const { unified, departments } = judgedViews(draft);
  const held = new Map([...departments].filter(([organisation]) => state.departments.includes(organisation)));
  return mapViews({ unified, departments: held }, (item) => ({
    ...item,
    status: isLinked(state) ? 'LINKED' : state.status,
    contentRevision: state.contentRevision,
    revision,
  }));
}

/** The last processor masks; a pipeline without one must not publish anything unmasked. */
function judgedViews(draft: Draft): Views {
  if (draft.views === null)
    throw new HubError('HUB_INTERNAL', 'the pipeline ended without views: its last processor must mask');
  return draft.views;
}

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
  const linked = isLinked(state);
  const reason = linked ? 'LINKED' : input.kind === 'RECLASS' ? 'RECLASSED' : 'REROUTED';
  const to = linked ? state.membership!.primaryItemId : state.leadDepartment;
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
    removed: { reason, to, at: input.at },
  };
}
