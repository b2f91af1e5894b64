/**
 * node schemas/generate.ts            print schemas/types.ts from the .avsc files
 * node schemas/generate.ts --check    exit 1 when types.ts or the frozen history is out of step
 * node schemas/generate.ts --freeze   make the changed schemas the next versions in history/; refuses breaking changes
 */
import { readFileSync, writeFileSync } from 'node:fs';
import { namedTypes } from './avro-schema.ts';
import { incompatibilities } from './compatibility.ts';
import { freeze, history, isFrozen } from './history.ts';
import { schemaNames, schemaOf, sourceSchemas } from './index.ts';
import { renderTypes } from './render-types.ts';

const typesFile = new URL('types.ts', import.meta.url);
const rendered = renderTypes(
  new Map([...sourceSchemas.values()].flatMap((schema) => [...namedTypes(schema)])),
);

function check(): string[] {
  const stale =
    readFileSync(typesFile, 'utf8') === rendered
      ? []
      : ['schemas/types.ts is out of step with the .avsc files; run: npm run generate'];
  const unfrozen = schemaNames
    .filter((name) => !isFrozen(schemaOf(name), history(name)))
    .map(
      (name) =>
        `schemas/${name}.avsc differs from its newest version in schemas/history/${name}; ` +
        'undo the edit, or run: node schemas/generate.ts --freeze',
    );
  return [...stale, ...unfrozen];
}

function freezeChanged(): string[] {
  const changed = schemaNames.filter((name) => !isFrozen(schemaOf(name), history(name)));
  const problems = changed.flatMap((name) =>
    history(name).flatMap((old, index) =>
      incompatibilities(schemaOf(name), old).map((what) => `${name} against version ${index + 1}: ${what}`),
    ),
  );
  if (problems.length === 0) {
    for (const name of changed)
      process.stdout.write(`froze ${name} version ${freeze(name, schemaOf(name))}\n`);
  }
  return problems;
}

const [mode] = process.argv.slice(2);
const problems = mode === '--check' ? check() : mode === '--freeze' ? freezeChanged() : [];
if (mode === undefined) writeFileSync(typesFile, rendered);
for (const problem of problems) process.stderr.write(`${problem}\n`);
process.exitCode = problems.length === 0 ? 0 : 1;
