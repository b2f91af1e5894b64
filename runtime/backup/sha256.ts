import { createHash } from 'node:crypto';
import { open } from 'node:fs/promises';

/**
 * Reads a file to its end. @param options.flush also makes it survive a loss of power @param options.onRead after each piece, with
 * its length in bytes
 */
export async function sha256OfFile(
  path: string,
  options: { readonly flush?: boolean; onRead?(bytes: number): void } = {},
): Promise<{ readonly sha256: string; readonly bytes: number }> {
  const hash = createHash('sha256');
  let bytes = 0;
  // Linux flushes a file whatever it was opened for; opened for writing it is the same everywhere.
  const file = await open(path, options.flush === true ? 'r+' : 'r');
  try {
    for await (const chunk of file.createReadStream({ autoClose: false, highWaterMark: 1024 * 1024 })) {
      const piece = chunk as Buffer;
      hash.update(piece);
      bytes += piece.length;
      options.onRead?.(piece.length);
    }
    if (options.flush === true) await file.sync();
  } finally {
    await file.close();
  }
  return { sha256: hash.digest('hex'), bytes };
}
