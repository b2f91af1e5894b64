import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HubError } from '../errors.ts';
import { codeOfSqlite } from './sqlite-codes.ts';

/** A connection that nobody refers to is closed by the garbage collector, and its lock is gone: these are referred to until released. */
const held = new Set<DatabaseSync>();

/**
 * Makes this process, and this holder within it, the only writer of a data folder. The lock is an open exclusive transaction on
 * `lock.db`, which stays empty: the operating system frees it when the process ends, also by `kill -9`.
 *
 * Throws HUB_DATA_LOCKED when it is held, HUB_DATA_WRITE when the folder cannot be written, HUB_DATA_FORMAT or HUB_DATA_DAMAGED when
 * `lock.db` is not what it was.
 */
export function lockDataFolder(folder: string): { release(): void } {
  const path = join(folder, 'lock.db');
  let db: DatabaseSync | undefined;
  try {
    mkdirSync(folder, { recursive: true });
    db = new DatabaseSync(path, { timeout: 0 });
    db.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    db?.close();
    throw refused(error, folder, path);
  }
  const lock = db;
  held.add(lock);
  return {
    release() {
      if (held.delete(lock)) lock.close();
    },
  };
}

function refused(error: unknown, folder: string, path: string): HubError {
  const { errcode = 0, message } = error as { errcode?: number; message: string };
  const options = { cause: error, context: { path } };
  const code = codeOfSqlite(errcode) ?? 'HUB_DATA_WRITE';
  if (code === 'HUB_DATA_LOCKED') return new HubError(code, `${folder} is held by another hub`, options);
  const isBroken = code === 'HUB_DATA_FORMAT' || code === 'HUB_DATA_DAMAGED';
  const hint = isBroken ? ' (it holds nothing: delete it while no hub runs)' : '';
  return new HubError(code, `${path}: ${message}${hint}`, options);
}
