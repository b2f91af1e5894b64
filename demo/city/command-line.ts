import { CityClock } from './clock.ts';
import { type Occurrence, programmeOf } from './programme.ts';
import type { System } from './stories.ts';

/** What every system of the city is started with, for `parseArgs`. */
export const cityArguments = {
  seed: { type: 'string', default: '1' },
  speed: { type: 'string', default: '2500' },
  begin: { type: 'string' },
  calendar: { type: 'string' },
  background: { type: 'string', default: '0' },
  hours: { type: 'string' },
  truth: { type: 'string' },
  attached: { type: 'boolean', default: false },
  help: { type: 'boolean', default: false },
} as const;

export const cityUsage = `  --seed N             default 1; the same seed gives the same city, with the same disturbances
  --speed N            how many times faster than life the stories are told; default 2500
  --begin MS           real time of the first telling, ms since 1970; default: half a minute before the start
  --calendar MS        what the records show at the beginning, and from there on at the pace of the stories, hours
                       apart as in life; default: the real clock
  --background N       small everyday matters an hour, beside the stories; default 0
  --hours N            nothing is told from this hour of the stories on; default: told for ever
  --truth FILE         once all is told (--hours), write who told what under which number, a line each
  --attached           end when standard input ends: whoever has started it is gone, even by kill -9
`;

export interface CityValues {
  readonly seed: string;
  readonly speed: string;
  readonly begin?: string | undefined;
  readonly calendar?: string | undefined;
  readonly background: string;
  readonly hours?: string | undefined;
}

export interface CitySettings {
  readonly seed: number;
  readonly speed: number;
  readonly clock: CityClock;
  /** End of the telling, ms on the axis of the stories; infinite without `--hours`. */
  readonly until: number;
  programme(system: System): Generator<Occurrence>;
}

/** Tellings that are there from the beginning, ms of real time before the start. */
export const headStartMs = 30_000;

/** A number from 0. Throws an Error that names the option. */
export function numberOf(option: string, text: string): number {
  const value = Number(text);
  if (text === '' || !Number.isFinite(value) || value < 0)
    throw new Error(`--${option}: got ${text}, expected a number from 0`);
  return value;
}

/** @param now real time, ms */
export function citySettings(values: CityValues, now: number): CitySettings {
  const seed = numberOf('seed', values.seed);
  const speed = Math.max(1e-6, numberOf('speed', values.speed));
  const background = numberOf('background', values.background);
  const until =
    values.hours === undefined ? Number.POSITIVE_INFINITY : numberOf('hours', values.hours) * 3_600_000;
  const begin = values.begin === undefined ? now - headStartMs : numberOf('begin', values.begin);
  const calendar = values.calendar === undefined ? null : numberOf('calendar', values.calendar);
  return {
    seed,
    speed,
    until,
    clock: new CityClock({ begin, speed, calendar }),
    programme: (system) => programmeOf(system, { seed, background, until }),
  };
}

/** Ends this process with whoever started it. Nothing is left to finish: a source that dies at any line is a source as they are. */
export function endWithLauncher(isAttached: boolean): void {
  for (const signal of ['SIGTERM', 'SIGINT'] as const) process.once(signal, () => process.exit(0));
  if (isAttached) process.stdin.once('end', () => process.exit(0)).resume();
}

/** One line on standard output, as every system of the city talks to its launcher. */
export const say = (line: Readonly<Record<string, unknown>>): void =>
  void process.stdout.write(`${JSON.stringify(line)}\n`);

/** Calls at a real time (ms), however far off it is: a timer alone holds 24 days. */
export function wakeAt(time: number, call: () => void): void {
  const left = time - Date.now();
  if (left <= 0) call();
  else setTimeout(() => wakeAt(time, call), Math.min(left, 2 ** 31 - 1));
}
