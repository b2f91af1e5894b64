import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { openReader } from '../../cli/reader.ts';
import { startPortal } from '../../connectors/complaint-report/fake-portal.ts';
import { topics } from '../../runtime/topics.ts';
import { type Figure, figure, quantile } from './figure.ts';

/** Kafka Connect alone, without the broker that it needs, measured once on a machine of the same size; the aims are 2 s and 250 MB. */
const kafkaConnect = { startMs: 4_900, residentMb: 629 };
const starts = 5;
const lookMs = 20;
const demoMs = 60_000;

const root = fileURLToPath(new URL('../..', import.meta.url));

/**
 * From the start of the process of `hub up` until a reader sees the first item, in a fresh data folder, its source answering: the first
 * start, for which nothing is compiled, and the median of the later ones. And the memory of a hub that has read the demo city for a minute.
 */
export async function start(): Promise<readonly Figure[]> {
  const folder = mkdtempSync(join(tmpdir(), 'hub-bench-start-'));
  const portal = await startPortal('--frozen', '--seed', '7');
  try {
    const { pollIntervalMs, baseUrl, username, password } = portal.options;
    const source = { pollIntervalMs, baseUrl, username, password };
    const config = join(folder, 'hub.yaml');
    writeFileSync(config, JSON.stringify({ http: { port: 0 }, connectors: { 'complaint-report': source } }));
    const times: number[] = [];
    for (let n = 0; n <= starts; n++)
      times.push(await firstItem(join(folder, `data-${n}`), join(folder, 'compiled'), '--config', config));
    const [first, ...later] = times;
    const median = quantile(
      later.sort((a, b) => a - b),
      0.5,
    );
    return [
      figure('start to first item', median, 'ms', kafkaConnect.startMs),
      figure('the very first start to first item', first!, 'ms', kafkaConnect.startMs),
      figure('resident memory with the demo city', await residentMb(folder), 'MiB', kafkaConnect.residentMb),
    ];
  } finally {
    await portal.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** As npm's scripts start it. */
function up(data: string, compiled: string, ...args: readonly string[]): ChildProcess {
  return spawn(
    process.execPath,
    ['--import', './cli/require-node.mjs', 'cli/hub.ts', 'up', '--data', data, ...args],
    {
      cwd: root,
      stdio: ['ignore', 'ignore', 'ignore'],
      env: { ...process.env, NODE_COMPILE_CACHE: compiled },
    },
  );
}

async function firstItem(data: string, compiled: string, ...args: readonly string[]): Promise<number> {
  mkdirSync(data);
  const began = performance.now();
  const hub = up(data, compiled, ...args);
  try {
    while (!(await hasItem(data))) {
      if (hub.exitCode !== null) throw new Error(`the hub ended with exit code ${hub.exitCode}`);
      await setTimeout(lookMs);
    }
    return performance.now() - began;
  } finally {
    await end(hub);
  }
}

/** Looks as `hub tap items` does; a folder that is not ready yet has none. */
async function hasItem(data: string): Promise<boolean> {
  const reader = await openReader(data).catch(() => null);
  if (reader === null) return false;
  try {
    const partitions = (await reader.log.topics()).find(({ name }) => name === topics.items)?.partitions ?? 0;
    for (let partition = 0; partition < partitions; partition++) {
      if ((await reader.log.read(topics.items, partition, 0, 1)).length > 0) return true;
    }
    return false;
  } finally {
    await reader.close();
  }
}

/** Of the hub's process alone, at its second start: at the first one each thread loads what compiles, 7 MB each. */
async function residentMb(folder: string): Promise<number> {
  await firstItem(join(folder, 'demo-0'), join(folder, 'compiled'), '--port', '0');
  mkdirSync(join(folder, 'demo-1'));
  const hub = up(join(folder, 'demo-1'), join(folder, 'compiled'), '--port', '0');
  try {
    await setTimeout(demoMs);
    return Number(execFileSync('ps', ['-o', 'rss=', '-p', String(hub.pid)], { encoding: 'utf8' })) / 1024;
  } finally {
    await end(hub);
  }
}

async function end(hub: ChildProcess): Promise<void> {
  const exited = once(hub, 'exit');
  hub.kill('SIGTERM');
  await exited;
}
