import type { ItemEvent, ItemInput, ItemState } from '../../schemas/types.ts';
import type { Draft } from '../processor.ts';
import { uuidOf } from './ids.ts';
import { isLinked, statusAfter } from './lifecycle.ts';

interface Step {
  readonly type: string;
  readonly at?: number;
  readonly actorKind: ItemEvent['actorKind'];
  readonly actor: string;
  readonly reason?: string | null;
  readonly evidence?: readonly string[];
  readonly late?: boolean;
  readonly data?: Readonly<Record<string, string>>;
}

interface Settled {
  readonly input: ItemInput;
  /** Memory before the input; null for a new item. */
  readonly before: ItemState | null;
  readonly state: ItemState;
  readonly draft: Draft;
  /** Revision published with these events; null when none was. */
  readonly revision: number | null;
  /** Organisations that the item leaves. */
  readonly left: readonly string[];
}

/** One event for each step or decision that an input has caused, in order (domain.md §7). */
export function eventsOf(settled: Settled): ItemEvent[] {
  const { input, before, state, revision } = settled;
  const first = before?.eventSeq ?? 0;
  return stepsOf(settled).map((step, index) => ({
    eventId: uuidOf(`event:${state.itemId}/${first + index + 1}`),
    itemId: state.itemId,
    baseId: state.baseId,
    seq: first + index + 1,
    type: step.type,
    at: step.at ?? input.at,
    ingestedAt: input.at,
    actorKind: step.actorKind,
    actor: step.actor,
    reason: step.reason ?? null,
    evidence: [...(step.evidence ?? [])],
    causeId: input.inputId,
    revision,
    late: step.late ?? false,
    traceId: state.record.traceId,
    data: { ...step.data },
  }));
}

function stepsOf(settled: Settled): Step[] {
  return [
    ...causeSteps(settled),
    ...clusterSteps(settled),
    ...classSteps(settled),
    ...routeSteps(settled),
    ...endSteps(settled),
  ];
}

/** What has happened outside: the record, the correction, the department's or person's word. */
function causeSteps({ input, before, state, draft }: Settled): Step[] {
  const { record } = state;
  const source = { actorKind: 'SOURCE', actor: record.system } as const;
  const updatedAt = record.sourceUpdatedAt ?? record.reportedAt;
  if (input.departmentEvent !== null && before !== null) {
    const { type, organisation, actor, at, reason } = input.departmentEvent;
    const late = statusAfter(before.status, type) === null;
    return [
      { type, at, actorKind: 'DEPARTMENT', actor: organisation, reason, late, data: { person: actor } },
    ];
  }
  if (input.pairWord !== null) {
    const { otherId: other, word, actor, assignee, reason } = input.pairWord;
    const data = assignee === null ? { other } : { other, assignee };
    return [{ type: personsSteps[word], actorKind: 'PERSON', actor, reason, data }];
  }
  if (input.kind !== 'SOURCE_RECORD') return [];
  if (before === null) {
    const data = { recordId: record.recordId, rawRef: record.rawRef, channel: record.channel };
    return [{ type: 'ITEM_RECEIVED', at: record.reportedAt, ...source, data }];
  }
  const steps: Step[] = [];
  if (draft.change === 'CORRECTION') {
    steps.push({
      type: 'CORRECTED',
      at: updatedAt,
      ...source,
      data: { contentRevision: String(state.contentRevision), rawRef: record.rawRef },
    });
  }
  if (
    before.record.sourceStatus !== record.sourceStatus ||
    before.record.sourceEvent !== record.sourceEvent
  ) {
    const data: Record<string, string> = {
      from: before.record.sourceStatus ?? '',
      to: record.sourceStatus ?? '',
    };
    if (record.sourceEvent !== null) data.event = record.sourceEvent;
    steps.push({ type: 'SOURCE_STATUS_CHANGED', at: updatedAt, ...source, data });
  }
  return steps;
}

const personsSteps = { LINK: 'LINK_ACCEPTED', UNLINK: 'LINK_REJECTED', NONE: 'REVIEW_ASSIGNED' } as const;

