import { readFile } from 'node:fs/promises';
import { z } from 'zod';
import { formatVersion } from '../embedded/format.ts';
import { HubError } from '../errors.ts';

/** First in the archive, so that it can be looked at without unpacking the rest. */
export const manifestName = 'manifest.json';

/** Of the archive; that of the data is `format`. */
const archiveVersion = 1;

const part = z.object({
  path: z.string().regex(/^(hub\.db|attachments\/[0-9a-f]{2}\/[0-9a-f]{64})$/),
  bytes: z.int().min(0),
  /** 64 lower-case hex digits. */
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
});

const manifest = z.object({
  archive: z.literal(archiveVersion),
  /** Of the data file (`PRAGMA user_version`). */
  format: z.int().min(0),
  /** Version of the program that made the backup. */
  program: z.string(),
  /** `instance` of the configuration; null where the backup was made without one. */
  instance: z.string().nullable(),
  /** When the data file was as it is in here, ISO 8601. */
  at: z.string(),
  /** All other entries of the archive. */
  parts: z.array(part).min(1),
});

export type Manifest = z.infer<typeof manifest>;
export type Part = z.infer<typeof part>;

export const manifestText = (facts: Omit<Manifest, 'archive'>): string =>
  `${JSON.stringify({ archive: archiveVersion, ...facts }, null, 1)}\n`;

/** What a newer program may have written otherwise is asked first. */
const head = z.object({ archive: z.int(), format: z.int(), program: z.string() });

/** Throws HUB_DATA_FORMAT where a newer hub made the backup, HUB_BACKUP_UNUSABLE where this is no manifest. @param backup named in them */
export async function readManifest(path: string, backup: string): Promise<Manifest> {
  const found = json(await readFile(path, 'utf8').catch(() => ''));
  const { archive, format, program } = parsed(head, found, backup);
  if (archive > archiveVersion || format > formatVersion) {
    throw new HubError(
      'HUB_DATA_FORMAT',
      `${backup} was made by hub ${program}: found archive ${archive} with data of format ${format}; this hub reads archive ${archiveVersion} and format ${formatVersion}`,
      { context: { archive, format, program } },
    );
  }
  return parsed(manifest, found, backup);
}

function parsed<T>(form: z.ZodType<T>, found: unknown, backup: string): T {
  const { data, success } = form.safeParse(found);
  if (success) return data;
  throw new HubError(
    'HUB_BACKUP_UNUSABLE',
    `${backup} has no ${manifestName} of a backup, found something else`,
  );
}

function json(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
