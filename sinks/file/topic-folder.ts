import { constants } from 'node:fs';
import { type FileHandle, mkdir, open, readdir } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HubError, toHubError } from '../../runtime/errors.ts';
import type { SinkPosition } from '../../runtime/sink.ts';
import type { Logger } from '../../runtime/telemetry.ts';
import { type Append, type Layout, type Line, place } from './placing.ts';
import {
  flushFolder,
  nothingYet,
  type Position,
  parsePosition,
  positionText,
  readText,
  replaceFile,
} from './position.ts';

/** Personal data: for the hub's user and for its group, to whom the folder is shared. */
const fileMode = 0o640;
const folderMode = 0o750;
/** Files whose confirmed length is kept; a record for an older one goes into its next part. */
const filesKept = 64;

/** The files of one topic, and its position beside them. */
export interface TopicFolder {
  /** The first record of the partition that is not in the files, and the time of the one before. */
  position(partition: number): SinkPosition;
  /**
   * Appends, and moves the position of the partition to `to`. Both or neither, also after a crash. Lines of several
   * partitions are appended in turn: never call it twice at once.
   */
  append(partition: number, to: SinkPosition, lines: readonly Line[]): Promise<void>;
}

/** Opens or creates it, and cuts off what was being written when it was last left. Throws HUB_SINK_FAILED. */
export async function openTopicFolder(path: string, layout: Layout, log: Logger): Promise<TopicFolder> {
  const positionPath = join(path, `.position-${layout.extension}.json`);
  const filePath = (file: string): string => join(path, file);

  let { position, text, taken, left } = await onDisk(path, async () => {
    await mkdir(path, { recursive: true, mode: folderMode });
    await flushFolder(dirname(path));
    const text = await readText(positionPath);
    const position = text === null ? nothingYet : parsePosition(positionPath, text);
    const left = new Set<string>();
    for (const [file, size] of position.files) {
      if (await restored(filePath(file), size, layout.head, log)) continue;
      log.warn('file changed by others, left as it is', { path: filePath(file), bytes: size });
      left.add(file);
    }
    return { position, text, left, taken: new Set([...position.files.keys(), ...(await readdir(path))]) };
  });

  /** Two sinks on one folder would each overwrite the other's lines. */
  async function expectOwn(): Promise<void> {
    if ((await readText(positionPath)) === text) return;
    throw new HubError(
      'HUB_SINK_FAILED',
      `${positionPath}: not as it was left; does another sink write here? Give each its own folder`,
    );
  }

  async function save(next: Position): Promise<void> {
    const nextText = positionText(next);
    await replaceFile(positionPath, nextText, fileMode);
    text = nextText;
    position = next;
  }

  /** Names new files before they are begun, so that nothing unconfirmed can lie in a file that is not known. */
  async function announce(appends: readonly Append[]): Promise<void> {
    const files = new Map(position.files);
    for (const { file, at } of appends) if (at === 0) files.set(file, 0);
    if (files.size === position.files.size) return;
    await save({ ...position, files });
    for (const { file } of appends) taken.add(file);
  }

  return {
    position: (partition) => ({
      next: position.next.get(partition) ?? 0,
      lastTimestamp: position.last.get(partition) ?? null,
    }),
    append: (partition, to, lines) =>
      onDisk(path, async () => {
        await expectOwn();
        const sizes = new Map([...position.files].filter(([file]) => !left.has(file)));
        const appends = place(lines, layout, { sizes, taken });
        await announce(appends);
        for (const append of appends) await write(filePath(append.file), append);
        if (appends.some(({ at }) => at === 0)) await flushFolder(path);
        const files = latest(position.files, appends);
        const next = new Map(position.next).set(partition, to.next);
        const last = new Map(position.last);
        if (to.lastTimestamp !== null) last.set(partition, to.lastTimestamp);
        await save({ next, last, files });
      }),
  };
}

/** Brings a file back to what is confirmed. False when it is not the file that was left: then it is not touched. */
async function restored(path: string, size: number, head: Uint8Array, log: Logger): Promise<boolean> {
  const file = await openFound(path);
  if (file === null) return size === 0;
  try {
    const found = (await file.stat()).size;
    if (found < size || (size > 0 && !(await startsWith(file, head)))) return false;
    if (found > size) {
      await file.truncate(size);
      await file.sync();
      log.info('unconfirmed end of file cut off', { path, bytes: found - size });
    }
    return true;
  } finally {
    await file.close();
  }
}

/** The files that keep a place in the position: what is not named there is never appended to. */
function latest(files: ReadonlyMap<string, number>, appends: readonly Append[]): ReadonlyMap<string, number> {
  const ordered = new Map(files);
  for (const { file, size } of appends) {
    ordered.delete(file);
    ordered.set(file, size);
  }
  const surplus = ordered.size - Math.max(filesKept, appends.length);
  return surplus > 0 ? new Map([...ordered].slice(surplus)) : ordered;
}

async function write(path: string, { at, chunks }: Append): Promise<void> {
  const { O_CREAT, O_RDWR } = constants;
  const file = await open(path, at === 0 ? O_RDWR | O_CREAT : O_RDWR, fileMode);
  try {
    const { size } = await file.stat();
    if (size !== at)
      throw new HubError(
        'HUB_SINK_FAILED',
        `${path}: expected ${at} bytes, found ${size}: changed by others`,
      );
    try {
      await writeAll(file, Buffer.concat(chunks), at);
      await file.datasync();
    } catch (thrown) {
      // Half a line would be seen until the next attempt; where this fails too, opening again does it.
      await file.truncate(at).catch(() => {});
      throw thrown;
    }
  } finally {
    await file.close();
  }
}

/** On a full disk a write may take a part, and only the next one fails. */
async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

async function openFound(path: string): Promise<FileHandle | null> {
  try {
    return await open(path, 'r+');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw thrown;
  }
}

async function startsWith(file: FileHandle, head: Uint8Array): Promise<boolean> {
  const start = Buffer.alloc(head.length);
  const { bytesRead } = await file.read(start, 0, head.length, 0);
  return bytesRead === head.length && start.equals(head);
}

/** Says which folder it is about: the system's own words do not always. */
async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (thrown) {
    if (thrown instanceof HubError) throw thrown;
    const { message } = toHubError(thrown);
    throw new HubError('HUB_SINK_FAILED', `${path}: ${message}`, { cause: thrown, context: { path } });
  }
}
