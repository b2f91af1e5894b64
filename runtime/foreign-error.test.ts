import { readFileSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { describe, expect, test } from '@jest/globals';
import { type ErrorCode, HubError, toHubError } from './errors.ts';

/** What `work` throws. */
function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (thrown) {
    return thrown;
  }
  throw new Error('nothing was thrown');
}

/** As `node:sqlite` throws it. */
const sqlite = (errcode: number): Error =>
  Object.assign(new Error('quotes 张三'), { code: 'ERR_SQLITE_ERROR', errcode, errstr: 'in its own words' });
/** As `node:fs` throws it. */
const system = (code: string): Error =>
  Object.assign(new Error(`${code}: no good, write`), { code, errno: -1, syscall: 'write' });

describe('an error that is not ours', () => {
  test('is told by class and place, never by its message', () => {
    const thrown = thrownBy(() => JSON.parse('{"reporter": 张三 13912345678}'));
    expect((thrown as Error).message).toContain('张三');
    const { code, message, cause } = toHubError(thrown);
    expect(code).toBe('HUB_INTERNAL');
    expect(message).toMatch(/^SyntaxError thrown at /);
    expect(message).not.toContain('张三');
    expect(cause).toBe(thrown);
  });

  test('keeps its code, which is a word of the program', () => {
    const thrown = Object.assign(new TypeError('张三'), { code: 'ERR_INVALID_ARG_VALUE' });
    expect(toHubError(thrown).message).toMatch(/^TypeError ERR_INVALID_ARG_VALUE thrown at /);
    const strange = Object.assign(new TypeError('张三'), { code: '张三' });
    expect(toHubError(strange).message).not.toContain('张三');
  });

  test('is told when it is no error at all', () => {
    expect(toHubError('13912345678').message).toBe('what was thrown is no error but: string');
    expect(toHubError(null).message).toBe('what was thrown is no error but: object');
  });

  test('of the operating system keeps its message, which names call and path', () => {
    const thrown = thrownBy(() => readFileSync('/nowhere/at/all'));
    expect(toHubError(thrown).message).toBe("ENOENT: no such file or directory, open '/nowhere/at/all'");
  });

  test('that is ours already stays as it is', () => {
    const error = new HubError('HUB_SINK_FAILED', 'the share is gone');
    expect(toHubError(error, 'HUB_INTERNAL')).toBe(error);
  });

  test.each<[string, unknown, ErrorCode]>([
    ['a full disk, told by SQLite', sqlite(13), 'HUB_DATA_WRITE'],
    ['a failed write, told by SQLite', sqlite(778), 'HUB_DATA_WRITE'],
    ['a damaged page', sqlite(11), 'HUB_DATA_DAMAGED'],
    ['a damaged index', sqlite(779), 'HUB_DATA_DAMAGED'],
    ['a file that is no database', sqlite(26), 'HUB_DATA_FORMAT'],
    ['a file in use', sqlite(5), 'HUB_DATA_LOCKED'],
    ['a broken rule of a table', sqlite(1555), 'HUB_INTERNAL'],
    ['a full disk', system('ENOSPC'), 'HUB_DATA_WRITE'],
    ['a file that may not grow', system('EFBIG'), 'HUB_DATA_WRITE'],
    ['a lost socket', system('ECONNRESET'), 'HUB_INTERNAL'],
  ])('%s has its code', (_, thrown, code) => {
    expect(toHubError(thrown)).toMatchObject({ code, message: expect.not.stringContaining('张三') });
  });

  test('goes under the code of whoever was at work, unless the data file speaks', () => {
    expect(toHubError(system('ENOSPC'), 'HUB_SINK_FAILED').code).toBe('HUB_SINK_FAILED');
    expect(toHubError(sqlite(11), 'HUB_SINK_FAILED').code).toBe('HUB_DATA_DAMAGED');
  });

  test('of SQLite is known by what node:sqlite really throws', () => {
    const db = new DatabaseSync(':memory:');
    db.exec("CREATE TABLE person (name TEXT UNIQUE); INSERT INTO person VALUES ('张三')");
    const thrown = thrownBy(() => db.exec("INSERT INTO person VALUES ('张三')"));
    expect(toHubError(thrown)).toMatchObject({
      code: 'HUB_INTERNAL',
      message: 'SQLite says "constraint failed" (2067)',
    });
    db.close();
  });
});
