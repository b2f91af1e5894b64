import { type FileHandle, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import { crc32 } from 'node:zlib';
import { HubError } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import {
  type EmbeddedDedupIndex,
  type EmbeddedDedupIndexOptions,
  openEmbeddedDedupIndex,
} from './embedded.ts';
import { decodeEntries, encodeEntry } from './snapshot-entry.ts';

/** In the data folder. */
export const snapshotName = 'dedup-index.snapshot';

export interface Snapshot {
  readonly index: EmbeddedDedupIndex;
  /** By partition of `hub.state`: the next offset when the snapshot was begun. All before it is in the index. */
  readonly offsets: readonly number[];
  /** Of the linker whose keys and features the entries carry. Under another one the snapshot is of no use. */
  readonly linkerVersion: string;
}

/**
 * The file, little-endian (docs/data-format.md): `CHubDdup`, u32 format, then frames, each u32 length of its payload, u32 CRC-32
 * of all bytes of the file up to here without the CRCs and of the payload, payload. The first payload is JSON, those that
 * follow hold entries (snapshot-entry.ts), the last is empty.
 */
const magic = Buffer.from('CHubDdup');
const format = 1;
const prologue = Buffer.concat([magic, Buffer.from([format, 0, 0, 0])]);
const frameHeadBytes = 8;
/** A frame is closed when its payload has reached this. Small enough to be no pause between two batches of the item writer. */
const frameBytes = 128 * 1024;
const largestFrame = 256 * 1024;

/**
 * Writes a snapshot in place of the last one: a crash at any moment leaves the one or the other. The index may go on taking
 * entries meanwhile; what is put after the call may be in the file or not, and is in `hub.state` from `offsets` on. Call it where
 * no transaction is open, or entries that were never committed may come back. One at a time. Throws HUB_DATA_WRITE.
 */
export async function writeSnapshot(
  file: string,
  { index, offsets, linkerVersion }: Snapshot,
): Promise<void> {
  const temporary = `${file}.tmp`;
  try {
    const handle = await open(temporary, 'w');
    try {
      await handle.writeFile(prologue);
      let crc = crc32(prologue);
      for (const payload of payloadsOf(index, { linkerVersion, k: index.k, offsets })) {
        const head = Buffer.alloc(frameHeadBytes);
        head.writeUInt32LE(payload.length, 0);
        crc = crc32(payload, crc32(head.subarray(0, 4), crc));
        head.writeUInt32LE(crc, 4);
        await handle.writeFile(Buffer.concat([head, payload]));
      }
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(temporary, file);
    const folder = await open(dirname(file), 'r');
    await folder.sync().finally(() => folder.close());
  } catch (error) {
    await rm(temporary, { force: true });
    throw new HubError('HUB_DATA_WRITE', `${file}: ${(error as Error).message}`, {
      cause: error,
      context: { path: file },
    });
  }
}

/** Each payload is made when it is asked for: entries are read from the index in one go, never across a pause. */
function* payloadsOf(index: EmbeddedDedupIndex, header: object): Generator<Buffer> {
  yield Buffer.from(JSON.stringify(header));
  const buffer = Buffer.allocUnsafe(largestFrame);
  let length = 0;
  for (const entry of index.held()) {
    length = encodeEntry(entry, buffer, length);
    if (length < frameBytes) continue;
    yield buffer.subarray(0, length);
    length = 0;
  }
  if (length > 0) yield buffer.subarray(0, length);
  yield Buffer.alloc(0);
}

/**
 * The index as it was written. Null where there is no snapshot, or none that is whole and of this format: then, with a line in the
 * log, the index is rebuilt from all of `hub.state`.
 */
export async function restoreSnapshot(
  file: string,
  options: EmbeddedDedupIndexOptions & { readonly log: Logger },
): Promise<Snapshot | null> {
  let handle: FileHandle;
  try {
    handle = await open(file, 'r');
  } catch (error) {
    const isMissing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    options.log[isMissing ? 'info' : 'warn']('no snapshot of the dedup index', { file, error });
    return null;
  }
  try {
    return await restoreFrom(handle, options);
  } catch (error) {
    options.log.warn('the snapshot of the dedup index is not used', {
      file,
      reason: (error as Error).message,
    });
    return null;
  } finally {
    await handle.close();
  }
}

async function restoreFrom(handle: FileHandle, options: EmbeddedDedupIndexOptions): Promise<Snapshot> {
  const index = openEmbeddedDedupIndex(options);
  let header: Omit<Snapshot, 'index'> | null = null;
  for await (const payload of framesOf(handle)) {
    if (header === null) header = JSON.parse(payload.toString()) as Omit<Snapshot, 'index'>;
    else await index.put(decodeEntries(payload));
  }
  if (header === null) throw new Error('it has no header');
  return { index, offsets: header.offsets, linkerVersion: header.linkerVersion };
}

/** Payloads, each checked before it is given; ends only where the file ends as it should. */
async function* framesOf(handle: FileHandle): AsyncGenerator<Buffer> {
  const first = await take(handle, prologue.length);
  if (!first.subarray(0, magic.length).equals(magic)) throw new Error('it does not begin as a snapshot does');
  if (!first.equals(prologue))
    throw new Error(`format ${first.readUInt32LE(magic.length)}, ${format} was expected`);
  let crc = crc32(prologue);
  for (;;) {
    const head = await take(handle, frameHeadBytes);
    const length = head.readUInt32LE(0);
    if (length > largestFrame) throw new Error(`damaged: a frame of ${length} bytes`);
    const payload = await take(handle, length);
    crc = crc32(payload, crc32(head.subarray(0, 4), crc));
    if (crc !== head.readUInt32LE(4)) throw new Error('damaged: wrong checksum');
    if (length === 0) break;
    yield payload;
  }
  const { bytesRead } = await handle.read(Buffer.alloc(1), 0, 1);
  if (bytesRead > 0) throw new Error('damaged: bytes after its end');
}

/** The next bytes of the file. A buffer of its own: entries are views into it until they are put. */
async function take(handle: FileHandle, length: number): Promise<Buffer> {
  const bytes = Buffer.allocUnsafe(length);
  for (let have = 0; have < length; ) {
    const { bytesRead } = await handle.read(bytes, have, length - have);
    if (bytesRead === 0) throw new Error('damaged: cut off');
    have += bytesRead;
  }
  return bytes;
}
