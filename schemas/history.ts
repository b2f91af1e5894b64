import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { contractOf, type RecordSchema } from './avro-schema.ts';

const folderOf = (name: string): URL => new URL(`history/${name}/`, import.meta.url);

/** The frozen versions of a schema, oldest first; self-contained. Version n lies in `history/<name>/<n>.json`. */
export function history(name: string): readonly RecordSchema[] {
  const folder = folderOf(name);
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^\d+\.json$/.test(file))
    .sort((a, b) => Number.parseInt(a, 10) - Number.parseInt(b, 10))
    .map((file) => JSON.parse(readFileSync(new URL(file, folder), 'utf8')) as RecordSchema);
}

/** Whether a schema is, explanations apart, its newest frozen version. */
export function isFrozen(schema: RecordSchema, versions: readonly RecordSchema[]): boolean {
  return isDeepStrictEqual(contractOf(schema), contractOf(versions.at(-1)));
}

/** Writes the next version and returns its number. */
export function freeze(name: string, schema: RecordSchema): number {
  const version = history(name).length + 1;
  mkdirSync(folderOf(name), { recursive: true });
  writeFileSync(new URL(`${version}.json`, folderOf(name)), `${JSON.stringify(schema, null, 2)}\n`);
  return version;
}
