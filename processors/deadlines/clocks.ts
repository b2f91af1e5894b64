import type { Deadlines, Item } from '../../schemas/types.ts';
import type { Sla, Span } from '../catalogue/index.ts';
import type { Calendar, Moment } from './calendar.ts';

/** When the clocks start, ms. */
export interface Starts {
  /** Delivery to the lead: its own clocks, sign and contact. Null: it was never sent out, so they do not run. */
  readonly deliveredAt: number | null;
  /** The citizen's clocks, accept and resolve. */
  readonly reportedAt: number;
}

export type ClockName = keyof Pick<Deadlines, 'signBy' | 'contactBy' | 'acceptBy' | 'resolveBy'>;

export type Clocks = Readonly<Record<ClockName, Moment | null>>;

/** The due times of one rule; null where it has no such clock or the clock does not run. */
export function clocksOf(sla: Sla, calendar: Calendar, starts: Starts, ext: Item['ext']): Clocks {
  const due = (from: number | null, span: Span | null): Moment | null =>
    from === null || span === null ? null : calendar.after(from, span);
  const acceptBy = due(starts.reportedAt, sla.accept);
  const limit = { ...sla.resolve, amount: sourceLimit(sla, ext) ?? sla.resolve.amount };
  const first = sla.resolve.after === 'accept' ? acceptBy : null;
  const last = calendar.after(first?.at ?? starts.reportedAt, limit);
  return {
    signBy: due(starts.deliveredAt, sla.sign),
    contactBy: due(starts.deliveredAt, sla.contact),
    acceptBy,
    resolveBy: { at: last.at, provisional: last.provisional || first?.provisional === true },
  };
}

/** A source's own limit: a whole number from 1 to 999; anything else counts as not given. */
function sourceLimit({ resolve }: Sla, ext: Item['ext']): number | null {
  const said = resolve.sourceLimit === undefined ? undefined : ext[resolve.sourceLimit]?.trim();
  return said !== undefined && /^0*[1-9]\d{0,2}$/.test(said) ? Number(said) : null;
}
