import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * Folder of the data that is given and not ours to copy: the variable HUB_SHARED, or `../shared` beside the project.
 * Missing is an error, never a reason to skip.
 */
export function sharedFolder(): string {
  const folder = process.env.HUB_SHARED ?? fileURLToPath(new URL('../../../shared', import.meta.url));
  if (existsSync(`${folder}/data/README.md`)) return folder;
  throw new Error(`no shared data at ${folder}: set HUB_SHARED to the folder that holds data/ and stories/`);
}
