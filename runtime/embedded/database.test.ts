import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../test/support/embedded-log.ts';
import { dataFileName, inTransaction, openDatabase } from './database.ts';
import { applicationId, formatVersion } from './format.ts';

const wrongFormat = expect.objectContaining({ code: 'HUB_DATA_FORMAT', retriable: false });

describe('the data file', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let file: string;
  beforeEach(() => {
    folder = temporaryFolder();
    file = join(folder.path, dataFileName);
  });
  afterEach(() => folder.remove());

  /** The file as somebody else would leave it. */
  const rewrite = (sql: string) => {
    const db = new DatabaseSync(file);
    db.exec(sql);
    db.close();
  };

  test('is created with its folder, in the current format, in a mode that survives power loss', () => {
    const deep = join(folder.path, 'new', 'data');
    const db = openDatabase(deep, 'write');
    const pragma = (name: string) => Object.values(db.prepare(`PRAGMA ${name}`).get()!)[0];
    expect(pragma('application_id')).toBe(applicationId);
    expect(pragma('user_version')).toBe(formatVersion);
    expect(pragma('journal_mode')).toBe('wal');
    expect(pragma('synchronous')).toBe(2);
    db.close();
    expect(readFileSync(join(deep, dataFileName)).toString('latin1', 68, 72)).toBe('CHub');
  });

  test('of a newer hub is refused for reading and writing, and left as it is', () => {
    openDatabase(folder.path, 'write').close();
    rewrite(`PRAGMA user_version = ${formatVersion + 1}`);
    const before = readFileSync(file);
    for (const mode of ['read', 'write'] as const)
      expect(() => openDatabase(folder.path, mode)).toThrow(wrongFormat);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test.each([
    ['an SQLite file of another program', () => rewrite('CREATE TABLE t (a); PRAGMA application_id = 7')],
    ['an SQLite file without a mark', () => rewrite('CREATE TABLE t (a)')],
    ['no SQLite file at all', () => writeFileSync(file, 'A letter to the mayor. '.repeat(400))],
  ])('that is %s is refused and left as it is', (_, make) => {
    make();
    const before = readFileSync(file);
    for (const mode of ['read', 'write'] as const)
      expect(() => openDatabase(folder.path, mode)).toThrow(wrongFormat);
    expect(readFileSync(file).equals(before)).toBe(true);
  });

  test('that is absent is refused for reading, and not created', () => {
    expect(() => openDatabase(folder.path, 'read')).toThrow(wrongFormat);
    openDatabase(folder.path, 'write').close();
    openDatabase(folder.path, 'read').close();
  });

  test('of an older format is brought up to date by writing, and refused for reading until then', () => {
    rewrite(`PRAGMA application_id = ${applicationId}; PRAGMA user_version = 0`);
    expect(() => openDatabase(folder.path, 'read')).toThrow(wrongFormat);
    openDatabase(folder.path, 'write').close();
    const db = openDatabase(folder.path, 'read');
    expect(db.prepare('SELECT count(*) AS topics FROM topic').get()).toEqual({ topics: 0 });
    db.close();
  });

  test('opened for reading cannot be written', () => {
    openDatabase(folder.path, 'write').close();
    const db = openDatabase(folder.path, 'read');
    const write = () => inTransaction(db, () => db.exec("INSERT INTO producer VALUES ('p', 1)"));
    expect(write).toThrow(expect.objectContaining({ code: 'HUB_DATA_WRITE', retriable: true }));
    db.close();
  });

  test('in a folder that cannot be made is reported as not writable', () => {
    writeFileSync(join(folder.path, 'file'), '');
    const open = () => openDatabase(join(folder.path, 'file', 'data'), 'write');
    expect(open).toThrow(expect.objectContaining({ code: 'HUB_DATA_WRITE' }));
  });

  test('keeps all of a transaction or nothing, and can be used afterwards', () => {
    const db = openDatabase(folder.path, 'write');
    const add = (id: string) => db.prepare('INSERT INTO producer VALUES (?, 1)').run(id);
    const broken = () =>
      inTransaction(db, () => {
        add('lost');
        throw new Error('in the middle');
      });
    expect(broken).toThrow('in the middle');
    expect(inTransaction(db, () => add('kept').changes)).toBe(1);
    expect(db.prepare('SELECT transactional_id AS id FROM producer').all()).toEqual([{ id: 'kept' }]);
    db.close();
  });
});
