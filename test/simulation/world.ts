import { HubError, toHubError } from '../../runtime/errors.ts';
import type { Log } from '../../runtime/log/index.ts';
import type { Logger } from '../../runtime/telemetry.ts';
import { SimBroker } from './broker.ts';
import { type SimClock, simClock } from './clock.ts';
import { drawFaults, type FaultKind, Faults, noFaults } from './faults.ts';
import { type Random, seededRandom } from './random.ts';
import { type Process, type RunEnd, Scheduler } from './scheduler.ts';
import { createTrace, type Trace } from './trace.ts';

/** What a simulated process gets instead of a machine. */
export interface Machine {
  readonly name: string;
  readonly incarnation: number;
  readonly log: Log;
  readonly clock: SimClock;
  /** Warnings and errors go into the trace. */
  readonly logger: Logger;
  /** Aborts when the world is shut down: the process is to drain and end. */
  readonly signal: AbortSignal;
}

/**
 * One process. It runs until its signal aborts; the world starts it again when it crashes, or rejects with a retriable error or
 * HUB_LOG_FENCED. Any other rejection is a failure of the run.
 */
export interface ProcessSpec {
  readonly name: string;
  /** Its work has an end, before the world is shut down (default false: ending early is a failure). */
  readonly mayEnd?: boolean;
  run(machine: Machine): Promise<void>;
}

export interface WorldOptions {
  readonly seed: number;
  /** Without faults: the undisturbed run to compare with. The schedule is still the seed's. */
  readonly disturbed: boolean;
  readonly processes: readonly ProcessSpec[];
  /** Is all work done? Asked only when nobody is runnable. */
  quiet(broker: SimBroker): boolean;
  /** Put around every process's log, for instance `splitCommit`. */
  readonly wrapLog?: (log: Log) => Log;
  /** Steps until it must be quiet (default 50,000). */
  readonly maxSteps?: number;
  /** Virtual ms from the shutdown signal to the end of the last process (default 20,000, the promise of `hub up`). */
  readonly drainMs?: number;
  readonly trace?: Trace;
}

export interface WorldReport {
  /** Null when the world came to rest and all processes ended; else why not. */
  readonly failure: string | null;
  readonly steps: number;
  /** Processes that ended because a newer one had taken over. */
  readonly fences: number;
  readonly faults: Readonly<Record<FaultKind, number>>;
}

/** Virtual ms without a sign of life after which a process's partitions go to others. */
const sessionTimeoutMs = 2_000;
const start = Date.UTC(2026, 10, 3);

interface Running {
  readonly spec: ProcessSpec;
  readonly process: Process;
  readonly clock: SimClock;
  readonly stop: AbortController;
}

/** A broker and processes under one scheduler and one seed: disturbed while the budget of faults lasts, then left to come to rest. */
export class World {
  readonly broker: SimBroker;
  readonly scheduler: Scheduler;
  readonly trace: Trace;
  readonly #options: WorldOptions;
  readonly #random: Random;
  readonly faults: Faults;
  /** All incarnations that have not ended, woken zombies among them. */
  readonly #running = new Set<Running>();
  /** The incarnation that counts, by name; absent while it is down. */
  readonly #current = new Map<string, Running>();
  #stopping = false;
  #fences = 0;
  #failure: string | null = null;

