import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const page = readFileSync(join(root, 'docs/adding-a-source.md'), 'utf8');
const run = promisify(execFile);
/** Neither history nor data nor what is installed belongs to the program. */
const leftBehind = ['.git', '.ci', 'data', 'dist', 'node_modules'];

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-source-'));
  for (const name of readdirSync(root).filter((one) => !leftBehind.includes(one)))
    cpSync(join(root, name), join(folder, name), { recursive: true });
  symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

test('docs/adding-a-source.md leads from an empty folder to the first item', async () => {
  const blocks = [...page.matchAll(/^```sh\n([\s\S]*?)^```\n(?:\n```text\n([\s\S]*?)^```\n)?/gm)];
  expect(blocks.length).toBeGreaterThan(4);
  for (const [, script = '', shown = ''] of blocks) {
    const options = { cwd: folder, env: { ...process.env, LANG: 'C.UTF-8' }, maxBuffer: 1 << 28 };
    const { stdout } = await run('bash', ['-ec', script], options);
    expect(stdout).toContain(shown);
  }
}, 600_000);
