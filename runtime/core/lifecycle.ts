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
