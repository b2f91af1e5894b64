import { draw, drawInt } from './draw.ts';
import { dashed, type RowState, renderRow } from './render.ts';
import type { Table } from './table.ts';
import { nameOf, type Told } from './tellings.ts';

interface Step {
  /** ms on the axis of the stories. */
  readonly at: number;
  readonly told: Told;
  readonly serial: number;
  /** Changes to the row; the first step of a telling makes it. */
  readonly change: Partial<Pick<RowState, 'status' | 'corrected'>>;
}

const [minuteMs, hourMs, dayMs] = [60_000, 3_600_000, 86_400_000];
/** Between the last telling of the stories and their first one told again. */
const pauseMs = 6 * hourMs;

export interface CityOptions {
  readonly seed: number;
  /** How many times faster than in life the stories are told. */
  readonly speed: number;
  /** When the first telling appears, ms. */
  readonly base: number;
}

/**
 * The stories, told into a table, again and again with new numbers. The speed shortens the time *between* tellings and between
 * the changes of one; the times a row shows are those of the real clock, so that it never lies in the reader's future.
 */
export class City {
  readonly #told: readonly Told[];
  readonly #options: CityOptions;
  readonly #table: Table;
  readonly #rows = new Map<number, RowState>();
  #due: Step[] = [];
  #loops = 0;

  constructor(told: readonly Told[], table: Table, options: CityOptions) {
    this.#told = told;
    this.#table = table;
    this.#options = options;
  }

  /** Real time of the last change that the first round of the stories brings, ms. */
  get firstLoopEnds(): number {
    return this.#realTime(Math.max(...this.#stepsOf(0).map(({ at }) => at)));
  }

  /** Brings the table up to `now` (ms). @param loops how often the stories are told at most. */
  advanceTo(now: number, loops = Number.POSITIVE_INFINITY): void {
    while (this.#loops < loops && this.#realTime(this.#start + this.#loops * this.#period) <= now) {
      this.#due = [...this.#due, ...this.#stepsOf(this.#loops++)].sort(
        (a, b) => a.at - b.at || a.serial - b.serial,
      );
    }
    let done = 0;
    for (const step of this.#due) {
      if (this.#realTime(step.at) > now) break;
      this.#apply(step);
      done += 1;
    }
    if (done > 0) this.#due = this.#due.slice(done);
  }

  get #start(): number {
    return this.#told[0]?.at ?? 0;
  }

  get #period(): number {
    return (this.#told.at(-1)?.at ?? 0) - this.#start + pauseMs;
  }

  #realTime(at: number): number {
    return this.#options.base + Math.floor((at - this.#start) / this.#options.speed);
  }

  #apply({ at, told, serial, change }: Step): void {
    // Never before what is already shown: the table's clock does not run backwards.
    const updatedAt = Math.max(this.#realTime(at), this.#table.newest);
    const before = this.#rows.get(serial);
    const id =
      before?.id ??
      `TS${dashed(updatedAt).slice(0, 10).replaceAll('-', '')}${String(serial + 1).padStart(4, '0')}`;
    const fresh: RowState = { id, createdAt: updatedAt, updatedAt, status: '0', corrected: false };
    const state: RowState = { ...fresh, ...before, ...change, updatedAt };
    if (state.status === '2' || state.status === '9') this.#rows.delete(serial);
    else this.#rows.set(serial, state);
    this.#table.put({ id, updatedAt, text: renderRow(this.#options.seed, told, state) });
  }

  #stepsOf(loop: number): Step[] {
    return this.#told.flatMap((told, index) => {
      const serial = loop * this.#told.length + index;
      const first = told.at + loop * this.#period;
      return stepsOf(this.#options.seed, told, loop).map((step) => ({
        ...step,
        told,
        serial,
        at: first + step.after,
      }));
    });
  }
}

/** Of a hundred tellings some eight are corrected, five saved again without a change, four refused; the others are handled. */
function stepsOf(
  seed: number,
  told: Told,
  loop: number,
): readonly { readonly after: number; readonly change: Step['change'] }[] {
  const key = `${nameOf(told)}#${loop}`;
  const within = (what: string, from: number, to: number) => drawInt(from, to, seed, key, what);
  const signed = within('signed', 30 * minuteMs, 10 * hourMs);
  const refused = draw(seed, key, 'refused') < 0.04;
  const closed = signed + within('closed', dayMs, 6 * dayMs);
  return [
    { after: 0, change: {} },
    { after: signed, change: { status: refused ? '9' : '1' } },
    ...(refused ? [] : [{ after: closed, change: { status: '2' } as const }]),
    ...(draw(seed, key, 'corrected') < 0.08
      ? [{ after: within('correction', minuteMs, signed - 1), change: { corrected: true } }]
      : []),
    ...(draw(seed, key, 'touched') < 0.05
      ? [{ after: within('touch', minuteMs, signed - 1), change: {} }]
      : []),
  ];
}
