import { describe, expect, test } from '@jest/globals';
import { murmur2 } from '../../../runtime/log/partition.ts';
import { bytes, entry, now, type OpenLog, readAll, text, texts, useLog, writeRecords } from './fixture.ts';

export function tableContract(open: OpenLog): void {
  describe('compacted topics', () => {
    const { current, opened } = useLog(open);
    const put = (key: string, value: string | null) => ({
      key,
      value: value === null ? null : bytes(value),
      timestamp: now,
    });

    test('give the last record of each key, within and across transactions', async () => {
      await writeRecords(current(), 'hub.t.table', 0, [put('a', 'a1'), put('b', 'b1'), put('a', 'a2')]);
      await writeRecords(current(), 'hub.t.table', 0, [put('b', 'b2'), put('投诉:1', 'c1')]);
      await writeRecords(current(), 'hub.t.table', 1, [put('a', 'other partition')]);
      const log = (await opened().reopen?.()) ?? current();
      const found = await log.latest('hub.t.table', 0, ['a', 'b', '投诉:1', 'absent']);
      expect(new Map([...found].map(([key, record]) => [key, text(record)]))).toEqual(
        new Map([
          ['a', 'a2'],
          ['b', 'b2'],
          ['投诉:1', 'c1'],
        ]),
      );
      expect(found.get('a')).toMatchObject({
        topic: 'hub.t.table',
        partition: 0,
        key: 'a',
        headers: {},
        timestamp: now,
      });
    });

    test('give the record with its headers and an empty value', async () => {
      const log = current();
      const record = { key: 'k', value: new Uint8Array(0), headers: { v: '版本 2' }, timestamp: now };
      await writeRecords(log, 'hub.t.table', 0, [record]);
      expect((await log.latest('hub.t.table', 0, ['k'])).get('k')).toMatchObject(record);
      expect(await readAll(log, 'hub.t.table', 0)).toMatchObject([record]);
    });

    test('forget a key that was removed, until it comes again', async () => {
      const log = current();
      await writeRecords(log, 'hub.t.table', 0, [put('a', 'a1'), put('b', 'b1')]);
      await writeRecords(log, 'hub.t.table', 0, [put('a', null)]);
      expect([...(await log.latest('hub.t.table', 0, ['a', 'b'])).keys()]).toEqual(['b']);
      const seen = texts(await readAll(log, 'hub.t.table', 0));
      expect(seen.filter((value) => value !== null).at(-1)).toBe('b1');
      await writeRecords(log, 'hub.t.table', 0, [put('a', 'a2')]);
      expect(text((await log.latest('hub.t.table', 0, ['a'])).get('a')!)).toBe('a2');
    });

    test('show what is uncommitted or aborted to nobody', async () => {
      const log = current();
      await writeRecords(log, 'hub.t.table', 0, [put('a', 'a1')]);
      const transaction = (await log.producer('p')).begin();
      transaction.append('hub.t.table', 0, [put('a', 'a2')]);
      expect(text((await log.latest('hub.t.table', 0, ['a'])).get('a')!)).toBe('a1');
      await transaction.abort();
      expect(text((await log.latest('hub.t.table', 0, ['a'])).get('a')!)).toBe('a1');
    });

    test('are read in ascending offsets, ending with the last record of each key, and replay to the same table', async () => {
      const log = current();
      for (let round = 0; round < 5; round += 1) {
        await writeRecords(log, 'hub.t.table', 0, [
          put('a', `a${round}`),
          put(`only ${round}`, 'x'),
          put('b', `b${round}`),
        ]);
      }
      const records = await readAll(log, 'hub.t.table', 0);
      const offsets = records.map((record) => record.offset);
      expect(offsets).toEqual([...offsets].sort((a, b) => a - b));
      expect(new Set(offsets).size).toBe(offsets.length);
      const replayed = new Map(records.map((record) => [record.key!, record]));
      expect(texts([replayed.get('a')!, replayed.get('b')!])).toEqual(['a4', 'b4']);
      const latest = await log.latest('hub.t.table', 0, [...replayed.keys()]);
      expect(new Map([...latest].sort())).toEqual(new Map([...replayed].sort()));
      for (const record of records) {
        const [first] = await log.read('hub.t.table', 0, record.offset, 1);
        expect(first).toEqual(record);
      }
      const { end } = await log.range('hub.t.table', 0);
      expect(end).toBeGreaterThan(offsets.at(-1)!);
      const hashes = await log.readKeys('hub.t.table', 0, 0, 1_000);
      expect(hashes).toEqual({ offsets, hashes: records.map((record) => murmur2(record.key!)) });
    });

    test('are consumed over their gaps without missing what is last', async () => {
      const log = current();
      await writeRecords(log, 'hub.t.table', 0, [put('a', 'a1'), put('b', 'b1')]);
      await writeRecords(log, 'hub.t.table', 0, [put('a', 'a2')]);
      const consumer = await log.consumer({ group: 'g', topics: ['hub.t.table'], memberId: 'm' });
      const seen: string[] = [];
      while (!seen.includes('a2')) {
        const { records } = await consumer.poll({ max: 1, waitMs: 5_000 });
        expect(records).toHaveLength(1);
        seen.push(text(records[0]!)!);
      }
      expect(seen).toContain('b1');
      expect((await consumer.poll({ max: 10, waitMs: 20 })).records).toEqual([]);
    });

    test('refuse a record without a key, and the transaction around it', async () => {
      const log = current();
      const transaction = (await log.producer('p')).begin();
      transaction.append('hub.t.normal', 0, [entry('half')]);
      transaction.append('hub.t.table', 0, [{ key: null, value: bytes('?'), timestamp: now }]);
      await expect(transaction.commit()).rejects.toBeInstanceOf(Error);
      expect(await readAll(log, 'hub.t.normal', 0)).toEqual([]);
    });
  });
}
