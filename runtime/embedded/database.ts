import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HubError } from '../errors.ts';
import { applicationId, formatVersion, migrations } from './format.ts';
import { codeOfSqlite } from './sqlite-codes.ts';

export const dataFileName = 'hub.db';

/** In the data folder, while `hub restore` fills it. */
export const restoringName = 'restoring';

/**
 * Opens the one SQLite file of a data folder. `write` creates folder and file, brings an older format up to date, and expects the
 * caller to hold the folder's lock; `read` changes nothing and may be used by any number of threads and processes meanwhile; `copy`
 * does the same, and takes an older format as it is.
 *
 * Throws HUB_DATA_FORMAT (newer, foreign, half restored, or for `read`: absent or older), HUB_DATA_WRITE, HUB_DATA_LOCKED,
 * HUB_DATA_DAMAGED.
 */
export function openDatabase(folder: string, mode: 'write' | 'read' | 'copy'): DatabaseSync {
  const path = join(folder, dataFileName);
  if (!existsSync(path)) expectNew(folder, path, mode === 'write');
  return guarded(path, () => {
    if (mode === 'write') mkdirSync(folder, { recursive: true });
    const db = new DatabaseSync(path, { readOnly: mode !== 'write', timeout: 5_000 });
    try {
      const version = formatOf(db, path);
      if (mode === 'write') prepareForWriting(db, path, version);
      else if (mode === 'read' && version < formatVersion)
        throw wrongFormat(path, `format ${version}, not yet brought up to date`);
      return db;
    } catch (error) {
      db.close();
      throw error;
    }
  });
}

/**
 * All of `write` in one SQLite transaction, or none of it. `write` must not await. Afterwards the connection is usable again,
 * whatever happened. Throws what `write` throws, HUB_DATA_WRITE when the file cannot be written, HUB_DATA_LOCKED when
 * another process writes in spite of the folder's lock.
 */
export function inTransaction<T>(db: DatabaseSync, write: () => T): T {
  return guarded(db.location() ?? ':memory:', () => {
    db.exec('BEGIN IMMEDIATE');
    try {
      const result = write();
      db.exec('COMMIT');
      return result;
    } catch (error) {
      // A full disk has mostly rolled back already.
      if (db.isTransaction) db.exec('ROLLBACK');
      throw error;
    }
  });
}

/** A hub that a service manager starts on a folder whose restoring was cut short must not begin a second life there. */
function expectNew(folder: string, path: string, mayCreate: boolean): void {
  const isHalfRestored = existsSync(join(folder, restoringName));
  if (mayCreate && !isHalfRestored) return;
  const found = isHalfRestored
    ? `is half restored: run hub restore again, or delete ${restoringName} in it to begin anew`
    : 'holds no data of the hub yet';
  throw new HubError('HUB_DATA_FORMAT', `${folder} ${found}`, { context: { path } });
}

function formatOf(db: DatabaseSync, path: string): number {
  const { application_id } = db.prepare('PRAGMA application_id').get() as { application_id: number };
  const { user_version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  const { tables } = db.prepare('SELECT count(*) AS tables FROM sqlite_schema').get() as { tables: number };
  if (application_id === 0 && user_version === 0 && tables === 0) return 0;
  if (application_id !== applicationId) throw wrongFormat(path, 'the file of another program');
  if (user_version > formatVersion) throw wrongFormat(path, `format ${user_version}`);
  return user_version;
}

const wrongFormat = (path: string, found: string): HubError =>
  new HubError('HUB_DATA_FORMAT', `${path}: found ${found}; this hub reads format ${formatVersion}`, {
    context: { path },
  });

function prepareForWriting(db: DatabaseSync, path: string, version: number): void {
  // FULL: a commit that has resolved survives power loss. Page size counts only for a new file: an item's state and its facts each change
  // a page of an index that no other item of the commit changes, so half the size is a third less to write. Checkpoints are made by
  // `runCheckpoints` long before 256 MiB; who writes without it has them there. The cache holds the pages of the largest commits; what falls
  // out of it is still the operating system's.
  db.exec(`PRAGMA page_size = 4096; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL;
           PRAGMA cache_size = -16384; PRAGMA wal_autocheckpoint = 64000; PRAGMA temp_store = MEMORY;`);
  if (version === formatVersion) return;
  inTransaction(db, () => {
    if (formatOf(db, path) !== version) throw wrongFormat(path, 'a format that another process is changing');
    for (const migration of migrations.slice(version)) db.exec(migration);
    db.exec(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = ${formatVersion}`);
  });
}

function guarded<T>(path: string, action: () => T): T {
  try {
    return action();
  } catch (error) {
    throw classified(error, path);
  }
}

function classified(error: unknown, path: string): unknown {
  if (error instanceof HubError || typeof error !== 'object' || error === null) return error;
  const { errcode, syscall, message } = error as { errcode?: number; syscall?: string; message?: string };
  const code = errcode === undefined ? null : codeOfSqlite(errcode);
  if (code === null && syscall === undefined) return error;
  return new HubError(code ?? 'HUB_DATA_WRITE', `${path}: ${message}`, {
    cause: error,
    context: { path, errcode },
  });
}
