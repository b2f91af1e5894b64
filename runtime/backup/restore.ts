import { createReadStream } from 'node:fs';
import { mkdir, open, readdir, rename, rm, rmdir, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { extract } from 'tar';
import { dataFileName, restoringName } from '../embedded/database.ts';
import { lockDataFolder } from '../embedded/lock.ts';
import { HubError, toHubError } from '../errors.ts';
import { type Manifest, manifestName, readManifest } from './manifest.ts';
import { sha256OfFile } from './sha256.ts';

const attachmentsName = 'attachments';
const lockName = 'lock.db';

export interface RestoreAsk {
  readonly file: string;
  /** Data folder to be: absent, or empty. */
  readonly folder: string;
  /** Aborts it; nothing is left behind. */
  readonly signal: AbortSignal;
  /** How far a step has come, bytes. */
  onProgress(step: 'unpack' | 'verify', done: number, total: number): void;
}

/**
 * Unpacks a backup into a new data folder. All is unpacked, verified and flushed in `<folder>/restoring` first; `hub.db` comes to its
 * place last, by one rename: before it the folder holds no data and no hub starts on it (HUB_DATA_FORMAT), after it all of them. What a kill
 * leaves is taken away by the next restore. Inside the folder, because that is often a mount of its own, which cannot be renamed.
 *
 * Throws HUB_BACKUP_UNUSABLE, HUB_BACKUP_TARGET_TAKEN, HUB_DATA_FORMAT (from a newer hub), HUB_DATA_LOCKED, HUB_DATA_WRITE, the
 * reason of `signal`.
 */
export async function restoreBackup(ask: RestoreAsk): Promise<Manifest> {
  const { file, folder, signal } = ask;
  const archiveBytes = await sizeOf(file);
  const isNew = (await mkdir(folder, { recursive: true }).catch(refuse)) !== undefined;
  const staging = join(folder, restoringName);
  let lock: { release(): void } | null = null;
  try {
    lock = await lockEmpty(folder);
    await rm(staging, { recursive: true, force: true });
    await rm(join(folder, attachmentsName), { recursive: true, force: true });
    await mkdir(staging, { mode: 0o700 });
    await unpack(ask, staging, archiveBytes);
    const manifest = await readManifest(join(staging, manifestName), file);
    await verify(ask, manifest, staging);
    await appear(staging, folder);
    return manifest;
  } catch (thrown) {
    if (lock !== null) await rm(staging, { recursive: true, force: true });
    if (signal.aborted) throw signal.reason;
    throw thrown instanceof HubError ? thrown : refuse(thrown);
  } finally {
    lock?.release();
    if (isNew) await removeIfEmpty(folder);
  }

  function refuse(thrown: unknown): never {
    const { code, message } = toHubError(thrown, 'HUB_DATA_WRITE');
    throw new HubError(code, `${folder}: ${message}`, { cause: thrown, context: { folder } });
  }
}

async function sizeOf(file: string): Promise<number> {
  const found = await stat(file).catch((thrown: Error) => {
    throw unusable(file, thrown.message, thrown);
  });
  if (!found.isFile()) throw unusable(file, 'found no file, expected a backup');
  return found.size;
}

/** Throws HUB_DATA_LOCKED where a hub runs, HUB_BACKUP_TARGET_TAKEN where anything lies that an earlier restore has not left. */
async function lockEmpty(folder: string): Promise<{ release(): void }> {
  const names = await readdir(folder);
  const isInterrupted = names.includes(restoringName) && !names.includes(dataFileName);
  const ours = new Set(isInterrupted ? [lockName, restoringName, attachmentsName] : [lockName]);
  const found = names.filter((name) => !ours.has(name) && !name.startsWith(`${lockName}-`));
  if (found.length === 0) return lockDataFolder(folder);
  if (names.includes(lockName)) lockDataFolder(folder).release();
  throw new HubError(
    'HUB_BACKUP_TARGET_TAKEN',
    `${folder} is not empty: found ${found.slice(0, 3).join(', ')}${found.length > 3 ? ', …' : ''}`,
    { context: { folder } },
  );
}

async function unpack(
  { file, signal, onProgress }: RestoreAsk,
  staging: string,
  total: number,
): Promise<void> {
  let done = 0;
  const counted = new Transform({
    transform(chunk: Buffer, _, callback) {
      done += chunk.length;
      onProgress('unpack', done, total);
      callback(null, chunk);
    },
  });
  // Strict: what tar only warns of, a wrong checksum or an end that is missing, is an error.
  const entries = extract({ cwd: staging, strict: true, filter: (_, entry) => isPlain(entry) });
  try {
    await pipeline(createReadStream(file), counted, createGunzip(), entries, { signal });
  } catch (thrown) {
    if (isOfDisk(thrown)) throw thrown;
    throw unusable(file, `it cannot be unpacked (${(thrown as Error).message})`, thrown);
  }
}

/** No links: what a name in the archive leads to must lie in it. */
const isPlain = (entry: object): boolean => 'type' in entry && /^(File|Directory)$/.test(String(entry.type));

/** Neither zlib nor tar name a system call in their complaints about an archive. */
const isOfDisk = (thrown: unknown): boolean => {
  const { syscall, cause } = thrown as { syscall?: unknown; cause?: unknown };
  return typeof syscall === 'string' || (typeof cause === 'object' && cause !== null && isOfDisk(cause));
};

/** Each part is there with its bytes, and nothing else. */
async function verify(
  { file, signal, onProgress }: RestoreAsk,
  { parts }: Manifest,
  staging: string,
): Promise<void> {
  const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
  let done = 0;
  for (const { path, bytes, sha256 } of parts) {
    signal.throwIfAborted();
    const found = await sha256OfFile(join(staging, path), {
      flush: true,
      onRead(length) {
        done += length;
        onProgress('verify', Math.min(done, total), total);
      },
    }).catch((thrown: NodeJS.ErrnoException) => {
      if (thrown.code === 'ENOENT') throw unusable(file, `${path} is missing in it`);
      throw thrown;
    });
    if (found.bytes === bytes && found.sha256 === sha256) continue;
    throw unusable(
      file,
      `${path}: found ${found.bytes} bytes with SHA-256 ${found.sha256}, expected ${bytes} with ${sha256}`,
    );
  }
  const expected = new Set([manifestName, ...parts.map(({ path }) => path)]);
  const surplus = (await filesIn(staging)).find((path) => !expected.has(path));
  if (surplus !== undefined)
    throw unusable(file, `found ${surplus}, which its ${manifestName} does not name`);
  if (!expected.has(dataFileName)) throw unusable(file, `${dataFileName} is missing in it`);
}

async function filesIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  return entries
    .filter((entry) => !entry.isDirectory())
    .map(({ parentPath, name }) => join(parentPath, name).slice(folder.length + 1));
}

