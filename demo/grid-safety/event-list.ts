import type { CityClock } from '../city/clock.ts';
import type { GridEvent } from './event.ts';
import type { Upload } from './uploads.ts';

/** All events that have reached the platform, each as it was told last: what the day's list shows. */
export class EventList {
  readonly #uploads: Iterator<Upload>;
  readonly #clock: CityClock;
  readonly #keep: number;
  /** In the order in which they came: a page once read does not shift. */
  readonly #events = new Map<string, GridEvent>();
  #next: Upload | undefined;

  /** @param keep the oldest events beyond this number are archived, so that a demo may run for weeks */
  constructor(uploads: Iterator<Upload>, clock: CityClock, keep: number) {
    this.#uploads = uploads;
    this.#clock = clock;
    this.#keep = keep;
    this.#next = this.#take();
  }

  /** Brings the list up to `now` (real time, ms). */
  advanceTo(now: number): void {
    for (
      ;
      this.#next !== undefined && this.#clock.realTime(this.#next.at) <= now;
      this.#next = this.#take()
    ) {
      for (const { event } of this.#next.versions) this.#events.set(event.eventNo, event);
    }
    for (const eventNo of this.#events.keys()) {
      if (this.#events.size <= this.#keep) break;
      this.#events.delete(eventNo);
    }
  }

  /** Events accepted on a day (2026-03-10, Beijing). */
  of(day: string): readonly GridEvent[] {
    return [...this.#events.values()].filter(({ acceptDate }) => acceptDate.startsWith(day));
  }

  #take(): Upload | undefined {
    const { value, done } = this.#uploads.next();
    return done ? undefined : value;
  }
}
