import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { HubError } from '../errors.ts';

/**
 * Makes this process, and this holder within it, the only writer of a data folder. The lock is an open exclusive transaction on
 * `lock.db`, which stays empty: the operating system frees it when the process ends, also by `kill -9`.
 *
 * Throws HUB_DATA_LOCKED when it is held, HUB_DATA_WRITE when the folder cannot be written.
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
  const held = db;
  return {
    release() {
      if (held.isOpen) held.close();
    },
  };
}

const sqliteBusy = 5;

function refused(error: unknown, folder: string, path: string): HubError {
  const { errcode = 0 } = error as { errcode?: number };
  const options = { cause: error, context: { path } };
  if ((errcode & 0xff) === sqliteBusy)
    return new HubError('HUB_DATA_LOCKED', `${folder} is held by another hub`, options);
  return new HubError('HUB_DATA_WRITE', `${path}: ${(error as Error).message}`, options);
}
