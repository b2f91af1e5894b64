import type { Random } from './random.ts';
import type { Trace } from './trace.ts';

export type ProcessState = 'up' | 'paused' | 'crashed';

/** One incarnation of a simulated process; a restart is a new one. Only the scheduler changes it. */
export interface Process {
  readonly name: string;
  /** 1, 2, … over the restarts of this name. */
  readonly incarnation: number;
  readonly state: ProcessState;
}

/** A place where a process waits until it is woken or its time is up. */
export interface Parked {
  /** Resolves in a later step than `wake`; never when the process crashes first. */
  readonly woken: Promise<void>;
  /** Makes the wait runnable. Without effect when it already is. */
  wake(): void;
}

export type RunEnd = 'finished' | 'step-bound' | 'stuck';

interface RunOptions {
  /** More steps than this end the run with `step-bound`. */
  readonly maxSteps: number;
  /** Called before every step: the place to inject faults. */
  beforeStep?(): void;
  /** Asked whenever nothing is runnable, before time moves on. */
  finished(): boolean;
}

interface Waiting {
  readonly process: MutableProcess | null;
  readonly label: string;
  readonly go: () => void;
  /** Virtual ms; kept in `sleeping` until then. */
  readonly due: number;
  asleep: boolean;
}

interface MutableProcess extends Process {
  state: ProcessState;
  /** What could run, were the process not paused. */
  held: Waiting[];
}

const never = new Promise<never>(() => {});

/**
 * Every await of a simulated process ends here, so that one seeded stream decides who runs next: a step picks one runnable
 * continuation, resolves it, and lets the process run to its next awaits. Each step takes one virtual millisecond; when nobody
 * is runnable, time jumps to the earliest sleeper.
 *
 * A step must have ended before the next is picked, or the order would depend on the engine. Node empties the microtask queue before
 * it takes the next `nextTick` callback; so a tick queued *from a microtask* comes after all that the step has set in motion, however
 * many promises it is chained through. That costs a quarter of a `setImmediate`, which would be as right.
 */
export class Scheduler {
  now: number;
  steps = 0;
  readonly #random: Random;
  readonly #trace: Trace | null;
  readonly #incarnations = new Map<string, number>();
  #ready: Waiting[] = [];
  #sleeping: Waiting[] = [];
  #nextDue = Number.POSITIVE_INFINITY;
  /** Called when something was added; set by the auto-run, which has no loop of its own. */
  onWork: (() => void) | null = null;

  /** @param start virtual ms since epoch at the first step. */
  constructor(random: Random, start: number, trace: Trace | null = null) {
    this.#random = random;
    this.now = start;
    this.#trace = trace;
  }

  /** A new incarnation of `name`. An earlier one should have been crashed, or have ended. */
  spawn(name: string): Process {
    const incarnation = (this.#incarnations.get(name) ?? 0) + 1;
    this.#incarnations.set(name, incarnation);
    return { name, incarnation, state: 'up', held: [] } as MutableProcess;
  }

  /** Where a process may be overtaken, paused or crashed. Resolves in a later step, or never. */
  point(process: Process, label: string): Promise<void> {
    if (process.state === 'crashed') return never;
    return new Promise((go) => {
      this.#enqueue({ process: process as MutableProcess, label, go, due: 0, asleep: false });
    });
  }

  /** Waits until `wake` or until `due` (virtual ms; Infinity: only until `wake`). */
  park(process: Process, label: string, due: number): Parked {
    if (process.state === 'crashed') return { woken: never, wake() {} };
    let waiting!: Waiting;
    const woken = new Promise<void>((go) => {
      waiting = { process: process as MutableProcess, label, go, due, asleep: true };
      this.#addSleeper(waiting);
    });
    return { woken, wake: () => this.#wake(waiting) };
  }

  /** Runs `action` as a step of its own at `due` (virtual ms). What the environment does: time-outs, restarts. */
  at(due: number, label: string, action: () => void): void {
    this.#addSleeper({ process: null, label, go: action, due, asleep: true });
  }

  /** `kill -9`: none of its waits ever ends. */
  crash(process: Process): void {
    const dying = process as MutableProcess;
    dying.state = 'crashed';
    dying.held = [];
    this.#ready = this.#ready.filter((waiting) => waiting.process !== dying);
    this.#sleeping = this.#sleeping.filter((waiting) => waiting.process !== dying);
    this.#trace?.note(this.now, dying, 'DIES');
  }

  /** SIGSTOP: its waits may become due, but it does not run. */
  pause(process: Process): void {
    const stopped = process as MutableProcess;
    if (stopped.state !== 'up') return;
    stopped.state = 'paused';
    this.#ready = this.#ready.filter((waiting) => {
      if (waiting.process !== stopped) return true;
      stopped.held.push(waiting);
      return false;
    });
    this.#trace?.note(this.now, stopped, 'PAUSE');
  }

