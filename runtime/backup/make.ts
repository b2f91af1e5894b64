import { createWriteStream, existsSync } from 'node:fs';
import { mkdir, open, readdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { backup, DatabaseSync } from 'node:sqlite';
import { Readable, Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { create } from 'tar';
import { dataFileName, openDatabase } from '../embedded/database.ts';
import { lockDataFolder } from '../embedded/lock.ts';
import { HubError, toHubError } from '../errors.ts';
import { type Manifest, manifestName, manifestText, type Part } from './manifest.ts';
import { sha256OfFile } from './sha256.ts';

/** 16 MiB of the data file between two signs of progress. */
const pagesAtOnce = 2_000;

export interface BackupAsk {
  /** Data folder; a hub may run on it. */
  readonly folder: string;
  /** Where its attachments lie. */
  readonly attachments: string;
  /** The archive to be made. Must not exist. */
  readonly file: string;
  readonly made: Pick<Manifest, 'program' | 'instance' | 'at'>;
  /** Aborts it; nothing is left behind. */
  readonly signal: AbortSignal;
  /** How far a step has come, in pages or bytes. */
  onProgress(step: 'copy' | 'check' | 'pack', done: number, total: number): void;
}

export interface BackupResult {
  readonly file: string;
  /** Of the archive. */
  readonly bytes: number;
  readonly sha256: string;
  readonly attachments: number;
  /** Attachments whose bytes do not fit their name: they are not in the backup. */
  readonly damaged: readonly string[];
}

/**
 * Copies a data folder into one archive (tar, gzip; docs/data-format.md), beside a running hub, which neither waits nor notices. It
 * needs room for the data file and the archive beside `file`, and appears there only when it is whole and flushed: what a kill leaves
 * is the folder `<file>.partial`, which the next backup to this file takes away.
 *
 * First the data file, in one read transaction, and only then the attachments: each is written before the transaction that refers
 * to it and never removed, so whatever the copied file refers to is there. The other way round, one could be written and
 * referred to in between. The snapshot of the dedup index stays behind: it might be ahead of the copy, and is rebuilt.
 *
 * Throws HUB_BACKUP_TARGET_TAKEN, HUB_DATA_FORMAT, HUB_DATA_WRITE, HUB_DATA_DAMAGED (so no backup that cannot be used is made),
 * HUB_DATA_LOCKED (another backup to this file is being made), the reason of `signal`.
 */
export async function makeBackup(ask: BackupAsk): Promise<BackupResult> {
  const { file, signal } = ask;
  expectFree(file);
  const staging = `${file}.partial`;
  const lock = await openStaging(staging);
  try {
    const whole = join(staging, 'whole.tar.gz');
    const database = await copiedDatabase(ask, join(staging, dataFileName));
    signal.throwIfAborted();
    const { parts, damaged } = await soundAttachments(ask);
    const manifest = manifestText({ ...ask.made, format: database.format, parts: [database.part, ...parts] });
    await writeFile(join(staging, manifestName), manifest);
    await pack(ask, staging, [database.part, ...parts], whole);
    const { sha256, bytes } = await sha256OfFile(whole);
    expectFree(file);
    await rename(whole, file);
    await flushFolder(dirname(resolve(file)));
    return { file, bytes, sha256, attachments: parts.length, damaged };
  } catch (thrown) {
    if (signal.aborted) throw signal.reason;
    throw named(thrown, file);
  } finally {
    lock.release();
    await rm(staging, { recursive: true, force: true });
  }
}

function expectFree(file: string): void {
  if (existsSync(file)) throw new HubError('HUB_BACKUP_TARGET_TAKEN', `${file} exists already`);
}

/** Only this folder is made, not those above it: a disk that is not mounted must not be made up for. */
async function openStaging(staging: string): Promise<{ release(): void }> {
  await mkdir(staging, { mode: 0o700 }).catch((thrown: NodeJS.ErrnoException) => {
    if (thrown.code !== 'EEXIST') throw named(thrown, staging);
  });
  let lock: { release(): void };
  try {
    lock = lockDataFolder(staging);
  } catch (thrown) {
    if ((thrown as HubError).code !== 'HUB_DATA_LOCKED') {
      await rm(staging, { recursive: true, force: true });
      throw thrown;
    }
    throw new HubError('HUB_DATA_LOCKED', `${staging}: another backup to this file is being made`);
  }
  for (const left of await readdir(staging)) {
    if (!left.startsWith('lock.db')) await rm(join(staging, left), { recursive: true, force: true });
  }
  return lock;
}

async function copiedDatabase(
  { folder, onProgress }: BackupAsk,
  copy: string,
): Promise<{ readonly part: Part; readonly format: number }> {
  onProgress('copy', 0, 1);
  const source = openDatabase(folder, 'copy');
  let format: number;
  try {
    // Read from this one transaction, the copy is the file as it is now. Without it each commit of the hub would begin it anew.
    source.exec('BEGIN');
    format = Number(source.prepare('PRAGMA user_version').get()?.user_version);
    await backup(source, copy, {
      rate: pagesAtOnce,
      progress: ({ totalPages, remainingPages }) =>
        onProgress('copy', totalPages - remainingPages, totalPages),
    });
  } finally {
    source.close();
  }
  onProgress('check', 0, 1);
  expectSound(copy);
  return { part: { path: dataFileName, ...(await sha256OfFile(copy)) }, format };
}

/** A page that has gone bad is copied as it is: better to hear of it while an older backup is still kept. */
function expectSound(path: string): void {
  const copy = new DatabaseSync(path, { readOnly: true });
  try {
    const found = String(copy.prepare('PRAGMA quick_check(1)').get()?.quick_check);
    if (found !== 'ok')
      throw new HubError('HUB_DATA_DAMAGED', `the data file does not fit together: ${found}`);
  } finally {
    copy.close();
  }
}

async function soundAttachments({ attachments, signal, onProgress }: BackupAsk) {
  const references = existsSync(attachments) ? (await readdir(attachments, { recursive: true })).sort() : [];
  const parts: Part[] = [];
  const damaged: string[] = [];
  const names = references.flatMap((path) => /^[0-9a-f]{2}\/([0-9a-f]{64})$/.exec(path)?.[1] ?? []);
  for (const [index, name] of names.entries()) {
    signal.throwIfAborted();
    const path = `${name.slice(0, 2)}/${name}`;
    const { sha256, bytes } = await sha256OfFile(join(attachments, path));
    if (sha256 === name) parts.push({ path: `attachments/${path}`, bytes, sha256 });
    else damaged.push(name);
    onProgress('check', index + 1, names.length);
  }
  return { parts, damaged };
}

async function pack(
  { attachments, signal, onProgress }: BackupAsk,
  staging: string,
  parts: readonly Part[],
  archive: string,
): Promise<void> {
  await symlink(resolve(attachments), join(staging, 'attachments'));
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, callback) {
      done += chunk.length;
      onProgress('pack', Math.min(done, total), total);
      callback(null, chunk);
    },
  });
  const entries = create({ cwd: staging, portable: true }, [manifestName, ...parts.map(({ path }) => path)]);
  // The fastest level: a backup under load must not take the hub's processor.
  const gzip = createGzip({ level: 1 });
  await pipeline(
    Readable.from(entries),
    counted,
    gzip,
    createWriteStream(archive, { flush: true, mode: 0o600 }),
    { signal },
  );
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

/** Says which file it is about: SQLite's own words do not. */
function named(thrown: unknown, file: string): HubError {
  if (thrown instanceof HubError) return thrown;
  const isSystem = typeof (thrown as { syscall?: unknown } | null)?.syscall === 'string';
  const { code, message } = toHubError(thrown, isSystem ? 'HUB_DATA_WRITE' : undefined);
  return new HubError(code, `${file}: ${message}`, { cause: thrown, context: { file } });
}
