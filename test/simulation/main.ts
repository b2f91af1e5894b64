import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { defaultScenario, isScenario, type ScenarioName, scenarios } from './scenario.ts';
import type { SeedsWork } from './seeds-worker.ts';
import { type Break, breaks } from './shared-index.ts';
import type { Split } from './split-commit.ts';
import { addTallies, emptyTally, type Tally } from './tally.ts';
import { createTrace } from './trace.ts';

const usage = `npm run simulate -- [options]
  --seeds N        how many worlds (default 2000)
  --from S         first seed (default 1)
  --workers W      threads (default 2)
  --scenario NAME  ${Object.keys(scenarios).join(' | ')} (default ${defaultScenario})
  --split HOW      records | offsets | topics: split the commit so; the simulation must then fail
  --break HOW      ask-first | no-owner | no-marks: an index that is asked before it is written, pairs that nobody owns, or an index that
                   is believed though it has lost entries
  --seed X         replay this one, and print why it failed
  --trace          with --seed: print every step
Ends with one JSON line; the exit code is 0 only when no seed failed.`;

interface Options {
  readonly scenario: ScenarioName;
  readonly split: Split | null;
  readonly break: Break | null;
  readonly from: number;
  readonly seeds: number;
  readonly workers: number;
  readonly seed: number | null;
  readonly trace: boolean;
}

function readOptions(): Options {
  const { values } = parseArgs({
    options: {
      seeds: { type: 'string', default: '2000' },
      from: { type: 'string', default: '1' },
      workers: { type: 'string', default: '2' },
      scenario: { type: 'string', default: defaultScenario },
      split: { type: 'string' },
      break: { type: 'string' },
      seed: { type: 'string' },
      trace: { type: 'boolean', default: false },
    },
  });
  const whole = (name: 'seeds' | 'from' | 'workers' | 'seed', least: number) => {
    const value = Number(values[name]);
    if (!Number.isSafeInteger(value) || value < least)
      throw new Error(`--${name} must be a whole number from ${least} on, got ${values[name]}`);
    return value;
  };
  const { scenario, split } = values;
  if (!isScenario(scenario)) throw new Error(`--scenario: there is none named ${scenario}`);
  if (split !== undefined && split !== 'records' && split !== 'offsets' && split !== 'topics')
    throw new Error(`--split must be records, offsets or topics, got ${split}`);
  const how = breaks.find((name) => name === values.break) ?? null;
  if (values.break !== undefined && how === null)
    throw new Error(`--break must be one of ${breaks.join(', ')}, got ${values.break}`);
  return {
    scenario,
    split: split ?? null,
    break: how,
    from: whole('from', 0),
    seeds: whole('seeds', 1),
    workers: whole('workers', 1),
    seed: values.seed === undefined ? null : whole('seed', 0),
    trace: values.trace,
  };
}

async function replay(seed: number, { scenario, split, break: how, trace }: Options): Promise<boolean> {
  const live = createTrace(1, (line) => process.stdout.write(`${line}\n`));
  const result = await scenarios[scenario](seed, {
    ...(split && { split }),
    ...(how && { break: how }),
    ...(trace && { trace: live }),
  });
  if (!trace) for (const line of result.trace) process.stdout.write(`${line}\n`);
  const { trace: _, ...facts } = result;
  process.stdout.write(`${JSON.stringify(facts)}\n`);
  return result.failure === null;
}

function runSeeds({ scenario, split, break: how, from, seeds, workers }: Options): Promise<Tally> {
  let total = emptyTally;
  const started = performance.now();
  const threads = Array.from({ length: Math.min(workers, seeds) }, async (_, index) => {
    const workerData: SeedsWork = {
      scenario,
      split,
      break: how,
      from: from + index,
      to: from + seeds,
      stride: workers,
    };
    const worker = new Worker(new URL('./seeds-worker.ts', import.meta.url), { workerData });
    worker.on('message', (tally: Tally) => {
      total = addTallies(total, tally);
      if (process.stderr.isTTY)
        process.stderr.write(
          `\r${total.seeds}/${seeds} seeds, ${total.failed} failed, ${secondsSince(started)} s `,
        );
    });
    await new Promise<void>((resolve, reject) => {
      worker.on('error', reject);
      worker.on('exit', () => resolve());
    });
  });
  return Promise.all(threads).then(() => {
    if (process.stderr.isTTY) process.stderr.write('\n');
    if (total.seeds !== seeds) throw new Error(`only ${total.seeds} of ${seeds} seeds were run`);
    process.stdout.write(`${JSON.stringify({ ...total, seconds: secondsSince(started) })}\n`);
    return total;
  });
}

const secondsSince = (started: number) => Math.round((performance.now() - started) / 100) / 10;

async function main(): Promise<void> {
  let options: Options;
  try {
    options = readOptions();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n${usage}\n`);
    process.exitCode = 2;
    return;
  }
  const ok =
    options.seed === null ? (await runSeeds(options)).failed === 0 : await replay(options.seed, options);
  if (!ok) process.exitCode = 1;
}

await main();
