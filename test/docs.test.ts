import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { globSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { program } from '../cli/program.ts';
import { openShell } from '../cli/shell.ts';
import { readAnnouncement } from '../runtime/control/announcement.ts';
import { exitCodes } from '../runtime/run.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');
const run = promisify(execFile);

interface Example {
  /** One `sh` block in which the hub is run: a script, or line by line where a hub is started that stays up for the others. */
  readonly commands: readonly string[];
  /** The `text` block behind it; null where none is. */
  readonly output: string | null;
}

const startsHub = /^npm (start$|run -s hub -- up\b)/;

function examplesIn(page: string): readonly Example[] {
  const blocks = textOf(page).matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm);
  return [...blocks].flatMap(([, script = '', output = null]) => {
    const lines = script.split('\n').filter((line) => line !== '' && line !== 'npm install');
    if (!lines.some((line) => /^npm (start$|run -s hub -- )/.test(line))) return [];
    return [{ commands: lines.some((line) => startsHub.test(line)) ? lines : [lines.join('\n')], output }];
  });
}

/** Two are run elsewhere: the README on a city that lives, the other on a copy of the project that it changes. */
const runElsewhere = ['README.md', 'docs/adding-a-source.md'];
const pages = globSync(['docs/*.md', '{connectors,processors,sinks}/*/README.md'], { cwd: root })
  .filter((page) => !runElsewhere.includes(page) && examplesIn(page).length > 0)
  .sort();

const hubYamlIn = (page: string): string => /^```yaml\n([\s\S]*?)^```/m.exec(textOf(page))![1]!;
const recordsIn = (page: string): string => /^```jsonl\n([\s\S]*?)^```/m.exec(textOf(page))![1]!;

let folder: string;
let hub: ChildProcess | null = null;

/** A project of its own that has the hub's scripts: what is relative (`./data`, `reports.jsonl`, `events.jsonl` …) lies in it. */
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-docs-'));
  const { scripts } = JSON.parse(textOf('package.json')) as { scripts: Record<string, string> };
  const here = (script = '') => script.replaceAll(/(\.\/)?cli\//g, `${root}cli/`);
  const manifest = { type: 'module', scripts: { start: here(scripts.start), hub: here(scripts.hub) } };
  writeFileSync(join(folder, 'package.json'), JSON.stringify(manifest));
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
  writeFileSync(join(folder, 'reports.jsonl'), recordsIn('docs/commands.md'));
  writeFileSync(join(folder, 'hub.yaml'), hubYamlIn('docs/operations.md'));
  writeFileSync(join(folder, 'events.jsonl'), recordsIn('connectors/grid-safety/README.md'));
  writeFileSync(join(folder, 'alarms.jsonl'), recordsIn('connectors/smart-ocean/README.md'));
});
afterEach(async () => {
  await stopHub();
  rmSync(folder, { recursive: true, force: true });
});

const environment = () => ({ ...process.env, LANG: 'C.UTF-8' });

/** Standard output; rejects when the exit code is not 0. */
async function outputOf(command: string): Promise<string> {
  const { stdout } = await run('bash', ['-ec', command], {
    cwd: folder,
    env: environment(),
    maxBuffer: 1 << 28,
  });
  return stdout;
}

/** Waits until it says that it runs; it stays up for the commands behind it. */
async function startHub(command: string): Promise<void> {
  hub = spawn('bash', ['-c', command], {
    cwd: folder,
    env: environment(),
    stdio: ['ignore', 'ignore', 'pipe'],
  });
  let said = '';
  for await (const text of hub.stderr!.setEncoding('utf8')) {
    said += text;
    if (said.includes('the hub runs on')) return;
  }
  throw new Error(`${command} ended at its start: ${said}`);
}

/** Its exit code; null when none runs. */
async function stopHub(): Promise<number | null> {
  if (hub === null) return null;
  const exited = once(hub, 'exit');
  hub = null;
  process.kill(readAnnouncement(join(folder, 'data'))!.pid, 'SIGTERM');
  const [code] = await exited;
  return code as number | null;
}

/** What differs from run to run: times of this day, sizes on disk, ids of warnings. */
const masked = (text: string): string =>
  text
    .replaceAll(/\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(\.\d{3})?( ?\+08:00)/g, 'TIME')
    .replaceAll(/\d+(\.\d)? (B|KiB|MiB|GiB|TiB)\b/g, 'SIZE')
    .replaceAll(/\bw-[a-p]{10}\b/g, 'WARNING');

describe('the commands shown', () => {
  test.each(pages)(
    'in %s do what they say',
    async (page) => {
      const examples = examplesIn(page);
      const fillsItself = examples.some(({ commands }) => /npm start| backfill /.test(commands.join()));
      if (!fillsItself) await outputOf('npm run -s hub -- backfill complaint-report reports.jsonl');
      for (const { commands, output } of examples) {
        let said = '';
        for (const command of commands) {
          if (startsHub.test(command)) await startHub(command);
          else said += await outputOf(command);
        }
        if (output !== null) expect(masked(said)).toBe(masked(output));
      }
      const isUp = hub !== null;
      expect(await stopHub()).toBe(isUp ? 0 : null);
    },
    300_000,
  );

  test('are found where they stand', () => {
    expect(pages).toEqual(expect.arrayContaining(['docs/commands.md', 'docs/departments.md']));
  });
});

describe('docs/commands.md', () => {
  const page = textOf('docs/commands.md');
  const { commands } = program(openShell('en', {}));

  test.each(commands.map((command) => [command.name(), command] as const))(
    'shows %s with each of its options and an example',
    (name, command) => {
      const section = new RegExp(`^## ${name}\\b[\\s\\S]*?(?=^## |$(?![\\s\\S]))`, 'm').exec(page)?.[0] ?? '';
      // What needs a Kafka cluster is run by test/integration, not here.
      expect(section).toMatch(['work', 'topics'].includes(name) ? /^```text\n/m : /^```sh\n/m);
      const options = [command, ...command.commands].flatMap((one) => one.options);
      for (const { long } of options) expect(section).toContain(`\`${long}`);
    },
  );

  test('explains every exit code', () => {
    const explained = [...page.matchAll(/^\| (\d+) \| \S/gm)].map(([, code]) => Number(code));
    expect(explained).toEqual([...new Set([...Object.values(exitCodes), 2, 3])].sort((a, b) => a - b));
  });
});
