import { statSync } from 'node:fs';
import { join } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../test/support/embedded-log.ts';
import { systemClock } from '../clock.ts';
import { type Logger, silentLogger } from '../telemetry.ts';
import { runCheckpoints } from './checkpoints.ts';
import { dataFileName, inTransaction, openDatabase } from './database.ts';

const mebibyte = 2 ** 20;

describe('checkpoints in a thread of their own', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let database: DatabaseSync;
  beforeEach(() => {
    folder = temporaryFolder();
    database = openDatabase(folder.path, 'write');
    database.exec('CREATE TABLE filling (value BLOB)');
  });
  afterEach(() => {
    database.close();
    folder.remove();
  });

  const fileBytes = (suffix = '') => statSync(join(folder.path, dataFileName + suffix)).size;
  /** 12,000 rows of 4 KiB in twelve transactions. */
  const write = () => {
    const insert = database.prepare('INSERT INTO filling VALUES (?)');
    for (let transaction = 0; transaction < 12; transaction += 1)
      inTransaction(database, () => {
        for (let row = 0; row < 1_000; row += 1) insert.run(new Uint8Array(4_000));
      });
  };
  const run = async (body: () => Promise<void>, logger: Logger = silentLogger, path = folder.path) => {
    const over = new AbortController();
    const running = runCheckpoints({
      database,
      folder: path,
      clock: systemClock,
      logger,
      signal: over.signal,
    });
    await body();
    over.abort();
    await running;
  };
  const until = async (isSo: () => boolean) => {
    while (!isSo()) await systemClock.sleep(20);
  };

  test('keep the write-ahead log from growing with what is written', async () => {
    await run(async () => {
      for (let round = 1; round <= 4; round += 1) {
        write();
        await until(() => fileBytes() > round * 45 * mebibyte);
        // The writer's own part, on the turn after the thread has answered.
        await systemClock.sleep(200);
      }
    });
    expect(fileBytes('-wal')).toBeLessThan(110 * mebibyte);
    expect(database.prepare('SELECT count(*) AS rows FROM filling').get()).toEqual({ rows: 48_000 });
    expect(database.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  });

  test('that fail are told of and tried again, and the writer writes on', async () => {
    const told: string[] = [];
    const logger: Logger = { ...silentLogger, warn: (message) => void told.push(message) };
    const nowhere = join(folder.path, dataFileName, 'no folder');
    await run(
      async () => {
        for (let time = 1; time <= 2; time += 1) {
          write();
          await until(() => told.length >= time);
        }
      },
      logger,
      nowhere,
    );
    expect(told).toEqual(['no checkpoint of the data file', 'no checkpoint of the data file']);
    expect(database.prepare('SELECT count(*) AS rows FROM filling').get()).toEqual({ rows: 24_000 });
  });
});
