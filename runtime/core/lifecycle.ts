import type { ItemState, SourceRecord } from '../../schemas/types.ts';

/**
 * States of an item and the events that move it (domain.md §7), as one table. Pure; links and supervision add their
 * rows with their issues.
 */
export type Status =
  | 'RECEIVED'
  | 'REJECTED'
  | 'DISPATCHED'
  | 'TRANSFERRED'
  | 'SUBMITTED'
  | 'SIGNED'
  | 'RETURNED'
  | 'IN_PROGRESS'
  | 'SUSPENDED'
  | 'FEEDBACK_GIVEN'
  | 'VERIFIED'
  | 'CLOSED'
  | 'ARCHIVED'
  | 'WITHDRAWN';

/** Waiting for the organisation it was sent to. Here, and only here, the status follows the procedure. */
const sent: readonly Status[] = ['DISPATCHED', 'TRANSFERRED', 'SUBMITTED'];
/** An organisation has taken it on, or gone further. */
const taken: readonly Status[] = [
  'SIGNED',
  'IN_PROGRESS',
  'SUSPENDED',
  'FEEDBACK_GIVEN',
  'VERIFIED',
  'CLOSED',
  'ARCHIVED',
];
const ended: readonly Status[] = ['REJECTED', 'CLOSED', 'ARCHIVED', 'WITHDRAWN'];

interface Step {
  readonly from: readonly Status[];
  readonly to: Status;
}

const steps: Readonly<Record<string, Step>> = {
  REJECTED: { from: ['RECEIVED'], to: 'REJECTED' },
  SIGNED: { from: sent, to: 'SIGNED' },
  RETURNED: { from: [...sent, 'SIGNED'], to: 'RETURNED' },
  STARTED: { from: ['SIGNED'], to: 'IN_PROGRESS' },
  CONTACTED: { from: ['SIGNED', 'IN_PROGRESS'], to: 'IN_PROGRESS' },
  SUSPENDED: { from: ['IN_PROGRESS'], to: 'SUSPENDED' },
  RESUMED: { from: ['SUSPENDED'], to: 'IN_PROGRESS' },
  FEEDBACK: { from: ['SIGNED', 'IN_PROGRESS'], to: 'FEEDBACK_GIVEN' },
  VERIFIED_OK: { from: ['FEEDBACK_GIVEN'], to: 'VERIFIED' },
  VERIFIED_BAD: { from: ['FEEDBACK_GIVEN'], to: 'IN_PROGRESS' },
  CLOSED: { from: ['VERIFIED'], to: 'CLOSED' },
  REOPENED: { from: ['CLOSED'], to: 'IN_PROGRESS' },
  ARCHIVED: { from: ['CLOSED'], to: 'ARCHIVED' },
};

/** The state after `event`, or null where the table does not allow it: then the event is kept and marked late. */
export function statusAfter(status: string, event: string): Status | null {
  const step = steps[event];
  return step?.from.includes(status as Status) ? step.to : null;
}

/** Status of an item that has been routed and waits to be signed. */
export function statusOfProcedure(procedure: string): Status {
  switch (procedure) {
    case 'DISPATCH':
      return 'DISPATCHED';
    case 'TRANSFER':
      return 'TRANSFERRED';
    case 'SUPERVISE':
      return 'SUBMITTED';
    default:
      return 'RECEIVED';
  }
}

/** May a new decision move the item to the status of its procedure? Once work has begun the state stays (domain.md §7 RECLASSED). */
export const awaitsSignature = (status: string): boolean =>
  status === 'RECEIVED' || status === 'RETURNED' || sent.includes(status as Status);

/** Over and done: the organisations keep their record, but nothing is sent to new ones as work. */
export const isEnded = (status: string): boolean => ended.includes(status as Status);

/** Over at its source when the hub first saw it, and never sent out. */
export const isSleeping = ({ status, deliveredAt }: Pick<ItemState, 'status' | 'deliveredAt'>): boolean =>
  isEnded(status) && deliveredAt === null;

/** Has an organisation signed it, or gone further, by the item's own events? What its cluster does to it is left out. */
export const isTaken = (state: Pick<ItemState, 'status' | 'deliveredAt'>): boolean =>
  taken.includes(state.status as Status) && !isSleeping(state);

/** Follows the primary of its cluster: no organisation has it as work (domain.md §7 LINKED). Its own status goes on beneath. */
export const isLinked = (state: Pick<ItemState, 'itemId' | 'membership'> | null): boolean =>
  state?.membership != null && state.membership.primaryItemId !== state.itemId;

/** When the matter was closed, ms: by its organisation, else as its source says; null while it is open. */
export const closedAtOf = ({ closedAt, record }: Pick<ItemState, 'closedAt' | 'record'>): number | null =>
  closedAt ?? (record.sourceEvent === 'CLOSED' ? (record.sourceUpdatedAt ?? record.reportedAt) : null);

/** Domain.md §7 ANSWERED_AT_SOURCE, REJECTED: a record that is already over at its source when the hub first sees it. */
function statusAtSource({ sourceEvent }: Pick<SourceRecord, 'sourceEvent'>): Status | null {
  return sourceEvent === 'CLOSED' || sourceEvent === 'REJECTED' ? sourceEvent : null;
}

/**
 * Where an item stands when a record of it arrives, before its procedure is known. What was over when it came and was never
 * sent out, and is open again at its source, is work after all.
 */
export function standing(
  before: Pick<ItemState, 'status' | 'deliveredAt'> | null,
  record: Pick<SourceRecord, 'sourceEvent'>,
): string {
  const over = statusAtSource(record);
  if (before === null) return over ?? 'RECEIVED';
  return isSleeping(before) && over === null ? 'RECEIVED' : before.status;
}

/**
 * When an item came to `lead`, ms; null when it never was anybody's work. An item that stays with its lead, or rests (has
 * ended, or follows a primary), is not delivered again; a lead that gets it new has it since `at`.
 */
export function deliveryTo(
  lead: string,
  before: Pick<ItemState, 'leadDepartment' | 'departments' | 'deliveredAt'> | null,
  rests: boolean,
  at: number,
): number | null {
  const known = before?.deliveredAt ?? null;
  const keeps = before !== null && before.leadDepartment === lead && before.departments.includes(lead);
  return rests || (keeps && known !== null) ? known : at;
}
