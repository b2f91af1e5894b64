export interface ClockOptions {
  /** Real time at which the first telling is told, ms. */
  readonly begin: number;
  /** How many times faster than in life the stories are told. */
  readonly speed: number;
  /**
   * What the city's calendar shows at the beginning, ms; from there it runs at the pace of the stories. Null: the calendar is the real
   * clock, and what lies hours apart in the stories lies seconds apart in the records.
   */
  readonly calendar: number | null;
}

/**
 * The one clock of the city. The stories lie on an axis of their own, ms since the first telling; the clock says when a point of it
 * comes in real time, and which time the records show there. Every system of the city is started with the same three values.
 */
export class CityClock {
  readonly #options: ClockOptions;

  constructor(options: ClockOptions) {
    this.#options = options;
  }

  /** Real time at which the point of the axis comes, ms. */
  realTime(at: number): number {
    return this.#options.begin + Math.floor(at / this.#options.speed);
  }

  /** Time that a record of this point shows, ms. */
  shown(at: number): number {
    const { calendar } = this.#options;
    return calendar === null ? this.realTime(at) : calendar + Math.floor(at);
  }

  /** Time that the systems' own clocks show at a real time, ms. */
  shownNow(now: number): number {
    return this.shown(Math.max(0, (now - this.#options.begin) * this.#options.speed));
  }
}