  constructor(options: WorldOptions) {
    this.#options = options;
    this.trace = options.trace ?? createTrace(60);
    this.#random = seededRandom(options.seed, 'world');
    const { rates, budget } = options.disturbed ? drawFaults(this.#random) : { rates: noFaults, budget: 0 };
    this.faults = new Faults(seededRandom(options.seed, 'faults'), rates, budget);
    this.scheduler = new Scheduler(seededRandom(options.seed, 'schedule'), start, this.trace);
    this.broker = new SimBroker(this.scheduler, this.faults);
    this.broker.onCommitted = (process) => {
      if (this.faults.strikes('crashAfterCommit')) this.#crash(process);
    };
  }

  /** Runs to rest, then shuts down. Never rejects. */
  async run(): Promise<WorldReport> {
    const { processes, quiet, maxSteps = 50_000, drainMs = 20_000 } = this.#options;
    for (const spec of processes) this.#start(spec);
    const end = await this.#runUntil(maxSteps, () => this.#isWhole() && quiet(this.broker));
    if (end !== 'finished') this.#fail(`does not come to rest (${end}): ${this.#whereabouts()}`);
    else {
      this.#stopping = true;
      this.faults.end();
      const deadline = this.scheduler.now + drainMs;
      this.scheduler.at(deadline, 'drain time is over', () => {
        for (const { process } of this.#running)
          this.#fail(`${process.name} does not end when told to: ${this.#whereabouts()}`);
      });
      for (const { stop } of this.#running) stop.abort();
      const drained = await this.#runUntil(this.scheduler.steps + maxSteps, () => this.#running.size === 0);
      if (drained !== 'finished')
        this.#fail(`does not end when told to (${drained}): ${this.#whereabouts()}`);
    }
    return {
      failure: this.#failure,
      steps: this.scheduler.steps,
      fences: this.#fences,
      faults: this.faults.counts,
    };
  }

  async #runUntil(maxSteps: number, done: () => boolean): Promise<RunEnd> {
    return this.scheduler.run({
      maxSteps,
      beforeStep: () => this.#disturb(),
      finished: () => this.#failure !== null || done(),
    });
  }

  #fail(reason: string): void {
    this.#failure ??= reason;
  }

  /** Where each process waits. One that waits nowhere awaits something that is not a port. */
  #whereabouts(): string {
    return [...this.#running]
      .map(({ process }) => `${process.name} at ${this.scheduler.waitsOf(process).join(', ') || 'no port'}`)
      .join('; ');
  }

  /** Nobody is down, nobody is paused, no zombie is about. */
  #isWhole(): boolean {
    if (this.#current.size < this.#options.processes.length) return false;
    for (const running of this.#running) if (running.process.state === 'paused') return false;
    return true;
  }

  #start(spec: ProcessSpec): void {
    const process = this.scheduler.spawn(spec.name);
    const stop = new AbortController();
    const random = seededRandom(this.#options.seed, `${spec.name}#${process.incarnation}`);
    const skew = this.#options.disturbed ? this.#random.below(4_000) - 2_000 : 0;
    const clock = simClock(this.scheduler, process, random, skew);
    const log = this.broker.connect(process);
    const running = { spec, process, clock, stop };
    this.#running.add(running);
    this.#current.set(spec.name, running);
    const machine = {
      name: spec.name,
      incarnation: process.incarnation,
      log: this.#options.wrapLog?.(log) ?? log,
      clock,
      logger: this.#loggerOf(process),
      signal: stop.signal,
    };
    this.scheduler
      .point(process, 'start')
      .then(() => spec.run(machine))
      .then(
        () => this.#ended(running, null),
        (error: unknown) => this.#ended(running, error),
      );
  }

  #loggerOf(process: Process): Logger {
    const note = (message: string, facts?: Readonly<Record<string, unknown>>) =>
      this.trace.note(this.scheduler.now, process, `${message} ${JSON.stringify(facts ?? {})}`);
    const logger: Logger = { debug() {}, info() {}, warn: note, error: note, child: () => logger };
    return logger;
  }

  #ended(running: Running, error: unknown): void {
    const { process, spec } = running;
    this.#running.delete(running);
    this.trace.note(this.scheduler.now, process, error === null ? 'ENDS' : `ENDS: ${String(error)}`);
    const fenced = error instanceof HubError && error.code === 'HUB_LOG_FENCED';
    if (fenced) this.#fences++;
    else if (error !== null && !toHubError(error).retriable)
      this.#fail(`${process.name} failed: ${error instanceof Error ? error.stack : String(error)}`);
    // What it has left open dies with it, as with a real process.
    this.scheduler.crash(process);
    this.#timeOutSession(process);
    if (this.#current.get(spec.name) !== running) return;
    if (error === null && spec.mayEnd) return;
    this.#current.delete(spec.name);
    if (this.#stopping) return;
    if (error === null) this.#fail(`${process.name} ended without being told to`);
    else this.#restart(spec);
  }

  #restart(spec: ProcessSpec): void {
    const delay = 1 + this.#random.below(2 * sessionTimeoutMs);
    this.scheduler.at(this.scheduler.now + delay, `${spec.name} is started again`, () => {
      if (!this.#stopping && !this.#current.has(spec.name)) this.#start(spec);
    });
  }

  /** One chance for each kind of fault before each step. */
  #disturb(): void {
    const { faults } = this;
    if (faults.strikes('crash')) this.#crash(this.#victim()?.process);
    if (faults.strikes('pause')) this.#pause(this.#victim());
    if (faults.strikes('clockJump')) this.#victim()?.clock.jump(this.#random.below(7_200_000) - 3_600_000);
    if (faults.strikes('rebalance')) {
      const groups = this.broker.groups();
      if (groups.length > 0) this.broker.disturb(this.#random.pick(groups), 1 + this.#random.below(300));
    }
    if (faults.strikes('compact')) this.broker.compact(this.#random);
  }

  #victim(): Running | null {
    const all = [...this.#running];
    return all.length === 0 ? null : this.#random.pick(all);
  }

  #crash(process: Process | undefined): void {
    const running = [...this.#running].find((each) => each.process === process);
    if (!running) return;
    this.#running.delete(running);
    this.scheduler.crash(running.process);
    this.#timeOutSession(running.process);
    if (this.#current.get(running.spec.name) !== running) return;
    this.#current.delete(running.spec.name);
    this.#restart(running.spec);
  }

  /** Stops a process for a while, sometimes long enough to be taken for dead, and to be replaced under its own name. */
  #pause(running: Running | null): void {
    if (running?.process.state !== 'up') return;
    const { process, spec } = running;
    const { now } = this.scheduler;
    this.scheduler.pause(process);
    this.#timeOutSession(process);
    this.scheduler.at(now + 1 + this.#random.below(4 * sessionTimeoutMs), `${spec.name} is woken`, () =>
      this.scheduler.resume(process),
    );
    if (!this.#random.chance(0.3) || this.#current.get(spec.name) !== running) return;
    this.#current.delete(spec.name);
    this.#restart(spec);
  }

  #timeOutSession(process: Process): void {
    const since = this.scheduler.now;
    this.scheduler.at(since + sessionTimeoutMs, `session of ${process.name} times out`, () => {
      if (process.state !== 'up') this.broker.evict(process);
    });
  }
}
