import { codeOfSqlite } from './embedded/sqlite-codes.ts';
import type { ErrorCode } from './errors.ts';

/** What Node hands over of an error: its properties, but out of a thread not always its class. */
interface ErrorLike {
  readonly name: string;
  readonly stack?: string;
  readonly code?: unknown;
}

export function isErrorLike(thrown: unknown): thrown is ErrorLike {
  return typeof thrown === 'object' && thrown !== null && 'name' in thrown && 'stack' in thrown;
}

/** An error of the operating system: its message names the call and a path. */
interface SystemError extends ErrorLike {
  readonly code: string;
  readonly syscall: string;
  readonly message: string;
}

function isSystemError(thrown: unknown): thrown is SystemError {
  return isErrorLike(thrown) && 'errno' in thrown && 'syscall' in thrown && typeof thrown.code === 'string';
}

/** An error of `node:sqlite`; `errstr` is SQLite's own word for the code, the message may quote values. */
interface SqliteError extends ErrorLike {
  readonly errcode: number;
  readonly errstr: string;
}

function isSqliteError(thrown: unknown): thrown is SqliteError {
  return isErrorLike(thrown) && thrown.code === 'ERR_SQLITE_ERROR' && 'errcode' in thrown;
}

/**
 * What status and log may say of an error that is not ours: class, code and place, but not its message, which may quote a
 * record, a person's data in it. That of the operating system is kept: it holds no more than a path.
 */
export function wordsOf(thrown: unknown): string {
  if (!isErrorLike(thrown)) return `what was thrown is no error but: ${typeof thrown}`;
  if (isSystemError(thrown)) return thrown.message;
  if (isSqliteError(thrown)) return `SQLite says "${thrown.errstr}" (${thrown.errcode})`;
  const code =
    typeof thrown.code === 'string' && /^[A-Z][A-Z0-9_]*$/.test(thrown.code) ? ` ${thrown.code}` : '';
  const [place] = framesOf(thrown);
  return `${thrown.name}${code} thrown${place === undefined ? '' : ` ${place.trim()}`}`;
}

/** The stack without its head, which repeats the message. */
export const framesOf = (thrown: unknown): readonly string[] =>
  isErrorLike(thrown) ? (thrown.stack ?? '').split('\n').filter((line) => /^\s+at /.test(line)) : [];

const noRoom = new Set(['ENOSPC', 'EDQUOT', 'EFBIG', 'EROFS']);

/** The code for what the data file has to say, wherever it comes up; null for everything else. */
export const codeOfDataFile = (thrown: unknown): ErrorCode | null =>
  isSqliteError(thrown) ? codeOfSqlite(thrown.errcode) : null;

/** Has the disk no room, or may it not be written? */
export const isDiskFull = (thrown: unknown): boolean => isSystemError(thrown) && noRoom.has(thrown.code);

/** The same of what `fetch` has thrown: it hides what went wrong below it. */
export const wordsOfFetch = (thrown: unknown): string =>
  wordsOf(thrown instanceof TypeError && thrown.cause !== undefined ? thrown.cause : thrown);
