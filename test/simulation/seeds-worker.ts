import { setImmediate } from 'node:timers/promises';
import { parentPort, workerData } from 'node:worker_threads';
import { type ScenarioName, scenarios } from './scenario.ts';
import type { Break } from './shared-index.ts';
import type { Split } from './split-commit.ts';
import { addTallies, emptyTally, tallyOf } from './tally.ts';

/** What `main.ts` asks of a thread: every `stride`-th seed of `from` … `to` - 1. */
export interface SeedsWork {
  readonly scenario: ScenarioName;
  readonly split: Split | null;
  readonly break: Break | null;
  readonly from: number;
  readonly to: number;
  readonly stride: number;
}

const reportEvery = 50;

async function work({ scenario, split, break: how, from, to, stride }: SeedsWork): Promise<void> {
  const options = { ...(split && { split }), ...(how && { break: how }) };
  let tally = emptyTally;
  for (let seed = from; seed < to; seed += stride) {
    tally = addTallies(tally, tallyOf(await scenarios[scenario](seed, options)));
    if (tally.seeds < reportEvery) continue;
    parentPort!.postMessage(tally);
    tally = emptyTally;
    // A run never leaves the microtask and tick queues: without this the thread could not be told to stop.
    await setImmediate();
  }
  parentPort!.postMessage(tally);
}

await work(workerData as SeedsWork);