/** The item's way into clusters, between them and out (design.md §4 points 4 and 5). */
function clusterSteps({ input, before, state }: Settled): Step[] {
  if (input.cluster === null || before === null || state.membership === null) return [];
  const hub = { actorKind: 'HUB', actor: 'cluster-resolver' } as const;
  const was = before.membership;
  const { clusterId, primaryItemId, members, reporters } = state.membership;
  const wasLinked = isLinked(before);
  if (isLinked(state)) {
    if (wasLinked && was?.primaryItemId === primaryItemId && was.clusterId === clusterId) return [];
    return [{ type: 'LINKED', ...hub, data: { primary: primaryItemId, clusterId } }];
  }
  const steps: Step[] = [];
  if (wasLinked) steps.push({ type: 'UNLINKED', ...hub, data: { clusterId: was?.clusterId ?? '' } });
  const held = was?.members.length ?? 0;
  if (held > 0 && was?.clusterId !== clusterId) {
    const type = members.length < held ? 'CLUSTER_SPLIT' : 'CLUSTER_MERGED';
    steps.push({ type, ...hub, data: { from: was?.clusterId ?? '', to: clusterId } });
  }
  if (held !== members.length || (was?.reporters ?? 0) !== reporters) {
    const data = { clusterId, members: String(members.length + 1), reporters: String(reporters) };
    steps.push({ type: 'CLUSTER_CHANGED', ...hub, data });
  }
  return steps;
}

function classSteps({ input, before, state, draft }: Settled): Step[] {
  const { classification, category } = draft.item;
  const person = input.kind === 'RECLASS' ? input.reclass : null;
  const changed = before !== null && before.itemClass !== state.itemClass;
  if (before !== null && !changed && person === null) {
    const suggests = state.suggestedClass !== null && state.suggestedClass !== before.suggestedClass;
    return suggests
      ? [
          {
            type: 'LOWER_CLASS_SUGGESTED',
            actorKind: 'HUB',
            actor: 'classify',
            data: { itemClass: state.suggestedClass ?? '' },
          },
        ]
      : [];
  }
  const type = before === null ? 'CLASSIFIED' : changed ? 'RECLASSED' : 'CLASS_CONFIRMED';
  return [
    {
      type,
      ...(person === null
        ? ({ actorKind: 'HUB', actor: 'classify' } as const)
        : ({ actorKind: 'PERSON', actor: person.actor, reason: person.reason } as const)),
      evidence: classification.reasons.map((reason) => `${reason.ruleId}: ${reason.evidence}`),
      data: {
        itemClass: state.itemClass,
        procedure: state.procedure,
        category: category.code,
        catalogueVersion: state.catalogueVersion,
        ...(before === null ? {} : { previousClass: before.itemClass }),
      },
    },
  ];
}

function routeSteps({ before, state, draft, left }: Settled): Step[] {
  const same =
    before !== null &&
    before.leadDepartment === state.leadDepartment &&
    before.level === state.level &&
    before.coDepartments.join() === state.coDepartments.join();
  const steps: Step[] = [];
  if (!same && state.departments.length > 0) {
    steps.push({
      type: before === null ? 'ROUTED' : 'REROUTED',
      actorKind: 'HUB',
      actor: 'route',
      reason: draft.item.route.reason,
      data: {
        lead: state.leadDepartment,
        co: state.coDepartments.join(','),
        level: state.level,
        catalogueVersion: state.catalogueVersion,
      },
    });
  }
  for (const organisation of left) {
    steps.push({
      type: 'WITHDRAWN_FROM_YOU',
      actorKind: 'HUB',
      actor: 'route',
      data: { organisation, to: isLinked(state) ? state.membership!.primaryItemId : state.leadDepartment },
    });
  }
  return steps;
}

/** A record that is over at its source when it reaches the hub: counted, not sent out as work. */
function endSteps({ before, state, draft }: Settled): Step[] {
  if (before !== null) return [];
  const at = draft.record.sourceUpdatedAt ?? draft.record.reportedAt;
  const source = { at, actorKind: 'SOURCE', actor: draft.record.system } as const;
  if (state.status === 'CLOSED')
    return [
      { type: 'ANSWERED_AT_SOURCE', ...source },
      { type: 'CLOSED', ...source },
    ];
  if (state.status === 'REJECTED') return [{ type: 'REJECTED', ...source }];
  return [];
}
