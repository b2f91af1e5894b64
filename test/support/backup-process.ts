/**
 * A program for tests of crashes: makes a backup, or restores one. With `dieAt` it is killed (kill -9) at that call to the file
 * system. Arguments as JSON, see `Keeping`.
 */
import { join } from 'node:path';
import { dieAtCall } from './die-at-call.ts';

export interface Keeping {
  readonly act: 'backup' | 'restore';
  readonly file: string;
  /** Data folder. */
  readonly folder: string;
  readonly dieAt: number | null;
}

if (process.argv[1] === import.meta.filename) {
  const { act, file, folder, dieAt } = JSON.parse(process.argv[2]!) as Keeping;
  if (dieAt !== null) await dieAtCall(dieAt);
  // Loaded only now: they must see the calls above.
  const { makeBackup } = await import('../../runtime/backup/make.ts');
  const { restoreBackup } = await import('../../runtime/backup/restore.ts');
  const { signal } = new AbortController();
  const made = { program: '0.0.0', instance: null, at: '2026-03-10T08:00:00.000+08:00' };
  const ask = { file, folder, attachments: join(folder, 'attachments'), made, signal, onProgress() {} };
  try {
    await (act === 'backup' ? makeBackup : restoreBackup)(ask);
    process.stdout.write('complete');
  } catch (thrown) {
    process.stdout.write(String((thrown as { code?: unknown }).code));
  }
}
