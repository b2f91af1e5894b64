import { existsSync, readdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from '@jest/globals';
import { attachmentStoreContract } from '../../test/contract/attachment-store.ts';
import { temporaryFolder } from '../../test/support/embedded-log.ts';
import { folderAttachmentStore } from './folder.ts';

attachmentStoreContract('A folder', async () => {
  const folder = temporaryFolder();
  const path = join(folder.path, 'attachments');
  return {
    store: folderAttachmentStore(path),
    reopen: async () => folderAttachmentStore(path),
    close: async () => folder.remove(),
  };
});

describe('a folder of attachments', () => {
  const bytes = new TextEncoder().encode('a picture');

  test('does not hand out bytes that have changed on the disk, and mends them when they come again', async () => {
    const folder = temporaryFolder();
    const store = folderAttachmentStore(folder.path);
    const reference = await store.put(bytes);
    writeFileSync(join(folder.path, reference.slice(0, 2), reference), 'another picture');
    await expect(store.get(reference)).rejects.toMatchObject({ code: 'HUB_ATTACHMENT_MISSING' });
    await store.put(bytes);
    expect(Buffer.from(await store.get(reference)).equals(bytes)).toBe(true);
    folder.remove();
  });

  test('leaves no unfinished file behind', async () => {
    const folder = temporaryFolder();
    const store = folderAttachmentStore(folder.path);
    await store.put(bytes);
    async function* cut(): AsyncGenerator<Uint8Array> {
      yield bytes;
      throw new Error('cut');
    }
    await expect(store.put(cut())).rejects.toThrow('cut');
    expect(readdirSync(join(folder.path, 'incoming'))).toEqual([]);
    folder.remove();
  });

  test('that cannot be written says so, in a way that may be tried again', async () => {
    const folder = temporaryFolder();
    const path = join(folder.path, 'file');
    writeFileSync(path, 'a file where the folder should be');
    const failed = folderAttachmentStore(path).put(bytes);
    await expect(failed).rejects.toMatchObject({ code: 'HUB_DATA_WRITE', retriable: true });
    expect(existsSync(path)).toBe(true);
    folder.remove();
  });
});
