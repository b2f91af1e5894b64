import type { DatabaseSync } from 'node:sqlite';
import { Worker } from 'node:worker_threads';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { entry, readAll, texts, withCode, write, writeRecords } from '../../test/contract/log/fixture.ts';
import { temporaryFolder } from '../../test/support/embedded-log.ts';
import { systemClock } from '../clock.ts';
import { inTransaction, openDatabase } from '../embedded/database.ts';
import { EmbeddedLog } from './embedded.ts';

describe('the embedded log over its file', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let db: DatabaseSync;
  let log: EmbeddedLog;
  beforeEach(async () => {
    folder = temporaryFolder();
    db = openDatabase(folder.path, 'write');
    log = new EmbeddedLog(db, { clock: systemClock, mode: 'write' });
    await log.ensureTopics([
      { name: 't', partitions: 2 },
      { name: 'table', partitions: 1, compacted: true },
    ]);
  });
  afterEach(() => {
    db.close();
    folder.remove();
  });

  const openReader = () => {
    const reading = openDatabase(folder.path, 'read');
    return {
      log: new EmbeddedLog(reading, { clock: systemClock, mode: 'read' }),
      close: () => reading.close(),
    };
  };
  const pages = (limit: number) => db.exec(`PRAGMA max_page_count = ${limit}`);

  test('shows nothing of a commit that found the disk full, and the same producer goes on once there is room', async () => {
    await write(log, 't', 0, 'before');
    const consumer = await log.consumer({ group: 'g', topics: ['t'], memberId: 'm' });
    await consumer.poll({ max: 1, waitMs: 0 });
    const producer = await log.producer('p');
    const attempt = async () => {
      const transaction = producer.begin();
      transaction.append('t', 1, [entry('small')]);
      transaction.append('table', 0, [entry('row', 'key')]);
      transaction.append('t', 0, [{ key: 'large', value: new Uint8Array(3_000_000), timestamp: 1 }]);
      transaction.sendOffsets(consumer, [{ topic: 't', partition: 0, next: 1 }]);
      await transaction.commit();
    };
    const { page_count } = db.prepare('PRAGMA page_count').get() as { page_count: number };
    pages(page_count + 20);
    for (let i = 0; i < 3; i += 1) {
      await expect(attempt()).rejects.toMatchObject({ code: 'HUB_DATA_WRITE', retriable: true });
    }
    expect(texts(await readAll(log, 't', 0))).toEqual(['before']);
    expect(await readAll(log, 't', 1)).toEqual([]);
    expect((await log.latest('table', 0, ['key'])).size).toBe(0);
    expect(await log.committed('g', [{ topic: 't', partition: 0 }])).toEqual([null]);
    expect(await log.range('t', 0)).toEqual({ start: 0, end: 1 });
    pages(1_000_000);
    await attempt();
    expect((await readAll(log, 't', 0)).map((record) => record.offset)).toEqual([0, 1]);
    expect((await readAll(log, 't', 1)).map((record) => record.offset)).toEqual([0]);
    expect(await log.committed('g', [{ topic: 't', partition: 0 }])).toEqual([1]);
  });

  test('stores rows derived from it and the offset they reach in one transaction, or neither', async () => {
    db.exec('CREATE TABLE projection (value TEXT)');
    await write(log, 't', 0, 'a', 'b');
    const consumer = await log.consumer({ group: 'projection', topics: ['t'], memberId: 'm' });
    const project = async (fails: boolean) => {
      const { records } = await consumer.poll({ max: 10, waitMs: 0 });
      inTransaction(db, () => {
        for (const value of texts(records)) db.prepare('INSERT INTO projection VALUES (?)').run(value);
        consumer.storeOffsets([{ topic: 't', partition: 0, next: consumer.position('t', 0) }]);
        if (fails) throw new Error('after the offsets');
      });
    };
    await expect(project(true)).rejects.toThrow('after the offsets');
    expect(db.prepare('SELECT count(*) AS n FROM projection').get()).toEqual({ n: 0 });
    expect(await log.committed('projection', [{ topic: 't', partition: 0 }])).toEqual([null]);
    await consumer.rewind();
    await project(false);
    expect(db.prepare('SELECT value FROM projection').all()).toEqual([{ value: 'a' }, { value: 'b' }]);
    expect(await log.committed('projection', [{ topic: 't', partition: 0 }])).toEqual([2]);
    await log.consumer({ group: 'projection', topics: ['t'], memberId: 'm' });
    await expect(project(false)).rejects.toEqual(withCode('HUB_LOG_FENCED'));
  });

  test('can be read by others while it is written: whole commits, and woken by them', async () => {
    const reader = openReader();
    expect((await reader.log.topics()).map((topic) => topic.name)).toEqual(['t', 'table']);
    expect(await reader.log.changed({ waitMs: 0 })).toBe(false);
    await write(log, 't', 0, 'a');
    expect(await reader.log.changed({ waitMs: 60_000 })).toBe(true);
    expect(texts(await readAll(reader.log, 't', 0))).toEqual(['a']);
    const waiting = reader.log.changed({ waitMs: 3_600_000 });
    await log.ensureTopics([{ name: 'later', partitions: 1 }]);
    expect(await waiting).toBe(true);
    expect(await reader.log.range('later', 0)).toEqual({ start: 0, end: 0 });
    const stop = new AbortController();
    const aborted = reader.log.changed({ waitMs: 3_600_000, signal: stop.signal });
    stop.abort();
    expect(await aborted).toBe(false);
    reader.close();
  });

  test('tells its own thread of changes as well', async () => {
    expect(await log.changed({ waitMs: 0 })).toBe(true);
    expect(await log.changed({ waitMs: 1 })).toBe(false);
    const waiting = log.changed({ waitMs: 3_600_000 });
    await write(log, 't', 0, 'a');
    expect(await waiting).toBe(true);
  });

  test('opened for reading has neither producers nor consumers, and changes nothing', async () => {
    const reader = openReader();
    const closed = withCode('HUB_LOG_CLOSED');
    await expect(reader.log.producer('p')).rejects.toEqual(closed);
    await expect(reader.log.consumer({ group: 'g', topics: ['t'], memberId: 'm' })).rejects.toEqual(closed);
    await expect(reader.log.ensureTopics([{ name: 'new', partitions: 1 }])).rejects.toEqual(closed);
    await expect(reader.log.trim(0)).rejects.toEqual(closed);
    reader.close();
  });

  test('is read from a worker thread while this one commits, each transaction whole', async () => {
    const code = `
      const { workerData, parentPort } = require('node:worker_threads');
      (async () => {
        const { openDatabase } = await import(workerData.modules + '../embedded/database.ts');
        const { EmbeddedLog } = await import(workerData.modules + 'embedded.ts');
        const { systemClock } = await import(workerData.modules + '../clock.ts');
        const log = new EmbeddedLog(openDatabase(workerData.folder, 'read'), { clock: systemClock, mode: 'read' });
        let seen = 0, halves = 0;
        while (seen < 2 * workerData.count) {
          // Partition 1 is written after partition 0 in the same transaction, and read before it.
          const second = (await log.range('t', 1)).end;
          const first = (await log.range('t', 0)).end;
          if (first < second) halves += 1;
          seen = first + second;
          await log.changed({ waitMs: 50 });
        }
        parentPort.postMessage(halves);
      })();`;
    const count = 200;
    const modules = new URL('./', import.meta.url).href;
    const worker = new Worker(code, { eval: true, workerData: { folder: folder.path, modules, count } });
    const halves = new Promise((resolve, reject) => worker.once('message', resolve).once('error', reject));
    const producer = await log.producer('p');
    for (let i = 0; i < count; i += 1) {
      const transaction = producer.begin();
      transaction.append('t', 0, [entry(`a${i}`)]);
      transaction.append('t', 1, [entry(`b${i}`)]);
      await transaction.commit();
    }
    expect(await halves).toBe(0);
    await worker.terminate();
  });

  test('hands out alike of every partition, and what one has less the others have more', async () => {
    await write(log, 't', 0, ...Array.from({ length: 50 }, (_, i) => `a${i}`));
    await write(log, 't', 1, 'b0', 'b1', 'b2');
    const consumer = await log.consumer({ group: 'g', topics: ['t'], memberId: 'm' });
    const polled = async () => {
      const { records } = await consumer.poll({ max: 4, waitMs: 0 });
      return texts(records).sort();
    };
    expect(await polled()).toEqual(['a0', 'a1', 'b0', 'b1']);
    expect(await polled()).toEqual(['a2', 'a3', 'a4', 'b2']);
    expect(await polled()).toEqual(['a5', 'a6', 'a7', 'a8']);
  });

  test('lets timers and messages in while there is always something to poll', async () => {
    await write(log, 't', 0, ...Array.from({ length: 50 }, (_, i) => `${i}`));
    const consumer = await log.consumer({ group: 'g', topics: ['t'], memberId: 'm' });
    let hasTimerRun = false;
    setTimeout(() => {
      hasTimerRun = true;
    }, 0);
    for (let i = 0; !hasTimerRun && i < 1_000_000; i += 1) {
      await consumer.poll({ max: 1, waitMs: 0 });
      await consumer.rewind();
    }
    expect(hasTimerRun).toBe(true);
  });

  test('names the segment that is damaged', async () => {
    await write(log, 't', 1, 'a', 'b');
    await write(log, 't', 1, 'c');
    db.exec("UPDATE segment SET bytes = x'0105' WHERE base_offset = 2");
    expect(texts(await log.read('t', 1, 0, 2))).toEqual(['a', 'b']);
    const damaged = log.read('t', 1, 0, 3);
    await expect(damaged).rejects.toMatchObject({
      code: 'HUB_LOG_CORRUPT',
      message: expect.stringContaining('t/1 at 2'),
    });
    expect(texts(await log.read('t', 1, 1, 1))).toEqual(['b']);
  });

  test('reads no more than 8 MiB at once, but always at least one record', async () => {
    const large = { key: null, value: new Uint8Array(3 * 1024 * 1024), timestamp: 0 };
    await writeRecords(log, 't', 0, Array(5).fill(large));
    await writeRecords(log, 't', 1, [{ ...large, value: new Uint8Array(9 * 1024 * 1024) }, large]);
    expect(await log.read('t', 0, 0, 100)).toHaveLength(2);
    expect(await log.read('t', 1, 0, 100)).toHaveLength(1);
  });

  test('trims segments only from the start on, and forgets old tombstones', async () => {
    const day = 24 * 3_600_000;
    await log.ensureTopics([{ name: 't', partitions: 2, retentionMs: day }]);
    const at = (timestamp: number) => ({ key: 'k', value: null, timestamp });
    for (const timestamp of [0, 35 * day, 0]) await writeRecords(log, 't', 0, [at(timestamp)]);
    await writeRecords(log, 'table', 0, [at(5 * day)]);
    expect(await readAll(log, 'table', 0)).toHaveLength(1);
    expect(await log.trim(35 * day)).toBe(1);
    expect(await log.range('t', 0)).toEqual({ start: 1, end: 3 });
    expect(await readAll(log, 'table', 0)).toHaveLength(1);
    expect(await log.trim(35 * day + 1)).toBe(1);
    expect(await readAll(log, 'table', 0)).toEqual([]);
    expect(await log.range('table', 0)).toEqual({ start: 1, end: 1 });
  });
});
