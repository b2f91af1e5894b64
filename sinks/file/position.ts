import { open, readFile, rename } from 'node:fs/promises';
import { dirname } from 'node:path';
import { z } from 'zod';
import { HubError } from '../../runtime/errors.ts';

/**
 * How far a topic has come in its folder, of all partitions at once:
 *
 * ```json
 * {"format":1,"next":{"0":812,"1":790},"last":{"0":1773101553000,"1":1773101552914},"files":{"items-2026-03-09.jsonl":18233,"items-2026-03-10.jsonl":7120}}
 * ```
 */
export interface Position {
  /** Offset to read next, by partition. */
  readonly next: ReadonlyMap<number, number>;
  /** Timestamp of the record before it, by partition. Positions that an earlier hub has written lack it. */
  readonly last: ReadonlyMap<number, number>;
  /** Confirmed bytes of the files written last, the latest at the end. What lies beyond is not confirmed. */
  readonly files: ReadonlyMap<string, number>;
}

export const nothingYet: Position = { next: new Map(), last: new Map(), files: new Map() };

const count = z.int().min(0);
const byPartition = <T extends z.ZodType>(value: T) => z.record(z.string().regex(/^\d+$/), value);
const form = z.object({
  format: z.literal(1),
  next: byPartition(count),
  last: byPartition(z.number()).default({}),
  files: z.record(z.string(), count),
});

export function positionText({ next, last, files }: Position): string {
  const [nextOffsets, lastTimes] = [Object.fromEntries(next), Object.fromEntries(last)];
  return JSON.stringify({ format: 1, next: nextOffsets, last: lastTimes, files: Object.fromEntries(files) });
}

/** Throws HUB_SINK_FAILED when the text is none. @param path for the message */
export function parsePosition(path: string, text: string): Position {
  const parsed = form.safeParse(json(text));
  if (!parsed.success) {
    throw new HubError(
      'HUB_SINK_FAILED',
      `${path}: expected the position that the file sink keeps (format 1), found something else; restore it, or move the whole folder away to have everything written anew`,
      { context: { path } },
    );
  }
  const { next, last, files } = parsed.data;
  return { next: numbered(next), last: numbered(last), files: new Map(Object.entries(files)) };
}

const numbered = (byPartition: Readonly<Record<string, number>>): ReadonlyMap<number, number> =>
  new Map(Object.entries(byPartition).map(([partition, value]) => [Number(partition), value]));

/** Null when there is none. */
export async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, 'utf8');
  } catch (thrown) {
    if ((thrown as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw thrown;
  }
}

/** Old or new, never a mixture: written aside, flushed, renamed, and the name flushed. */
export async function replaceFile(path: string, text: string, mode: number): Promise<void> {
  const aside = `${path}.new`;
  const file = await open(aside, 'w', mode);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(aside, path);
  await flushFolder(dirname(path));
}

/** Names of files made or renamed in it survive a loss of power from here on. */
export async function flushFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
