import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { errorsZhCN } from '../../cli/messages/errors.zh-CN.ts';
import { errorKinds } from '../../runtime/errors.ts';
import { entry } from '../support/hub-process.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const run = promisify(execFile);
/** An account that owns nothing here. Only root can become it; anybody else is no root already. */
const nobody = 65_534;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-first-'));
  chmodSync(folder, 0o755);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** What a command says and ends with; rejects when it does not end. */
async function ended(command: readonly string[], account: { uid?: number } = {}) {
  const [program = '', ...args] = command;
  const child = spawn(program, args, {
    stdio: ['ignore', 'ignore', 'pipe'],
    env: { ...process.env, LANG: 'C.UTF-8' },
    ...account,
  });
  let said = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    said += text;
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, said };
}

describe('a first run', () => {
  test.each([
    ['the demonstration', []],
    ['a configuration', ['--config', 'CONFIG']],
  ])(
    'of %s without the right to write says cause and fix, and ends',
    async (_, options) => {
      const closed = join(folder, 'closed');
      const config = join(folder, 'hub.yaml');
      writeFileSync(config, '{}');
      mkdirSync(closed, { mode: 0o500 });
      const isRoot = process.getuid?.() === 0;
      if (isRoot) chownSync(closed, nobody, nobody);
      const args = options.map((option) => (option === 'CONFIG' ? config : option));
      const command = [process.execPath, entry, 'up', '--data', join(closed, 'data'), ...args];
      const { code, said } = await ended(command, isRoot ? { uid: nobody } : {});
      expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(/^HUB_DATA_WRITE: .*EACCES/) });
      expect(said).toContain(`what to do: ${errorKinds.HUB_DATA_WRITE.fix}`);
      expect(readdirSync(closed)).toEqual([]);
    },
    60_000,
  );

  test('of the demonstration on a full disk says cause and fix, and ends', async () => {
    const limited = ['bash', '-c', 'ulimit -f 0; exec "$@"', '--', process.execPath, entry];
    const { code, said } = await ended([...limited, 'up', '--demo', '--data', join(folder, 'data')]);
    expect({ code, said }).toEqual({ code: 1, said: expect.stringMatching(/^HUB_DATA_WRITE: /) });
    expect(said).toContain(`what to do: ${errorKinds.HUB_DATA_WRITE.fix}`);
  }, 60_000);

  test('on a disk with little room says so while it still runs', async () => {
    // What the system says of the disk, before the hub hears it: a disk cannot be filled here for a test.
    const little = `import fs from 'node:fs/promises'; import { syncBuiltinESMExports } from 'node:module';
      const { statfs } = fs; fs.statfs = async (path) => ({ ...(await statfs(path)), bavail: 5000, bsize: 4096 }); syncBuiltinESMExports();`;
    const config = join(folder, 'hub.yaml');
    writeFileSync(config, JSON.stringify({ http: { port: 0 } }));
    const child = spawn(
      process.execPath,
      [
        ...['--import', `data:text/javascript,${encodeURIComponent(little)}`, entry],
        ...['up', '--data', join(folder, 'data'), '--config', config, '--lang', 'en'],
      ],
      { stdio: ['ignore', 'ignore', 'pipe'] },
    );
    let said = '';
    for await (const text of child.stderr.setEncoding('utf8')) {
      said += text;
      if (said.includes('Ctrl-C stops it')) child.kill('SIGTERM');
    }
    expect(said).toContain('only 20 MiB are free on this disk');
    expect(said).toContain('make room');
  }, 60_000);
});

describe('an old Node.js', () => {
  /** The check as an old one runs it: it reads its version from `process.versions`. */
  async function checked(version: string, ...args: readonly string[]) {
    const pretend = `data:text/javascript,Object.defineProperty(process.versions,'node',{value:'${version}'})`;
    const check = join(root, 'cli/require-node.mjs');
    try {
      const command = ['--import', pretend, '--import', check, '-e', 'console.log("went on")', '--', ...args];
      const { stdout } = await run(process.execPath, command, { env: { ...process.env, LANG: 'C.UTF-8' } });
      return { code: 0, stdout, stderr: '' };
    } catch (thrown) {
      return thrown as { code: number; stdout: string; stderr: string };
    }
  }

  test.each(['18.20.8', '20.20.2', '22.18.0', '24.14.9'])(
    '(%s) is told from the pinned one in words',
    async (old) => {
      const { code, stdout, stderr } = await checked(old);
      expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
      const { meaning, fix } = errorKinds.HUB_NODE_TOO_OLD;
      expect(stderr).toBe(
        `HUB_NODE_TOO_OLD: this is Node.js ${old}, 24.15 or newer is needed\n  meaning: ${meaning}\n  what to do: ${fix}\n`,
      );
    },
  );

  test('is told in Chinese where that is asked for', async () => {
    const { stderr } = await checked('20.20.2', '--lang', 'zh-CN');
    const { meaning, fix } = errorsZhCN.HUB_NODE_TOO_OLD;
    expect(stderr).toContain(`含义：${meaning}\n  处理：${fix}\n`);
  });

  test.each(['24.15.0', '24.21.0', '26.0.0'])('is not what %s is', async (version) => {
    expect(await checked(version)).toMatchObject({ code: 0, stdout: 'went on\n' });
  });

  test('meets the check before any TypeScript, whatever script of npm it runs', () => {
    const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8')) as {
      readonly scripts: Readonly<Record<string, string>>;
    };
    for (const script of [scripts.start, scripts.hub])
      expect(script).toMatch(/^node --import \.\/cli\/require-node\.mjs cli\/hub\.ts/);
    const check = readFileSync(join(root, 'cli/require-node.mjs'), 'utf8');
    const imported = [...check.matchAll(/^import .*'(.+)';$/gm)].map(([, name]) => name);
    expect(imported.filter((name) => !name?.startsWith('node:'))).toEqual([]);
  });
});
