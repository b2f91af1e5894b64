import type { DatabaseSync } from 'node:sqlite';
import type { RegisteredSchema } from './index.ts';
import type { RegistryReading } from './rest.ts';

/** What the REST API tells of a data file, from the tables of embedded.ts; the file may be open for reading only. */
export function embeddedReading(database: DatabaseSync): RegistryReading {
  const subjects = database.prepare('SELECT DISTINCT subject FROM subject_version ORDER BY subject');
  const versions = database.prepare(
    `SELECT subject, version, schema_id AS id, text AS schemaText FROM subject_version JOIN schema ON id = schema_id
     WHERE subject = ? ORDER BY version`,
  );
  const text = database.prepare('SELECT text FROM schema WHERE id = ?');
  const uses = database.prepare(
    'SELECT subject, version FROM subject_version WHERE schema_id = ? ORDER BY subject, version',
  );
  return {
    subjects: () => subjects.all().map((row) => String(row.subject)),
    versionsOf: (subject) => versions.all(subject).map((row) => ({ ...row }) as unknown as RegisteredSchema),
    textOf: (id) => (text.get(id) as { text: string } | undefined)?.text ?? null,
    usesOf: (id) =>
      uses.all(id).map((row) => ({ subject: String(row.subject), version: Number(row.version) })),
  };
}
