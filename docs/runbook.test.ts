import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Command } from 'commander';
import { program } from '../cli/program.ts';
import { openShell } from '../cli/shell.ts';
import { errorKinds } from '../runtime/errors.ts';

const textOf = (page: string): string => readFileSync(new URL(page, import.meta.url), 'utf8');
const codes = Object.keys(errorKinds).sort();
const root = program(openShell('en', {}));

/** Paragraphs by code. */
const paragraphsOf = (page: string): ReadonlyMap<string, string> => {
  const parts = textOf(page).split(/^#{2,3} /m);
  return new Map(parts.filter((part) => /^HUB_/.test(part)).map((part) => [part.split('\n')[0]!, part]));
};
/** What is to be typed, and is the hub's. */
const commandsIn = (text: string): readonly string[] =>
  [...text.matchAll(/`(?:npm run -s hub --|hub) ([^`]+)`/g)].map(([, command]) => command!.trim());

/** What is wrong with it; null when the command line takes it. */
function problemOf(typed: string): string | null {
  const words = typed.split(' ');
  let command: Command = root;
  while (words.length > 0) {
    const next = command.commands.find((one) => one.name() === words[0]);
    if (next === undefined) break;
    command = next;
    words.shift();
  }
  const [first = ''] = words;
  if (command === root && !/^(help|--version)$/.test(first)) return `there is no command: hub ${typed}`;
  const known = new Set([...command.options, ...root.options].map(({ long }) => long));
  const unknown = words.find((word) => word.startsWith('--') && !known.has(word));
  return unknown === undefined ? null : `hub ${typed}: there is no option ${unknown}`;
}

describe.each([
  ['runbook.md', ['**Seen:**', '**Cause:**', '**Do:**']],
  ['runbook.zh-CN.md', ['**现象：**', '**原因：**', '**处理：**']],
])('%s', (page, labels) => {
  const paragraphs = paragraphsOf(page);

  test('has a paragraph for every code, and for no other', () => {
    expect([...paragraphs.keys()].sort()).toEqual(codes);
    expect(textOf(page).match(/^### HUB_/gm)?.length).toBe(codes.length);
  });

  test.each(codes)('says of %s what is seen, what lies behind it and what to type', (code) => {
    const paragraph = paragraphs.get(code)!;
    const places = labels.map((label) => paragraph.indexOf(label));
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(Math.min(...places)).toBeGreaterThan(0);
    const toDo = paragraph.slice(places.at(-1));
    expect(toDo).toMatch(/`(hub|npm run -s hub --|[a-z]+) ?[^`]*`/);
  });

  test('names commands and options that exist', () => {
    const problems = commandsIn(textOf(page)).map(problemOf);
    expect(problems.length).toBeGreaterThan(codes.length);
    expect(problems.filter((problem) => problem !== null)).toEqual([]);
  });

  test('a command that does not exist would be noticed', () => {
    expect(problemOf('statuss')).toBe('there is no command: hub statuss');
    expect(problemOf('status --wach')).toBe('hub status --wach: there is no option --wach');
  });
});

describe('the two runbooks', () => {
  test.each(codes)('name the same commands for %s', (code) => {
    const [english, chinese] = ['runbook.md', 'runbook.zh-CN.md'].map((page) =>
      [...commandsIn(paragraphsOf(page).get(code) ?? '')].sort(),
    );
    expect(chinese).toEqual(english);
  });

  test('are reached from each code of errors.md, and lead back', () => {
    const table = textOf('errors.md');
    for (const code of codes) expect(table).toContain(`[\`${code}\`](runbook.md#${code.toLowerCase()})`);
    for (const page of ['runbook.md', 'runbook.zh-CN.md']) expect(textOf(page)).toContain('](errors.md)');
  });
});
