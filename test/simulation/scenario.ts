import { runCopySeed } from './copy-scenario.ts';
import { runHubSeed } from './hub-scenario.ts';
import type { Break } from './shared-index.ts';
import type { Split } from './split-commit.ts';
import type { Trace } from './trace.ts';
import type { WorldReport } from './world.ts';

export interface SeedOptions {
  /** Runs over a log that splits the commit; some seed must then fail. */
  readonly split?: Split;
  /** Runs with an index that breaks the order of writing and asking, or the ownership of pairs; some seed must then fail. */
  readonly break?: Break;
  /** Gets every step; by default the last few are kept. */
  readonly trace?: Trace;
}

export interface SeedResult extends WorldReport {
  readonly seed: number;
  /** The last steps before a failure; else empty. */
  readonly trace: readonly string[];
}

/** One world from one number: the same seed gives the same steps and the same result. */
export type RunSeed = (seed: number, options: SeedOptions) => Promise<SeedResult>;

export const scenarios = {
  copy: runCopySeed,
  hub: runHubSeed,
} as const satisfies Record<string, RunSeed>;

export type ScenarioName = keyof typeof scenarios;

/** What `npm run simulate` runs when it is not told otherwise. */
export const defaultScenario: ScenarioName = 'hub';

export const isScenario = (name: string): name is ScenarioName => Object.hasOwn(scenarios, name);
