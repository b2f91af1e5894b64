import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { connectControl } from '../../runtime/control/client.ts';
import type { PartStatus } from '../../runtime/threads/watched-part.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
export const entry = join(root, 'cli/hub.ts');
const run = promisify(execFile);

export interface HubProcess {
  readonly pid: number;
  readonly exited: Promise<{ readonly code: number | null; readonly signal: NodeJS.Signals | null }>;
  kill(signal: NodeJS.Signals): void;
  /** SIGTERM; the exit code. */
  stop(): Promise<number | null>;
  /** What it has said on standard error so far. */
  said(): string;
}

export interface HubOptions {
  readonly data: string;
  /** Written as hub.yaml beside the data (YAML is a superset of JSON). */
  readonly config: unknown;
  /** See kill-at.mjs. */
  readonly killAt?: string;
  /** Path of a file that says how far its clock is ahead, see clock-offset.mjs. */
  readonly clock?: string;
  readonly env?: Readonly<Record<string, string>>;
  /** Put before the command, for instance `['bash', '-c', 'ulimit -f 1000; exec "$@"', '--']`. */
  readonly wrap?: readonly string[];
}

/** Starts `hub up` as its users do. It may be dead before it is ready: that is what some tests are for. */
export function startHub({ data, config, killAt, clock, env = {}, wrap = [] }: HubOptions): HubProcess {
  mkdirSync(data, { recursive: true });
  const file = `${data}.yaml`;
  // Hubs of many tests run side by side: each takes any port that is free for its page.
  writeFileSync(file, JSON.stringify({ http: { port: 0 }, ...(config as object) }));
  const preload = [
    ...(killAt === undefined ? [] : preloaded('kill-at.mjs')),
    ...(clock === undefined ? [] : preloaded('clock-offset.mjs')),
  ];
  const command = [...wrap, process.execPath, ...preload, entry, 'up', '--data', data, '--config', file];
  return watched(
    spawn(command[0]!, command.slice(1), {
      stdio: ['ignore', 'ignore', 'pipe'],
      env: {
        ...process.env,
        ...env,
        ...(killAt !== undefined && { HUB_TEST_KILL_AT: killAt }),
        ...(clock !== undefined && { HUB_TEST_CLOCK: clock }),
      },
    }),
  );
}

/** A process of the hub, started with a pipe for standard error. */
export function watched(child: ChildProcess): HubProcess {
  let said = '';
  child.stderr!.setEncoding('utf8').on('data', (text: string) => {
    said = (said + text).slice(-100_000);
  });
  const exited = once(child, 'exit').then(([code, signal]) => ({ code, signal }));
  return {
    pid: child.pid!,
    exited,
    kill: (signal) => void child.kill(signal),
    async stop() {
      child.kill('SIGTERM');
      return (await exited).code;
    },
    said: () => said,
  };
}

const preloaded = (module: string) => ['--import', new URL(`./${module}`, import.meta.url).href];

/** Polls until `condition` holds; throws with what the hub said when that takes longer than `withinMs`, or when it has died. */
export async function until(
  hub: HubProcess,
  what: string,
  condition: () => Promise<boolean>,
  withinMs = 120_000,
): Promise<void> {
  let ended = false;
  void hub.exited.then(() => {
    ended = true;
  });
  for (let waited = 0; waited < withinMs; waited += 100) {
    if (await condition()) return;
    if (ended) break;
    await setTimeout(100);
  }
  throw new Error(
    `${what}: ${ended ? 'the hub died' : `not within ${withinMs} ms`}; it said:\n${hub.said()}`,
  );
}

/** The hub has taken in `records` and has nothing left to do. */
export const settled = (data: string, records: number) => async (): Promise<boolean> => {
  if ((await recordsRead(data)) < records) return false;
  const control = await connectControl(data).catch(() => null);
  try {
    const lag = (await control?.call('lag')) as { writer: number; projection: number } | undefined;
    return lag?.writer === 0 && lag.projection === 0;
  } catch {
    return false;
  }
};

/** Records that the connectors of the running hub, or one of them, have handed over since it started; 0 while none runs. */
export async function recordsRead(data: string, name?: string): Promise<number> {
  try {
    const control = await connectControl(data);
    const parts = (await control?.call('status')) as readonly PartStatus[] | undefined;
    const connectors = (parts ?? []).filter((part) => {
      return part.kind === 'connector' && part.name === (name ?? part.name);
    });
    return connectors.reduce((sum, part) => sum + part.records, 0);
  } catch {
    return 0;
  }
}

/** Runs one command to its end, in English where `--lang` does not say otherwise. */
export async function hub(
  ...args: readonly string[]
): Promise<{ stdout: string; stderr: string; code: number }> {
  try {
    const env = { ...process.env, LANG: 'C.UTF-8' };
    const { stdout, stderr } = await run(process.execPath, [entry, ...args], { maxBuffer: 1 << 28, env });
    return { stdout, stderr, code: 0 };
  } catch (thrown) {
    const { stdout, stderr, code } = thrown as { stdout: string; stderr: string; code: number };
    return { stdout, stderr, code };
  }
}

export interface DataCheck {
  /** Never, whenever a hub dies. */
  readonly problems: readonly string[];
  /** Not where all is worked off: between two commits a primary may list who does not follow it yet. */
  readonly betweenItems: readonly string[];
  readonly projection: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly deadLetters: Readonly<
    Record<string, { readonly code: string; readonly stage: string; readonly sha256: string }>
  >;
  readonly recordIds: readonly string[];
  /** By item id; `baseId` is `source:recordId`. */
  readonly items: Readonly<Record<string, { readonly baseId: string; readonly generation: number }>>;
  /** MMSI of all whose state is in hub.vessels. */
  readonly vessels: readonly string[];
  readonly raw: number;
  readonly records: Readonly<Record<string, number>>;
}

/** Python with fastavro: HUB_PYTHON, or the environment that `.ci/run` makes. */
function python(): string {
  const made = join(root, '.ci/venv/bin/python');
  const chosen = process.env.HUB_PYTHON ?? made;
  if (existsSync(chosen) || chosen === process.env.HUB_PYTHON) return chosen;
  throw new Error('no Python with fastavro: run .ci/python, or set HUB_PYTHON to one that has it');
}

/** What another program, in another language, finds in a data folder. */
export async function checkData(data: string): Promise<DataCheck> {
  const script = fileURLToPath(new URL('../invariants/check_data.py', import.meta.url));
  const { stdout } = await run(python(), [script, data], { maxBuffer: 1 << 28 }).catch(
    (failed: { code: number; stdout: string }) => {
      if (failed.code !== 1 || failed.stdout === '') throw failed;
      return failed;
    },
  );
  return JSON.parse(stdout) as DataCheck;
}

export const readJsonLines = (text: string): readonly Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);
