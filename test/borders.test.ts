import { globSync, readFileSync } from 'node:fs';
import { relative } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, test } from '@jest/globals';

const root = fileURLToPath(new URL('../', import.meta.url));
const filesOf = (folder: string): readonly string[] => globSync(`${folder}/**/*.ts`, { cwd: root });

/** Files of this project that a file imports, from the root. */
function imports(file: string): readonly string[] {
  const text = readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
  const named = [...text.matchAll(/(?:\bfrom\s*|\bimport\s*\(?\s*)['"](\.[^'"]+)['"]/g)].map(
    ([, path]) => path!,
  );
  const base = new URL(file, new URL('../', import.meta.url));
  return named.map((path) => relative(root, fileURLToPath(new URL(path, base))));
}

describe('the demo city', () => {
  test('imports nothing outside its folder: it is the other side of the wire', () => {
    const files = filesOf('demo');
    expect(files.flatMap(imports)).toContain('demo/city/draw.ts');
    expect(files.filter((file) => imports(file).some((path) => !path.startsWith('demo/')))).toEqual([]);
  });

  test.each(['runtime', 'connectors', 'processors', 'schemas', 'sinks', 'cli'])(
    'is imported by nothing in %s',
    (folder) => {
      const files = filesOf(folder);
      expect(files).not.toEqual([]);
      expect(files.filter((file) => imports(file).some((path) => path.startsWith('demo/')))).toEqual([]);
    },
  );
});
