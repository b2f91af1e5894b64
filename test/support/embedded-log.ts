import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { systemClock } from '../../runtime/clock.ts';
import { openDatabase } from '../../runtime/embedded/database.ts';
import { EmbeddedLog } from '../../runtime/log/embedded.ts';
import type { OpenedLog } from '../contract/log.ts';

/** An empty folder of its own, and how to get rid of it. */
export function temporaryFolder(): { readonly path: string; remove(): void } {
  const path = mkdtempSync(join(tmpdir(), 'hub-'));
  return { path, remove: () => rmSync(path, { recursive: true, force: true }) };
}

/** A log over a data file in a folder of its own. */
export async function openEmbedded(): Promise<OpenedLog & { readonly folder: string }> {
  const folder = temporaryFolder();
  let db = openDatabase(folder.path, 'write');
  const opened = {
    folder: folder.path,
    log: new EmbeddedLog(db, { clock: systemClock, mode: 'write' }),
    async reopen() {
      await opened.log.close();
      db.close();
      db = openDatabase(folder.path, 'write');
      opened.log = new EmbeddedLog(db, { clock: systemClock, mode: 'write' });
      return opened.log;
    },
    async close() {
      await opened.log.close();
      db.close();
      folder.remove();
    },
  };
  return opened;
}
