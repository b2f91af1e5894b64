import { createHash } from 'node:crypto';
import type { DatabaseSync } from 'node:sqlite';
import { HubError } from '../errors.ts';
import { faultsAfter, incompatible, ownFaults, withoutWhiteSpace } from './compatible.ts';
import type { SchemaRegistry } from './index.ts';

/**
 * The registry as two tables of the hub's data file, created when missing. A registration is one savepoint, begun and ended
 * without awaiting: durable at once, or with the transaction that is open on this connection.
 */
export function embeddedSchemaRegistry(database: DatabaseSync): SchemaRegistry {
  database.exec(`
    CREATE TABLE IF NOT EXISTS schema (
      id INTEGER PRIMARY KEY,
      text TEXT NOT NULL,
      sha256 TEXT NOT NULL UNIQUE
    ) STRICT;
    CREATE TABLE IF NOT EXISTS subject_version (
      subject TEXT NOT NULL,
      version INTEGER NOT NULL,
      schema_id INTEGER NOT NULL REFERENCES schema (id),
      PRIMARY KEY (subject, version),
      UNIQUE (subject, schema_id)
    ) STRICT, WITHOUT ROWID;
  `);
  const addSchema = database.prepare(
    'INSERT INTO schema (text, sha256) VALUES (?, ?) ON CONFLICT DO NOTHING',
  );
  const idOfHash = database.prepare('SELECT id FROM schema WHERE sha256 = ?');
  const textOfId = database.prepare('SELECT text FROM schema WHERE id = ?');
  const addVersion = database.prepare(
    'INSERT INTO subject_version (subject, version, schema_id) VALUES (?, ?, ?)',
  );
  const versionsOf = database.prepare(
    `SELECT version, schema_id AS id, text FROM subject_version JOIN schema ON id = schema_id
     WHERE subject = ? ORDER BY version`,
  );
  const rowsOf = (subject: string) => versionsOf.all(subject) as unknown as readonly VersionRow[];

  const store = (subject: string, text: string): number => {
    const sha256 = createHash('sha256').update(text).digest('hex');
    // Written first and taken back if it breaks somebody: so the savepoint holds the write lock before anything is read.
    const isNew = addSchema.run(text, sha256).changes > 0;
    const { id } = idOfHash.get(sha256) as { id: number };
    const rows = rowsOf(subject);
    if (rows.some((row) => row.id === id)) return id;
    const older = rows.map((row) => ({ version: row.version, schemaText: row.text }));
    const faults = [...(isNew ? ownFaults(text) : []), ...faultsAfter(text, older)];
    if (faults.length > 0) throw incompatible(subject, faults);
    addVersion.run(subject, (rows.at(-1)?.version ?? 0) + 1, id);
    return id;
  };

  return {
    async register(subject, schemaText) {
      const text = withoutWhiteSpace(subject, schemaText);
      database.exec('SAVEPOINT schema_registry');
      try {
        const id = store(subject, text);
        database.exec('RELEASE schema_registry');
        return id;
      } catch (error) {
        database.exec('ROLLBACK TO schema_registry; RELEASE schema_registry');
        throw error;
      }
    },
    async schema(id) {
      const row = textOfId.get(id) as { text: string } | undefined;
      if (row === undefined) throw new HubError('HUB_SCHEMA_UNKNOWN_ID', `no schema has the id ${id}`);
      return row.text;
    },
    async latest(subject) {
      const row = rowsOf(subject).at(-1);
      return row === undefined ? null : { subject, version: row.version, id: row.id, schemaText: row.text };
    },
    async versions(subject) {
      return rowsOf(subject).map((row) => row.version);
    },
  };
}

interface VersionRow {
  readonly version: number;
  readonly id: number;
  readonly text: string;
}
