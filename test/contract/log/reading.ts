import { describe, expect, test } from '@jest/globals';
import type { NewRecord } from '../../../runtime/log/index.ts';
import { murmur2 } from '../../../runtime/log/partition.ts';
import {
  bytes,
  day,
  entry,
  now,
  type OpenLog,
  readAll,
  texts,
  useLog,
  withCode,
  write,
  writeRecords,
} from './fixture.ts';

export function readingContract(open: OpenLog): void {
  describe('topics and reading', () => {
    const { current, opened } = useLog(open);

    test('keep every byte of keys, values, headers and times, also over a restart', async () => {
      const large = new Uint8Array(5 * 1024 * 1024).map((_, i) => (i * 31) >>> 3);
      const records: NewRecord[] = [
        {
          key: 'plain',
          value: bytes('value'),
          headers: { code: 'HUB_X', reason: '时间在未来 🚧' },
          timestamp: now,
        },
        { key: '投诉:深圳-0001 🏙️ e\u0301', value: bytes('钟声'), timestamp: now + 1 },
        { key: null, value: bytes('no key'), timestamp: now + 2 },
        { key: 'no value', value: null, timestamp: now + 3 },
        { key: null, value: null, headers: { only: 'headers' }, timestamp: now + 4 },
        {
          key: '',
          value: new Uint8Array(0),
          headers: { empty: '' },
          timestamp: opened().earliestTimestamp ?? 0,
        },
        { key: 'large', value: large, timestamp: now + 5 },
        { key: 'binary', value: Uint8Array.from({ length: 256 }, (_, i) => i), timestamp: now + 6 },
      ];
      await writeRecords(current(), 'hub.t.normal', 2, records);
      const log = (await opened().reopen?.()) ?? current();
      const read = await readAll(log, 'hub.t.normal', 2);
      expect(read).toHaveLength(records.length);
      for (const [i, record] of records.entries()) {
        const { value, ...rest } = read[i]!;
        expect(rest).toMatchObject({
          topic: 'hub.t.normal',
          partition: 2,
          key: record.key,
          timestamp: record.timestamp,
        });
        expect(rest.headers).toEqual(record.headers ?? {});
        if (record.value === null) expect(value).toBeNull();
        else expect(Buffer.from(record.value).equals(value!)).toBe(true);
      }
    });

    test('keep what was appended, not what the caller later makes of its buffer', async () => {
      const log = current();
      const buffer = bytes('before');
      await writeRecords(log, 'hub.t.normal', 0, [{ key: 'k', value: buffer, timestamp: now }]);
      buffer.fill(0);
      expect(texts(await readAll(log, 'hub.t.normal', 0))).toEqual(['before']);
    });

    test('read from any offset, at most as many as asked for, nothing past the end', async () => {
      const log = current();
      for (const pair of [['a', 'b'], ['c'], ['d', 'e', 'f']]) await write(log, 'hub.t.normal', 1, ...pair);
      const all = await readAll(log, 'hub.t.normal', 1);
      expect(texts(all)).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
      for (const [i, record] of all.entries()) {
        for (const max of [1, 2, 3, 100]) {
          const part = await log.read('hub.t.normal', 1, record.offset, max);
          expect(texts(part)).toEqual(texts(all.slice(i, i + max)));
        }
      }
      const { start, end } = await log.range('hub.t.normal', 1);
      expect(start).toBeLessThanOrEqual(all[0]!.offset);
      expect(await log.read('hub.t.normal', 1, end, 10)).toEqual([]);
      expect(await log.read('hub.t.normal', 1, end + 10, 10)).toEqual([]);
      expect(await log.read('hub.t.normal', 1, 0, 0)).toEqual([]);
      expect(await readAll(log, 'hub.t.normal', 0)).toEqual([]);
    });

    test('give the hashes of the keys that read would give, from any offset', async () => {
      const log = current();
      await writeRecords(log, 'hub.t.normal', 0, [entry('v', 'a'), entry('v', null), entry('v', '投诉:1')]);
      await write(log, 'hub.t.normal', 0, 'd', 'e');
      const all = await readAll(log, 'hub.t.normal', 0);
      for (const [i, record] of all.entries()) {
        for (const max of [1, 2, 100]) {
          const part = all.slice(i, i + max);
          expect(await log.readKeys('hub.t.normal', 0, record.offset, max)).toEqual({
            offsets: part.map((each) => each.offset),
            hashes: part.map((each) => (each.key === null ? 0 : murmur2(each.key))),
          });
        }
      }
    });

    test('freeze the number of partitions, and create nothing when one of several does not fit', async () => {
      const log = current();
      await log.ensureTopics([{ name: 'hub.t.normal', partitions: 4 }]);
      await expect(
        log.ensureTopics([
          { name: 'hub.t.new', partitions: 1 },
          { name: 'hub.t.normal', partitions: 5 },
        ]),
      ).rejects.toEqual(withCode('HUB_LOG_PARTITIONS_FROZEN'));
      expect((await log.topics()).map((topic) => topic.name)).toEqual([
        'hub.t.normal',
        'hub.t.out',
        'hub.t.table',
        'hub.t.urgent',
      ]);
    });

    test('list topics by name, with what is kept how long, and take a changed retention', async () => {
      await current().ensureTopics([{ name: 'hub.t.urgent', partitions: 4, retentionMs: 5 * day }]);
      const log = (await opened().reopen?.()) ?? current();
      expect(await log.topics()).toEqual([
        { name: 'hub.t.normal', partitions: 4, compacted: false, retentionMs: null },
        { name: 'hub.t.out', partitions: 4, compacted: false, retentionMs: 10 * day },
        { name: 'hub.t.table', partitions: 2, compacted: true, retentionMs: null },
        { name: 'hub.t.urgent', partitions: 4, compacted: false, retentionMs: 5 * day },
      ]);
    });

    test('refuse a topic or a partition that does not exist', async () => {
      const log = current();
      const unknown = withCode('HUB_LOG_UNKNOWN_TOPIC');
      await expect(log.range('hub.t.nowhere', 0)).rejects.toEqual(unknown);
      await expect(log.range('hub.t.normal', 4)).rejects.toEqual(unknown);
      await expect(log.read('hub.t.nowhere', 0, 0, 1)).rejects.toEqual(unknown);
      await expect(log.readKeys('hub.t.nowhere', 0, 0, 1)).rejects.toEqual(unknown);
      await expect(log.committed('g', [{ topic: 'hub.t.nowhere', partition: 0 }])).rejects.toEqual(unknown);
      await expect(log.consumer({ group: 'g', topics: ['hub.t.nowhere'], memberId: 'm' })).rejects.toEqual(
        unknown,
      );
    });

    test('let old records go by retention, and read from the new start on', async () => {
      const log = current();
      const at = (value: string, timestamp: number): NewRecord => ({
        key: value,
        value: bytes(value),
        timestamp,
      });
      await writeRecords(log, 'hub.t.out', 0, [at('old 1', now - 20 * day), at('old 2', now - 19 * day)]);
      await writeRecords(log, 'hub.t.out', 0, [at('young', now - 9 * day)]);
      await writeRecords(log, 'hub.t.out', 1, [at('all gone', now - 20 * day)]);
      await writeRecords(log, 'hub.t.normal', 0, [at('kept for ever', now - 9_000 * day)]);
      const before = await log.range('hub.t.out', 1);
      const trim = opened().retain ?? ((at: number) => current().trim(at));
      expect(await trim(now)).toBe(3);
      expect(texts(await readAll(log, 'hub.t.out', 0))).toEqual(['young']);
      const [young] = await readAll(log, 'hub.t.out', 0);
      expect((await log.range('hub.t.out', 0)).start).toBe(young!.offset);
      expect(await log.range('hub.t.out', 1)).toEqual({ start: before.end, end: before.end });
      expect(texts(await readAll(log, 'hub.t.normal', 0))).toEqual(['kept for ever']);
      const again = (await opened().reopen?.()) ?? log;
      await writeRecords(again, 'hub.t.out', 1, [at('next', now)]);
      expect((await readAll(again, 'hub.t.out', 1))[0]!.offset).toBeGreaterThanOrEqual(before.end);
      expect(await trim(now)).toBe(0);
    });
  });
}
