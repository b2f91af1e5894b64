import { existsSync, globSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('..', import.meta.url));
const pages = globSync('**/*.md', {
  cwd: root,
  exclude: (name) => /^(node_modules|dist|data)$/.test(name),
}).sort();
const textOf = (page: string): string => readFileSync(join(root, page), 'utf8');

/** Without what is only shown: a link in a code block leads nowhere. */
const proseOf = (text: string): string =>
  text.replaceAll(/^```[\s\S]*?^```/gm, '').replaceAll(/`[^`\n]*`/g, '');

interface Link {
  /** As written. */
  readonly written: string;
  /** From the root. */
  readonly path: string;
  readonly anchor: string | null;
}

function linksOf(page: string, text = textOf(page)): readonly Link[] {
  const written = [...proseOf(text).matchAll(/\]\(([^)\s]+)\)/g)].map(([, target]) => target!);
  return written
    .filter((target) => !/^[a-z]+:/.test(target))
    .map((target) => {
      const [path = '', anchor = null] = target.split('#');
      return { written: target, path: path === '' ? page : normalize(join(dirname(page), path)), anchor };
    });
}

/** As GitHub makes them. */
const anchorsOf = (page: string): readonly string[] =>
  [
    ...textOf(page)
      .replaceAll(/^```[\s\S]*?^```/gm, '')
      .matchAll(/^#{1,6} (.+)$/gm),
  ].map(([, heading]) =>
    heading!
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N}\s_-]/gu, '')
      .replaceAll(' ', '-'),
  );

function problemOf({ written, path, anchor }: Link): string | null {
  if (!existsSync(join(root, path))) return `${written}: there is no ${path}`;
  if (anchor === null || !path.endsWith('.md')) return null;
  return anchorsOf(path).includes(anchor) ? null : `${written}: no heading of ${path} has this anchor`;
}

/** Pages to which links lead, from page to page; a link to a folder shows the pages in it. */
function reachedFrom(start: string): ReadonlySet<string> {
  const reached = new Set([start]);
  for (const page of reached) {
    for (const { path } of linksOf(page)) {
      const isFolder = existsSync(join(root, path)) && statSync(join(root, path)).isDirectory();
      for (const next of isFolder ? globSync(`${path}/*.md`, { cwd: root }) : [path])
        if (next.endsWith('.md')) reached.add(next);
    }
  }
  return reached;
}

describe('the links', () => {
  test.each(pages)('of %s lead somewhere', (page) => {
    expect(
      linksOf(page)
        .map(problemOf)
        .filter((problem) => problem !== null),
    ).toEqual([]);
  });

  test('that lead nowhere would be noticed', () => {
    const links = linksOf(
      'docs/none.md',
      '[a](duty.md) [b](gone.md) [c](duty.md#gone) `[d](gone.md)` [e](https://x.example)',
    );
    expect(links.map(problemOf)).toEqual([
      null,
      'gone.md: there is no docs/gone.md',
      'duty.md#gone: no heading of docs/duty.md has this anchor',
    ]);
  });

  test.each(['README.md', 'README.zh-CN.md'])('from %s reach every page of docs/', (start) => {
    const reached = reachedFrom(start);
    const docs = pages.filter((page) => page.startsWith('docs/'));
    expect(docs.length).toBeGreaterThan(15);
    expect(docs.filter((page) => !reached.has(page))).toEqual([]);
  });

  test('from README.md alone reach the page of each kind of user', () => {
    const own = linksOf('README.md').map(({ path }) => path);
    for (const page of ['operations', 'departments', 'analysts', 'duty', 'adding-a-source', 'commands'])
      expect(own).toContain(`docs/${page}.md`);
  });
});
