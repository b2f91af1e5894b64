import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { entry, hub } from '../test/support/hub-process.ts';
import { portalRow, writeRows } from '../test/support/portal-rows.ts';
import { openProgress } from './progress.ts';

describe('a progress line', () => {
  const written = (isTTY: boolean) => {
    const lines: string[] = [];
    const write = (text: string) => lines.push(text) > 0;
    return { lines, progress: openProgress({ isTTY, write } as unknown as NodeJS.WriteStream) };
  };

  test('is drawn over itself, only where it changes, and taken away in the end', () => {
    const { lines, progress } = written(true);
    for (const done of [0, 1, 500, 500, 1_000]) progress.show('packing', done, 1_000);
    progress.end();
    const shown = lines.map((line) => line.replace('\r\u001b[K', ''));
    expect(shown).toEqual([
      `${'░'.repeat(24)}   0 %  packing`,
      `${'█'.repeat(12)}${'░'.repeat(12)}  50 %  packing`,
      `${'█'.repeat(24)} 100 %  packing`,
      '',
    ]);
    expect(lines.every((line) => line.startsWith('\r\u001b[K'))).toBe(true);
  });

  test('counts where no total is known', () => {
    const { lines, progress } = written(true);
    progress.show('reading', 12, 0);
    expect(lines).toEqual(['\r\u001b[K12  reading']);
  });

  test('is not there where standard error is no terminal', () => {
    const { lines, progress } = written(false);
    progress.show('packing', 1, 2);
    progress.end();
    expect(lines).toEqual([]);
  });
});

describe('long work', () => {
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'hub-progress-'));
    const rows = Array.from({ length: 300 }, (_, index) => portalRow({ id: `TS${index}` }));
    const file = writeRows(join(folder, 'rows.jsonl'), rows);
    expect((await hub('backfill', 'complaint-report', file, '--data', join(folder, 'data'))).code).toBe(0);
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Standard error on a terminal of its own, standard output in a pipe. */
  function onTerminal(...args: readonly string[]): { readonly stdout: string; readonly terminal: string } {
    const script = `import os, pty, sys
master, slave = pty.openpty()
import subprocess
child = subprocess.Popen(sys.argv[1:], stdout=subprocess.PIPE, stderr=slave)
os.close(slave)
seen = b""
while True:
    try:
        piece = os.read(master, 65536)
    except OSError:
        break
    if not piece:
        break
    seen += piece
sys.stdout.buffer.write(child.stdout.read())
sys.stderr.buffer.write(seen)
`;
    const env = { ...process.env, LANG: 'C.UTF-8' };
    const command = ['-c', script, process.execPath, entry, ...args];
    const { stdout, stderr } = spawnSync('python3', command, { encoding: 'utf8', env });
    return { stdout, terminal: stderr };
  }

  test('shows a bar on a terminal, on standard error, and leaves standard output as it is', () => {
    const [data, file] = [join(folder, 'data'), join(folder, 'hub.tar.gz')];
    const made = onTerminal('backup', file, '--data', data);
    expect(made.terminal).toMatch(/█{24} 100 % {2}packing/);
    expect(made.terminal.endsWith('\r\u001b[K')).toBe(true);
    expect(made.stdout).toMatch(/^\P{Cc}*hub\.tar\.gz: \P{Cc}*\n$/u);
    const restored = onTerminal('restore', file, '--data', join(folder, 'restored'));
    expect(restored.terminal).toMatch(/100 % {2}verifying/);
    expect(restored.stdout).toMatch(/^\P{Cc}+\n$/u);
  });

  test('shows how far a backfill has come, and its result alone on standard output', () => {
    const rows = Array.from({ length: 300 }, (_, index) => portalRow({ id: `TT${index}` }));
    const file = writeRows(join(folder, 'more.jsonl'), rows);
    const { stdout, terminal } = onTerminal(
      ...['backfill', 'complaint-report', file, '--data', join(folder, 'data')],
    );
    expect(terminal).toMatch(/\d % {2}decided of \d+ records read/);
    expect(JSON.parse(stdout)).toMatchObject({ read: 300, items: 300 });
  });

  test('shows none in a pipe', async () => {
    const file = join(folder, 'piped.tar.gz');
    expect(await hub('backup', file, '--data', join(folder, 'data'))).toMatchObject({ code: 0, stderr: '' });
  });
});
