import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { ais } from './ais.ts';
import { type Figure, table } from './figure.ts';
import { judge } from './judge.ts';
import { latency, urgent } from './latency.ts';
import { redisIndex } from './redis-index.ts';
import { start } from './start.ts';
import { throughput } from './throughput.ts';
import { window } from './window.ts';

/** What is measured, each in a process of its own, and how many items it takes unless told otherwise. */
const benches = {
  throughput: { run: throughput, items: 40_000 },
  judge: { run: judge, items: 20_000 },
  window: { run: window, items: 1_000_000 },
  latency: { run: latency, items: 15_000 },
  urgent: { run: urgent, items: 100_000 },
  ais: { run: ais, items: 400_000 },
  /** The first item counts, however many follow. */
  start: { run: start, items: 1_000 },
  /** Needs redis-server. */
  'redis-index': { run: redisIndex, items: 100_000 },
} as const;
type BenchName = keyof typeof benches;
const names = Object.keys(benches) as BenchName[];

const usage = `npm run bench -- [options]
  --only NAME   ${names.join(' | ')}; may be given several times
                (default: all that need no server beside them)
  --items N     instead of each bench's own number: a quick run
  --json        one object a figure, a line each; without it a table`;

const options = {
  only: { type: 'string', multiple: true, default: names.filter((name) => name !== 'redis-index') },
  items: { type: 'string' },
  json: { type: 'boolean', default: false },
  /** How this program calls itself for one bench. */
  here: { type: 'boolean', default: false },
} as const;

async function main(): Promise<void> {
  const { values } = parseArgs({ options });
  const items = values.items === undefined ? null : Number(values.items);
  const wrong = values.only.find((name) => !isBench(name));
  if (wrong !== undefined) return refuse(`--only: there is no bench ${wrong}`);
  if (items !== null && !(Number.isSafeInteger(items) && items >= 1_000))
    return refuse(`--items must be a whole number from 1000 on, got ${values.items}`);
  const all: Figure[] = [];
  for (const name of values.only.filter(isBench)) {
    const figures = values.here
      ? await benches[name].run(items ?? benches[name].items)
      : await inItsOwnProcess(name, items);
    if (values.json) for (const one of figures) process.stdout.write(`${JSON.stringify(one)}\n`);
    all.push(...figures);
  }
  if (!values.json) process.stdout.write(`${table(all)}\n`);
}

const isBench = (name: string): name is BenchName => Object.hasOwn(benches, name);

function refuse(why: string): void {
  process.stderr.write(`${why}\n${usage}\n`);
  process.exitCode = 2;
}

async function inItsOwnProcess(name: BenchName, items: number | null): Promise<readonly Figure[]> {
  const args = ['--here', '--json', '--only', name, ...(items === null ? [] : ['--items', String(items)])];
  const child = spawn(process.execPath, [...process.execArgv, fileURLToPath(import.meta.url), ...args], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const figures: Figure[] = [];
  const ended = once(child, 'exit');
  for await (const line of createInterface({ input: child.stdout })) figures.push(JSON.parse(line) as Figure);
  const [code] = await ended;
  if (code !== 0) throw new Error(`the bench ${name} ended with exit code ${code}`);
  return figures;
}

await main();
