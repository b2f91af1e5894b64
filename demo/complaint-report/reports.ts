import { beijing, two } from '../city/beijing.ts';
import type { CityClock } from '../city/clock.ts';
import { draw, drawInt } from '../city/draw.ts';
import { keyOf, type Occurrence } from '../city/programme.ts';
import { type RowState, renderRow } from './render.ts';
import type { Table } from './table.ts';

interface Step {
  /** ms on the axis of the stories. */
  readonly at: number;
  readonly told: Occurrence;
  /** Changes to the row; the first step of a telling makes it. */
  readonly change: Partial<Pick<RowState, 'status' | 'corrected'>>;
}

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];

export interface ReportsOptions {
  readonly seed: number;
  readonly clock: CityClock;
}

/**
 * What citizens tell the portal, told into its table, with what becomes of each report. Whether a report is corrected, saved again,
 * refused, and when, is drawn by its name: how often anybody looks changes nothing.
 */
export class Reports {
  readonly #options: ReportsOptions;
  readonly #table: Table;
  readonly #rows = new Map<number, RowState>();
  readonly #programme: Iterator<Occurrence>;
  #next: Occurrence | undefined;
  #due: Step[] = [];

  constructor(programme: Iterator<Occurrence>, table: Table, options: ReportsOptions) {
    this.#programme = programme;
    this.#table = table;
    this.#options = options;
    this.#next = this.#take();
  }

  /** Brings the table up to `now` (real time, ms). */
  advanceTo(now: number): void {
    const { clock } = this.#options;
    while (this.#next !== undefined && clock.realTime(this.#next.at) <= now) {
      this.#due.push(...stepsOf(this.#options.seed, this.#next));
      this.#next = this.#take();
    }
    this.#due.sort((a, b) => a.at - b.at || a.told.serial - b.told.serial);
    const waiting = this.#due.findIndex(({ at }) => clock.realTime(at) > now);
    for (const step of this.#due.splice(0, waiting === -1 ? this.#due.length : waiting)) this.#apply(step);
  }

  #take(): Occurrence | undefined {
    const { value, done } = this.#programme.next();
    return done ? undefined : value;
  }

  #apply({ at, told, change }: Step): void {
    const { seed, clock } = this.#options;
    // Never before what is already shown: the table's clock does not run backwards.
    const updatedAt = Math.max(clock.shown(at), this.#table.newest);
    const before = this.#rows.get(told.serial);
    const id = before?.id ?? idOf(clock, told);
    const fresh: RowState = { id, createdAt: updatedAt, updatedAt, status: '0', corrected: false };
    const state: RowState = { ...fresh, ...before, ...change, updatedAt };
    if (state.status === '2' || state.status === '9') this.#rows.delete(told.serial);
    else this.#rows.set(told.serial, state);
    this.#table.put({ id, updatedAt, text: renderRow(seed, told, state) });
  }
}

/** The portal's number of a report: TS202603100047. */
export function idOf(clock: CityClock, { at, serial }: Occurrence): string {
  const { year, month, day } = beijing(clock.shown(at));
  return `TS${year}${two(month)}${two(day)}${String(serial + 1).padStart(4, '0')}`;
}

/** When the last of what becomes of these reports has become, ms on the axis of the stories. */
export const endOf = (seed: number, told: Iterable<Occurrence>): number =>
  [...told].flatMap((one) => stepsOf(seed, one)).reduce((end, { at }) => Math.max(end, at), 0);

/** Of a hundred tellings some eight are corrected, five saved again without a change, four refused; the others are handled. */
function stepsOf(seed: number, told: Occurrence): readonly Step[] {
  const key = keyOf(told);
  const within = (what: string, from: number, to: number) => drawInt(from, to, seed, key, what);
  const signed = within('signed', 30 * minuteMs, 10 * hourMs);
  const refused = draw(seed, key, 'refused') < 0.04;
  const closed = signed + within('closed', dayMs, 6 * dayMs);
  const step = (after: number, change: Step['change']): Step => ({ at: told.at + after, told, change });
  return [
    step(0, {}),
    step(signed, { status: refused ? '9' : '1' }),
    ...(refused ? [] : [step(closed, { status: '2' })]),
    ...(draw(seed, key, 'corrected') < 0.08
      ? [step(within('correction', minuteMs, signed - 1), { corrected: true })]
      : []),
    ...(draw(seed, key, 'touched') < 0.05 ? [step(within('touch', minuteMs, signed - 1), {})] : []),
  ];
}
