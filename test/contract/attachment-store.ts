import { createHash } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { AttachmentStore } from '../../runtime/attachment-store/index.ts';

export interface OpenedAttachmentStore {
  readonly store: AttachmentStore;
  /** Opens it again over the same data. */
  reopen(): Promise<AttachmentStore>;
  close(): Promise<void>;
}

const sha256 = (bytes: Uint8Array): string => createHash('sha256').update(bytes).digest('hex');
const missing = expect.objectContaining({ code: 'HUB_ATTACHMENT_MISSING' });

async function* streamOf(...chunks: readonly Uint8Array[]): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) yield chunk;
}

/** What every form of the attachment store must do. @param open a fresh, empty one each time */
export function attachmentStoreContract(name: string, open: () => Promise<OpenedAttachmentStore>): void {
  describe(`${name} keeps the contract of the attachment store`, () => {
    let opened: OpenedAttachmentStore;
    beforeEach(async () => {
      opened = await open();
    });
    afterEach(() => opened.close());

    test('gives back any bytes under their SHA-256, also after a restart', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 2_000 }), async (bytes) => {
          const reference = await opened.store.put(bytes);
          expect(reference).toBe(sha256(bytes));
          expect(Buffer.from(await opened.store.get(reference)).equals(bytes)).toBe(true);
          const again = await opened.reopen();
          expect(Buffer.from(await again.get(reference)).equals(bytes)).toBe(true);
        }),
        { numRuns: 20 },
      );
    });

    test('takes a stream as it takes bytes', async () => {
      const chunks = Array.from({ length: 60 }, (_, i) => new Uint8Array(100_000).fill(i));
      const whole = Buffer.concat(chunks);
      const reference = await opened.store.put(streamOf(...chunks));
      expect(reference).toBe(await opened.store.put(whole));
      expect(whole.equals(await opened.store.get(reference))).toBe(true);
      expect(await opened.store.put(streamOf())).toBe(sha256(new Uint8Array(0)));
    });

    test('takes the same bytes again and again, also at the same time', async () => {
      const bytes = new TextEncoder().encode('the same picture');
      const references = await Promise.all(Array.from({ length: 8 }, () => opened.store.put(bytes)));
      expect(new Set(references)).toEqual(new Set([sha256(bytes)]));
      expect(Buffer.from(await opened.store.get(references[0]!)).equals(bytes)).toBe(true);
    });

    test('keeps nothing of a stream that fails, and passes its error on', async () => {
      const head = new TextEncoder().encode('head');
      async function* cut(): AsyncGenerator<Uint8Array> {
        yield head;
        throw new Error('cut in the middle');
      }
      await expect(opened.store.put(cut())).rejects.toThrow('cut in the middle');
      expect(await opened.store.has(sha256(head))).toBe(false);
    });

    test('says what is not there, and takes no path for a reference', async () => {
      const bytes = new TextEncoder().encode('there');
      const reference = await opened.store.put(bytes);
      expect(await opened.store.has(reference)).toBe(true);
      const absent = sha256(new TextEncoder().encode('absent'));
      expect(await opened.store.has(absent)).toBe(false);
      await expect(opened.store.get(absent)).rejects.toEqual(missing);
      for (const odd of [
        '',
        '..',
        `../${reference.slice(0, 2)}/${reference}`,
        reference.toUpperCase(),
        `${reference}\0`,
      ]) {
        expect(await opened.store.has(odd)).toBe(false);
        await expect(opened.store.get(odd)).rejects.toEqual(missing);
      }
    });
  });
}
