import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';

/** A copy of the schemas that may be spoilt. */
let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'schemas-'));
  cpSync(import.meta.dirname, join(folder, 'schemas'), { recursive: true });
  const project = join(import.meta.dirname, '..');
  cpSync(join(project, 'package.json'), join(folder, 'package.json'));
  symlinkSync(join(project, 'node_modules'), join(folder, 'node_modules'));
});
afterEach(() => rmSync(folder, { recursive: true }));

function generate(...options: readonly string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(folder, 'schemas', 'generate.ts'), ...options],
    { encoding: 'utf8' },
  );
  return { status, stdout, stderr };
}

function edit(file: string, from: string, to: string): void {
  const path = join(folder, 'schemas', file);
  const text = readFileSync(path, 'utf8');
  expect(text).toContain(from);
  writeFileSync(path, text.replace(from, to));
}

const addition = '{ "name": "late", "type": "boolean"';
const newField = '{ "name": "note", "type": ["null", "string"], "default": null, "doc": "A note." },';

test('the project is in step', () => {
  expect(generate('--check')).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('types edited by hand are found out, and printing them anew repairs it', () => {
  edit('types.ts', 'readonly revision: number', 'readonly revision: string');
  expect(generate('--check')).toMatchObject({
    status: 1,
    stderr: expect.stringContaining('npm run generate'),
  });
  expect(generate()).toMatchObject({ status: 0 });
  expect(generate('--check')).toMatchObject({ status: 0 });
});

test('a changed schema has to be printed and frozen before the check is content', () => {
  edit('item-event.avsc', addition, `${newField}\n    ${addition}`);
  const { status, stderr } = generate('--check');
  expect(status).toBe(1);
  expect(stderr).toContain('schemas/types.ts is out of step');
  expect(stderr).toContain('schemas/item-event.avsc differs from its newest version');
  generate();
  expect(readFileSync(join(folder, 'schemas', 'types.ts'), 'utf8')).toContain(
    'readonly note: string | null;',
  );
  expect(generate('--freeze')).toMatchObject({ status: 0, stdout: 'froze item-event version 2\n' });
  expect(generate('--check')).toMatchObject({ status: 0 });
  expect(generate('--freeze')).toEqual({ status: 0, stdout: '', stderr: '' });
});

test('a change of a shared type is a change of every schema that uses it', () => {
  edit('item.avsc', '"ANONYMOUS", "UNKNOWN"', '"ANONYMOUS", "ROBOT", "UNKNOWN"');
  generate();
  const frozen = generate('--freeze').stdout.matchAll(/^froze ([\w-]+) version \d+$/gm);
  expect([...frozen].map(([, name]) => name)).toEqual(['item', 'item-input', 'item-state']);
});

test('a breaking change cannot be frozen', () => {
  edit('item-event.avsc', addition, '{ "name": "tardy", "type": "boolean"');
  expect(generate('--freeze')).toMatchObject({
    status: 1,
    stdout: '',
    stderr: expect.stringContaining('item-event against version 1: ItemEvent.late: removed or renamed'),
  });
});

test('other words of explanation are no new version', () => {
  edit('item-event.avsc', 'One decision or step', 'A decision or a step');
  expect(generate('--check').stderr).not.toContain('item-event.avsc');
  generate();
  expect(generate('--check')).toMatchObject({ status: 0 });
});
