import { mkdirSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HubError } from '../errors.ts';
import { codeOfDataFile } from '../foreign-error.ts';

/** In the data folder: the item store of an embedded hub, made from `hub.db` and nothing else. */
export const itemsFileName = 'items.db';

export const itemsFileIn = (folder: string): string => join(folder, itemsFileName);

/** `PRAGMA application_id`: "CHit". */
const applicationId = 0x43486974;
/** `PRAGMA user_version`, raised with every change of the tables. Up to 3 they lay in `hub.db`. docs/data-format.md describes them. */
const layout = 4;

const tables = `
CREATE TABLE item (
  item_id TEXT PRIMARY KEY,
  base_id TEXT NOT NULL,
  record_id TEXT NOT NULL,
  partition INTEGER NOT NULL,
  source TEXT NOT NULL,
  item_class TEXT NOT NULL,
  category TEXT NOT NULL,
  lead TEXT NOT NULL,
  status TEXT NOT NULL,
  reported_at INTEGER NOT NULL,
  title TEXT NOT NULL,
  cluster_id TEXT NOT NULL,
  value BLOB NOT NULL
) STRICT;
CREATE INDEX item_record ON item (record_id);
CREATE INDEX item_reported ON item (reported_at);
CREATE INDEX item_counted ON item (item_class, status, lead);
CREATE TABLE event (
  item_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  record_offset INTEGER NOT NULL,
  PRIMARY KEY (item_id, seq)
) STRICT, WITHOUT ROWID;
CREATE TABLE cluster (
  cluster_id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  PRIMARY KEY (cluster_id, item_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE pair (
  owner_id TEXT NOT NULL,
  other_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (owner_id, other_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX pair_other ON pair (other_id);
CREATE INDEX pair_suggested ON pair (outcome) WHERE outcome = 'SUGGESTED' AND word = 'NONE';
CREATE INDEX pair_unlinked ON pair (word) WHERE word = 'UNLINK';
CREATE TABLE reached (
  topic TEXT NOT NULL,
  partition INTEGER NOT NULL,
  next INTEGER NOT NULL,
  last_key TEXT,
  last_at REAL NOT NULL,
  PRIMARY KEY (topic, partition)
) STRICT, WITHOUT ROWID;
`;

/**
 * For the one writer. A file that is not there, of another layout or no database of ours is made anew, empty. Throws HUB_DATA_WRITE.
 *
 * NORMAL: after a power loss SQLite's file is sound and ends with some earlier transaction, its rows with the offsets that they reach;
 * the rest is read from the log again. It is never ahead of the log: a reader of `hub.db` sees a commit only once that has been waited
 * for. OFF would spare the wait at a checkpoint, but leave pages of two times in a file that looks sound.
 *
 * Pages are small because most are touched for one row of a random id, and written twice each time (journal, file).
 */
export function openForWriting(file: string): DatabaseSync {
  return guarded(file, () => {
    mkdirSync(join(file, '..'), { recursive: true });
    // A journal whose file somebody has removed must not be taken for that of the next one.
    if (statSync(file, { throwIfNoEntry: false }) === undefined) removeFile(file);
    const database = isReadable(file) ? connected(file) : created(file);
    database.exec(`PRAGMA synchronous = NORMAL; PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 8000;
                   PRAGMA temp_store = MEMORY`);
    return database;
  });
}

const connected = (file: string): DatabaseSync => new DatabaseSync(file, { timeout: 5_000 });

function isReadable(file: string): boolean {
  const database = connected(file);
  try {
    return hasLayout(database);
  } catch (thrown) {
    if (isUnsound(thrown)) return false;
    throw thrown;
  } finally {
    database.close();
  }
}

/** Removed and not emptied: that takes no time, and works with a file that does not fit together. */
function created(file: string): DatabaseSync {
  removeFile(file);
  const database = connected(file);
  database.exec(`PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; BEGIN; ${tables}
                 PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${layout}; COMMIT`);
  return database;
}

/** The journal goes last: SQLite takes it away itself where it belongs to an empty file. Readers keep what they have open. */
export function removeFile(file: string): void {
  for (const path of [file, `${file}-wal`, `${file}-shm`]) rmSync(path, { force: true });
}

/** A connection for reading, which follows the file when it is made anew; without a file, or with another layout, there is nothing to read. */
export interface ItemsFile {
  all(sql: string, values: readonly (string | number)[]): readonly Readonly<Record<string, unknown>>[];
  close(): void;
}

/** Works in any thread or process, beside a writer or without one. `all` throws HUB_DATA_DAMAGED, HUB_DATA_FORMAT for what is no database. */
export function openForReading(file: string): ItemsFile {
  let open: { readonly database: DatabaseSync; readonly inode: number; isKnown: boolean } | null = null;

  function current(): DatabaseSync | null {
    const inode = statSync(file, { throwIfNoEntry: false })?.ino;
    if (open !== null && open.inode !== inode) close();
    if (inode === undefined) return null;
    open ??= {
      database: new DatabaseSync(file, { readOnly: true, timeout: 5_000 }),
      inode,
      isKnown: false,
    };
    open.isKnown ||= hasLayout(open.database);
    return open.isKnown ? open.database : null;
  }

  function close(): void {
    open?.database.close();
    open = null;
  }

  return {
    all: (sql, values) =>
      guarded(
        file,
        () =>
          current()
            ?.prepare(sql)
            .all(...values) ?? [],
      ),
    close,
  };
}

function hasLayout(database: DatabaseSync): boolean {
  const found = (name: string) => Object.values(database.prepare(`PRAGMA ${name}`).get() ?? {})[0];
  return found('application_id') === applicationId && found('user_version') === layout;
}

/** Parts of it do not fit together, or it is no database at all. */
export function isUnsound(thrown: unknown): boolean {
  const code = thrown instanceof HubError ? thrown.code : codeOfDataFile(thrown);
  return code === 'HUB_DATA_DAMAGED' || code === 'HUB_DATA_FORMAT';
}

/** Errors of the file get their code, and what to do where that is another thing than for `hub.db`. */
export function guarded<T>(file: string, action: () => T): T {
  try {
    return action();
  } catch (thrown) {
    if (thrown instanceof HubError) throw thrown;
    const isSystem = typeof (thrown as { syscall?: unknown } | null)?.syscall === 'string';
    const code = codeOfDataFile(thrown) ?? (isSystem ? 'HUB_DATA_WRITE' : null);
    if (code === null) throw thrown;
    const hint = isUnsound(thrown) ? ' (a running hub fills it anew; without one, delete it)' : '';
    throw new HubError(code, `${file}: ${(thrown as Error).message}${hint}`, {
      cause: thrown,
      context: { path: file },
    });
  }
}
