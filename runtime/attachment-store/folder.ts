import { createHash, randomUUID } from 'node:crypto';
import { mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { HubError } from '../errors.ts';
import type { AttachmentStore } from './index.ts';

/** Where a data folder keeps what is too large for its log. */
export const attachmentFolder = (folder: string): string => join(folder, 'attachments');

const referenceForm = /^[0-9a-f]{64}$/;

/** Attachments as files `<folder>/<first two digits>/<reference>`; what is being written lies in `<folder>/incoming`. */
export function folderAttachmentStore(folder: string): AttachmentStore {
  const incoming = join(folder, 'incoming');
  const pathOf = (reference: string) => join(folder, reference.slice(0, 2), reference);

  async function write(content: Uint8Array | AsyncIterable<Uint8Array>): Promise<string> {
    await onDisk(folder, () => mkdir(incoming, { recursive: true }));
    const temporary = join(incoming, randomUUID());
    try {
      const reference = await fill(temporary, content);
      const path = pathOf(reference);
      await onDisk(folder, async () => {
        await mkdir(dirname(path), { recursive: true });
        await rename(temporary, path);
        // The names: of the file, and of its folder, which may be new.
        await flushFolder(dirname(path));
        await flushFolder(folder);
      });
      return reference;
    } catch (error) {
      await rm(temporary, { force: true });
      throw error;
    }
  }

  return {
    put: write,
    async get(reference) {
      let bytes: Uint8Array;
      try {
        bytes = await readFile(pathOf(checked(reference)));
      } catch (error) {
        throw missing(reference, 'it is not there', error);
      }
      if (createHash('sha256').update(bytes).digest('hex') !== reference)
        throw missing(reference, 'its bytes are damaged');
      return bytes;
    },
    async has(reference) {
      if (!referenceForm.test(reference)) return false;
      const found = await stat(pathOf(reference)).catch(() => null);
      return found !== null;
    },
  };
}

async function fill(path: string, content: Uint8Array | AsyncIterable<Uint8Array>): Promise<string> {
  const hash = createHash('sha256');
  const file = await onDisk(path, () => open(path, 'wx'));
  try {
    for await (const chunk of content instanceof Uint8Array ? [content] : content) {
      hash.update(chunk);
      await onDisk(path, () => file.writeFile(chunk));
    }
    await onDisk(path, () => file.sync());
  } finally {
    await file.close();
  }
  return hash.digest('hex');
}

async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

/** Only our own file work becomes HUB_DATA_WRITE: the error of a stream stays what it is. */
async function onDisk<T>(path: string, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw new HubError('HUB_DATA_WRITE', `${path}: ${(error as Error).message}`, {
      cause: error,
      context: { path },
    });
  }
}

/** A reference comes from records: it must not become a path of its own. */
function checked(reference: string): string {
  if (referenceForm.test(reference)) return reference;
  throw missing(reference, 'this is no reference');
}

const missing = (reference: string, why: string, cause?: unknown): HubError =>
  new HubError('HUB_ATTACHMENT_MISSING', `Attachment ${reference.slice(0, 80)}: ${why}`, {
    cause,
    context: { reference },
  });
