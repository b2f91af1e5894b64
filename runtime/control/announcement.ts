import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { HubError } from '../errors.ts';

const announcement = z.object({
  /** On 127.0.0.1. */
  port: z.int().min(1).max(65_535),
  /** Whoever can read the file may command the hub; nobody else. */
  token: z.string().min(16),
  pid: z.int().min(1),
});

/** Where a running hub takes commands: `control.json` in its data folder. */
export type Announcement = z.infer<typeof announcement>;

const pathIn = (folder: string): string => join(folder, 'control.json');

/**
 * Writes the file whole or not at all, readable by its owner only. Returns what removes it again, unless another hub has
 * written its own meanwhile. Throws HUB_DATA_WRITE.
 */
export function announce(folder: string, announced: Announcement): () => void {
  const path = pathIn(folder);
  const unfinished = `${path}.${announced.pid}`;
  try {
    mkdirSync(folder, { recursive: true });
    // The mode counts only for a new file.
    rmSync(unfinished, { force: true });
    writeFileSync(unfinished, `${JSON.stringify(announced)}\n`, { mode: 0o600, flag: 'wx' });
    renameSync(unfinished, path);
  } catch (cause) {
    throw new HubError('HUB_DATA_WRITE', `${path}: ${(cause as Error).message}`, {
      cause,
      context: { path },
    });
  }
  return () => {
    if (readAnnouncement(folder)?.token === announced.token) rmSync(path, { force: true });
  };
}

/** Null where there is none, or one that is not of this form. */
export function readAnnouncement(folder: string): Announcement | null {
  try {
    return announcement.parse(JSON.parse(readFileSync(pathIn(folder), 'utf8')));
  } catch {
    return null;
  }
}