  /** SIGCONT. */
  resume(process: Process): void {
    const woken = process as MutableProcess;
    if (woken.state !== 'paused') return;
    woken.state = 'up';
    this.#ready.push(...woken.held);
    woken.held = [];
    this.#trace?.note(this.now, woken, 'RESUME');
  }

  /** Steps until nothing is runnable and `finished` agrees, the bound is reached, or nobody can ever run again. */
  run(options: RunOptions): Promise<RunEnd> {
    return new Promise((resolve, reject) => {
      const turn = () => {
        try {
          if (this.steps >= options.maxSteps) return resolve('step-bound');
          options.beforeStep?.();
          if (this.#ready.length === 0) {
            if (options.finished()) return resolve('finished');
            if (!this.advance()) return resolve('stuck');
          }
          this.step();
        } catch (error) {
          return reject(error);
        }
        afterMicrotasks(turn);
      };
      afterMicrotasks(turn);
    });
  }

  /** One runnable continuation, chosen by the seed. False when there is none. */
  step(): boolean {
    const ready = this.#ready;
    if (ready.length === 0) return false;
    const index = ready.length === 1 ? 0 : this.#random.below(ready.length);
    const chosen = ready[index]!;
    const last = ready.pop()!;
    if (chosen !== last) ready[index] = last;
    this.steps++;
    this.now++;
    this.#trace?.step(this.now, chosen.process, chosen.label);
    chosen.go();
    if (this.#nextDue <= this.now) this.#wakeDue();
    return true;
  }

  /** Moves time to `to` (virtual ms, never back): by default to the earliest sleeper. False when nobody will ever wake. */
  advance(to = this.#nextDue): boolean {
    if (to === Number.POSITIVE_INFINITY) return false;
    this.now = Math.max(this.now, to);
    this.#wakeDue();
    return true;
  }

  /** Virtual ms of the earliest sleeper, Infinity when nobody sleeps. */
  nextDue(): number {
    return this.#nextDue;
  }

  /** Labels of what the process waits for. */
  waitsOf(process: Process): readonly string[] {
    return [...this.#ready, ...this.#sleeping, ...(process as MutableProcess).held]
      .filter((waiting) => waiting.process === process)
      .map(({ label }) => label);
  }

  #enqueue(waiting: Waiting): void {
    if (waiting.process?.state === 'paused') waiting.process.held.push(waiting);
    else this.#ready.push(waiting);
    this.onWork?.();
  }

  #addSleeper(waiting: Waiting): void {
    this.#sleeping.push(waiting);
    if (waiting.due < this.#nextDue) this.#nextDue = waiting.due;
    this.onWork?.();
  }

  #wake(waiting: Waiting): void {
    if (!waiting.asleep || waiting.process?.state === 'crashed') return;
    waiting.asleep = false;
    this.#sleeping.splice(this.#sleeping.indexOf(waiting), 1);
    this.#enqueue(waiting);
  }

  #wakeDue(): void {
    const sleeping = this.#sleeping;
    this.#sleeping = [];
    this.#nextDue = Number.POSITIVE_INFINITY;
    for (const waiting of sleeping) {
      if (waiting.due <= this.now) {
        waiting.asleep = false;
        this.#enqueue(waiting);
      } else {
        this.#sleeping.push(waiting);
        if (waiting.due < this.#nextDue) this.#nextDue = waiting.due;
      }
    }
  }
}

function afterMicrotasks(turn: () => void): void {
  queueMicrotask(() => process.nextTick(turn));
}
