import { backgroundOf } from './background.ts';
import { inOrder, loadTellings, nameOf, type System, systemOf, type Told } from './stories.ts';

/** A telling that one system of the city tells. */
export interface Occurrence extends Told {
  /** The stories are told again and again; from 0. */
  readonly round: number;
  /** Counts what this system tells, from 0. */
  readonly serial: number;
}

export interface ProgrammeOptions {
  readonly seed: number;
  /** Small everyday matters an hour, beside the stories. */
  readonly background: number;
  /** Nothing is told from this point of the axis on, ms. */
  readonly until?: number;
  /** How often the stories are told; default: for ever. */
  readonly rounds?: number;
}

/** Between the last telling of the stories and their first one told again. */
const pauseMs = 6 * 3_600_000;

/** What chance about an occurrence is drawn by: unique in the city, the same in every run. */
export const keyOf = (told: Occurrence): string => `${nameOf(told)}#${told.round}`;

/**
 * What a system of the city tells, in order of time. All systems count on the same axis, so that the tellings of one matter come
 * from each of them when they should. Depends on the options alone.
 */
export function* programmeOf(
  system: System,
  { seed, background, until = Number.POSITIVE_INFINITY, rounds = Number.POSITIVE_INFINITY }: ProgrammeOptions,
): Generator<Occurrence> {
  const stories = loadTellings();
  const period = (stories.at(-1)?.at ?? 0) + pauseMs;
  let serial = 0;
  for (let round = 0; round < rounds && round * period < until; round++) {
    const everyday = backgroundOf({ seed, round, lengthMs: period, perHour: background });
    for (const told of [...stories, ...everyday].sort(inOrder)) {
      const at = told.at + round * period;
      if (at >= until) return;
      if (systemOf(told.telling) === system) yield { ...told, at, round, serial: serial++ };
    }
  }
}