async function appear(staging: string, folder: string): Promise<void> {
  const attachments = join(staging, attachmentsName);
  for (const path of await readdir(staging, { recursive: true, withFileTypes: true })) {
    if (path.isDirectory()) await flushFolder(join(path.parentPath, path.name));
  }
  await rename(attachments, join(folder, attachmentsName)).catch((thrown: NodeJS.ErrnoException) => {
    // A hub that has had none makes the folder when it needs it.
    if (thrown.code !== 'ENOENT') throw thrown;
  });
  await flushFolder(folder);
  await rename(join(staging, dataFileName), join(folder, dataFileName));
  await flushFolder(folder);
  await rm(staging, { recursive: true, force: true });
  await flushFolder(dirname(resolve(folder)));
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  await folder.sync().finally(() => folder.close());
}

/** A folder that was made for nothing goes again. */
async function removeIfEmpty(folder: string): Promise<void> {
  const names = await readdir(folder);
  if (!names.every((name) => name.startsWith(lockName))) return;
  for (const name of names) await rm(join(folder, name), { force: true });
  await rmdir(folder).catch(() => {});
}

const unusable = (file: string, found: string, cause?: unknown): HubError =>
  new HubError('HUB_BACKUP_UNUSABLE', `${file}: ${found}`, { cause, context: { file } });
