import type { ErrorCode } from '../errors.ts';

/** SQLite's primary result codes (sqlite.org/rescode.html) that say something about file and disk rather than about us. */
const codes: ReadonlyMap<number, ErrorCode> = new Map([
  ...[5, 6].map((busy) => [busy, 'HUB_DATA_LOCKED'] as const),
  ...[3, 8, 10, 13, 14].map((unwritable) => [unwritable, 'HUB_DATA_WRITE'] as const),
  [11, 'HUB_DATA_DAMAGED'],
  [26, 'HUB_DATA_FORMAT'],
]);

/** @param errcode primary or extended, as `node:sqlite` gives it. Null for what is a mistake of ours. */
export const codeOfSqlite = (errcode: number): ErrorCode | null => codes.get(errcode & 0xff) ?? null;
