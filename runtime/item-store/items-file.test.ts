import {
  closeSync,
  existsSync,
  openSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { a, b, openSurroundings, type Surroundings } from '../../test/contract/item-store/fixture.ts';
import { temporaryFolder } from '../../test/support/embedded-log.ts';
import { silentLogger } from '../telemetry.ts';
import { openItemStore, openItemStoreWriter } from './embedded.ts';
import type { ItemStore, ItemStoreWriter } from './index.ts';
import { itemsFileIn } from './items-file.ts';
import { progressOf } from './progress.ts';

let folder: ReturnType<typeof temporaryFolder>;
let file: string;
let hub: Surroundings;
let writer: ItemStoreWriter;
let store: ItemStore;
let warned: string[];

beforeEach(async () => {
  folder = temporaryFolder();
  file = itemsFileIn(folder.path);
  warned = [];
  hub = await openSurroundings(async (log, serde) => {
    store = openItemStore(folder.path, log, serde);
    const open = () =>
      openItemStoreWriter(folder.path, { ...silentLogger, warn: (message) => void warned.push(message) });
    writer = open();
    return {
      store,
      get writer() {
        return writer;
      },
      rival: async () => open(),
      async reopen() {
        await writer.close();
        writer = open();
      },
      async close() {
        await store.close();
        await writer.close();
      },
    };
  });
  await hub.publish(a, a);
  await hub.project();
});
afterEach(async () => {
  await hub.close();
  folder.remove();
});

const rewrite = (sql: string) => {
  const database = new DatabaseSync(file);
  database.exec(sql);
  database.close();
};
const overwrite = (from: number, bytes: number) => {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(bytes, 0xa5), 0, bytes, from);
  closeSync(handle);
};
const total = async () => (await store.counts()).total;

describe('the file of the item store', () => {
  test('is made anew, and filled, where it has another layout; until then there is nothing in it to read', async () => {
    await writer.close();
    await store.close();
    rewrite('PRAGMA user_version = 99; DROP TABLE event');
    expect(await total()).toBe(0);
    expect(await store.events(a)).toEqual([]);
    expect(await progressOf(hub.log, store)).toEqual({ behind: 1, total: 1 });
    writer = openItemStoreWriter(folder.path, silentLogger);
    await hub.project();
    expect(await total()).toBe(1);
  });

  test.each([
    ['another program has written', () => rewrite('PRAGMA application_id = 7')],
    ['is no database', () => writeFileSync(file, 'A letter. '.repeat(1_000))],
    ['is empty', () => writeFileSync(file, '')],
    ['is cut off', () => writeFileSync(file, readFileSync(file).subarray(0, 4_096 * 3))],
    [
      'is lost, but for its journal',
      () => {
        writeFileSync(`${file}-wal`, readFileSync(file));
        rmSync(file);
      },
    ],
  ])('that %s is made anew and filled', async (_, spoil) => {
    await writer.close();
    await store.close();
    spoil();
    writer = openItemStoreWriter(folder.path, silentLogger);
    await hub.project();
    expect(await total()).toBe(1);
    expect((await store.find(a))[0]!.item.itemId).toBe(a);
  });

  test('that turns out to be damaged in the middle of the work is made anew, and all is taken in again', async () => {
    await hub.reopen();
    rewrite('PRAGMA wal_checkpoint(TRUNCATE)');
    await hub.reopen();
    overwrite(4_096, statSync(file).size - 4_096);
    await hub.publish(b, b);
    await hub.project();
    expect(warned).toContain('the item store is damaged and is filled anew');
    expect(await total()).toBe(2);
  });

  test('that only readers find damaged says which it is, and what to do', async () => {
    await writer.close();
    await store.close();
    rewrite('PRAGMA wal_checkpoint(TRUNCATE)');
    overwrite(4_096, statSync(file).size - 4_096);
    await expect(store.counts()).rejects.toMatchObject({
      code: 'HUB_DATA_DAMAGED',
      message: expect.stringMatching(/items\.db: .*a running hub fills it anew; without one, delete it/),
    });
    writer = openItemStoreWriter(folder.path, silentLogger);
    await hub.project();
    expect(await total()).toBe(1);
  });

  test('is followed by those who read it when it is made anew', async () => {
    expect(await total()).toBe(1);
    const before = statSync(file).ino;
    await writer.reset();
    expect(statSync(file).ino).not.toBe(before);
    expect(await total()).toBe(0);
    await hub.project();
    expect(await total()).toBe(1);
  });

  test('is not made by those who only read', async () => {
    await writer.close();
    await store.close();
    rmSync(file);
    expect(await total()).toBe(0);
    expect(await store.reached()).toEqual([]);
    expect(existsSync(file)).toBe(false);
    writer = openItemStoreWriter(folder.path, silentLogger);
  });
});
