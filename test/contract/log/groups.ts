import { describe, expect, test } from '@jest/globals';
import type { Consumer, Log, NewRecord, TopicPartition } from '../../../runtime/log/index.ts';
import {
  entry,
  expectNothingMore,
  type OpenLog,
  readAll,
  settle,
  take,
  text,
  texts,
  useLog,
  withCode,
  write,
} from './fixture.ts';

const lanes = ['hub.t.urgent', 'hub.t.normal'];
const join = (log: Log, memberId: string, group = 'g'): Promise<Consumer> =>
  log.consumer({ group, topics: lanes, memberId });
const at = (topic: string, partition: number): TopicPartition => ({ topic, partition });
const nextOf = (consumer: Consumer, topic: string, partition: number) => ({
  topic,
  partition,
  next: consumer.position(topic, partition),
});

export function groupContract(open: OpenLog): void {
  describe('consumer groups', () => {
    const { current, opened } = useLog(open);

    test('start at the beginning, go on where they are, and hand out nothing twice', async () => {
      const log = current();
      await write(log, 'hub.t.normal', 0, 'a', 'b', 'c');
      const consumer = await join(log, 'm');
      expect(texts(await take(consumer, 2))).toEqual(['a', 'b']);
      expect(texts(await take(consumer, 1))).toEqual(['c']);
      await expectNothingMore(consumer);
      await write(log, 'hub.t.normal', 0, 'd');
      expect(texts(await take(consumer, 1))).toEqual(['d']);
      expect(await log.committed('g', [at('hub.t.normal', 0)])).toEqual([null]);
    });

    test('poll an earlier topic before a later one, never more than asked for', async () => {
      const log = current();
      await write(log, 'hub.t.normal', 0, 'n1', 'n2', 'n3');
      await write(log, 'hub.t.urgent', 3, 'u1', 'u2');
      const consumer = await join(log, 'm');
      expect(texts(await take(consumer, 3))).toEqual(['u1', 'u2', 'n1']);
      await write(log, 'hub.t.urgent', 1, 'u3');
      expect(texts(await take(consumer, 2))).toEqual(['u3', 'n2']);
      expect((await consumer.poll({ max: 0, waitMs: 0 })).records).toEqual([]);
      expect(texts(await take(consumer, 1))).toEqual(['n3']);
    });

    test('may ask for records of the first topic by themselves, without starving the others', async () => {
      const log = current();
      await write(log, 'hub.t.normal', 0, 'n1', 'n2');
      await write(log, 'hub.t.urgent', 3, 'u1');
      const consumer = await log.consumer({ group: 'g', topics: lanes, firstAlone: true, memberId: 'm' });
      const polled = async () => texts((await consumer.poll({ max: 10, waitMs: 0 })).records);
      expect(await polled()).toEqual(['u1']);
      await write(log, 'hub.t.urgent', 2, 'u2');
      expect(await polled()).toEqual(['u2', 'n1', 'n2']);
      await write(log, 'hub.t.normal', 0, 'n3');
      await write(log, 'hub.t.urgent', 3, 'u3');
      expect(await polled()).toEqual(['u3']);
      expect(await polled()).toEqual(['n3']);
    });

    test('read topics of different numbers of partitions together', async () => {
      const log = current();
      await write(log, 'hub.t.normal', 3, 'n');
      await write(log, 'hub.t.table', 0, 'table');
      const consumer = await log.consumer({
        group: 'g',
        topics: ['hub.t.table', 'hub.t.normal'],
        memberId: 'm',
      });
      expect(texts(await take(consumer, 2))).toEqual(['table', 'n']);
      const next = [nextOf(consumer, 'hub.t.table', 0), nextOf(consumer, 'hub.t.normal', 3)];
      await consumer.commit(next);
      await write(log, 'hub.t.table', 1, 'more');
      await consumer.rewind();
      expect(texts(await take(consumer, 1))).toEqual(['more']);
      await expectNothingMore(consumer);
    });

    test('reach every partition although the first one is never empty', async () => {
      const log = current();
      await write(log, 'hub.t.normal', 0, ...Array.from({ length: 100 }, (_, i) => `big ${i}`));
      await write(log, 'hub.t.normal', 2, 'small');
      const consumer = await join(log, 'm');
      const seen: (string | null)[] = [];
      for (let i = 0; i < 8; i += 1) seen.push(...texts(await take(consumer, 5)));
      expect(seen).toContain('small');
    });

    test('wake on a new record', async () => {
      const log = current();
      const consumer = await join(log, 'm');
      await settle([consumer], 4);
      const waiting = consumer.poll({ max: 10, waitMs: 3_600_000 });
      await write(log, 'hub.t.normal', 1, 'wake up');
      expect(texts((await waiting).records)).toEqual(['wake up']);
    });

    test('wake on abort, with nothing', async () => {
      const consumer = await join(current(), 'm');
      await settle([consumer], 4);
      const stop = new AbortController();
      const waiting = consumer.poll({ max: 10, waitMs: 3_600_000, signal: stop.signal });
      stop.abort();
      expect(await waiting).toEqual({ records: [] });
      expect(await consumer.poll({ max: 10, waitMs: 3_600_000, signal: stop.signal })).toEqual({
        records: [],
      });
    });

    test('join records and consumed offsets in one transaction: both or neither', async () => {
      const log = current();
      await write(log, 'hub.t.normal', 0, 'a', 'b');
      const consumer = await join(log, 'm');
      const producer = await log.producer('p');
      await take(consumer, 2);
      const aborted = producer.begin();
      aborted.append('hub.t.out', 0, [entry('A')]);
      aborted.sendOffsets(consumer, [nextOf(consumer, 'hub.t.normal', 0)]);
      await aborted.abort();
      expect(await log.committed('g', [at('hub.t.normal', 0)])).toEqual([null]);

      const broken = producer.begin();
      broken.append('hub.t.nowhere', 0, [entry('A')]);
      broken.sendOffsets(consumer, [nextOf(consumer, 'hub.t.normal', 0)]);
      await expect(broken.commit()).rejects.toEqual(withCode('HUB_LOG_UNKNOWN_TOPIC'));
      expect(await log.committed('g', [at('hub.t.normal', 0)])).toEqual([null]);

      await consumer.rewind();
      expect(texts(await take(consumer, 2))).toEqual(['a', 'b']);
      const kept = producer.begin();
      kept.append('hub.t.out', 0, [entry('A')]);
      kept.sendOffsets(consumer, [nextOf(consumer, 'hub.t.normal', 0)]);
      expect(await log.committed('g', [at('hub.t.normal', 0)])).toEqual([null]);
      await kept.commit();
      expect(await log.committed('g', [at('hub.t.normal', 0), at('hub.t.normal', 1)])).toEqual([
        consumer.position('hub.t.normal', 0),
        null,
      ]);
      expect(texts(await readAll(log, 'hub.t.out', 0))).toEqual(['A']);
    });

    test('tell an end behind all that was committed before what they hand out', async () => {
      const log = current();
      await write(log, 'hub.t.normal', 2, 'a');
      await write(log, 'hub.t.urgent', 0, 'u');
      const consumer = await log.consumer({ group: 'g', topics: lanes, firstAlone: true, memberId: 'm' });
      expect(texts(await take(consumer, 1))).toEqual(['u']);
      const [waiting] = await readAll(log, 'hub.t.normal', 2);
      expect(consumer.end('hub.t.normal', 2)).toBeGreaterThan(waiting!.offset);
      const [a] = await take(consumer, 1);
      expect(consumer.end('hub.t.normal', 2)).toBeGreaterThan(a!.offset);
      expect(consumer.end('hub.t.normal', 3)).toBe((await log.range('hub.t.normal', 3)).end);
    });

    test('know the last records of their changelogs, over aborts, refused commits and the next holder', async () => {
      const log = current();
      const open = (memberId: string) =>
        log.consumer({ group: 'g', topics: ['hub.t.normal'], changelogs: ['hub.t.table'], memberId });
      const known = async () =>
        Object.fromEntries(
          [...(await log.latest('hub.t.table', 0, ['k', 'l', 'm']))].map(([key, record]) => [
            key,
            [text(record), record.offset],
          ]),
        );
      const stored = async () => {
        const records = await readAll(log, 'hub.t.table', 0);
        const last = new Map(records.map((record) => [record.key!, [text(record), record.offset]]));
        return Object.fromEntries([...last].filter(([, [value]]) => value !== null).sort());
      };
      const producer = await log.producer('p');
      const put = async (consumer: Consumer, entries: readonly NewRecord[], end: 'commit' | 'abort') => {
        const [record] = await take(consumer, 1);
        const transaction = producer.begin();
        transaction.append('hub.t.table', 0, entries);
        transaction.sendOffsets(consumer, [
          { topic: 'hub.t.normal', partition: record!.partition, next: record!.offset + 1 },
        ]);
        await transaction[end]();
      };
      await write(log, 'hub.t.normal', 0, '1', '2', '3', '4', '5', '6');
      const first = await open('a');
      await put(first, [entry('k1', 'k'), entry('l1', 'l'), entry('k2', 'k')], 'commit');
      expect(await known()).toEqual(await stored());
      expect(Object.keys(await known())).toEqual(['k', 'l']);
      await put(first, [entry('never', 'k')], 'abort');
      await first.rewind();
      expect(await known()).toEqual(await stored());
      await put(first, [{ key: 'l', value: null, timestamp: 1 }, entry('m1', 'm')], 'commit');
      await put(first, [entry('k3', 'k')], 'commit');
      await first.poll({ max: 0, waitMs: 0 });
      expect(await known()).toEqual(await stored());
      expect((await known()).k![0]).toBe('k3');

      const zombie = producer.begin();
      zombie.append('hub.t.table', 0, [entry('from the grave', 'k')]);
      zombie.sendOffsets(first, [nextOf(first, 'hub.t.normal', 0)]);
      await first.close();
      await expect(zombie.commit()).rejects.toEqual(withCode('HUB_LOG_FENCED'));
      const second = await open('b');
      await put(second, [entry('k4', 'k')], 'commit');
      expect(await known()).toEqual(await stored());
      expect((await known()).k![0]).toBe('k4');
    });

    test('take no offsets from a fenced producer', async () => {
      const log = current();
      await write(log, 'hub.t.normal', 0, 'a');
      const consumer = await join(log, 'm');
      const older = (await log.producer('p')).begin();
      await take(consumer, 1);
      older.sendOffsets(consumer, [nextOf(consumer, 'hub.t.normal', 0)]);
      await log.producer('p');
      await expect(older.commit()).rejects.toEqual(withCode('HUB_LOG_FENCED'));
      expect(await log.committed('g', [at('hub.t.normal', 0)])).toEqual([null]);
    });

    test('rewind to what is committed, and no further', async () => {
      const log = current();
      await write(log, 'hub.t.normal', 0, 'a', 'b', 'c');
      const consumer = await join(log, 'm');
      await take(consumer, 1);
      await consumer.commit([nextOf(consumer, 'hub.t.normal', 0)]);
      await take(consumer, 2);
      await consumer.rewind();
      expect(texts(await take(consumer, 2))).toEqual(['b', 'c']);
      await expectNothingMore(consumer);
    });

    test('go on from the committed offset after a restart, in a new member', async () => {
      let log = current();
      await write(log, 'hub.t.normal', 0, 'a', 'b', 'c');
      const consumer = await join(log, 'm');
      const [first] = await take(consumer, 2);
      await consumer.commit([{ ...at('hub.t.normal', 0), next: first!.offset + 1 }]);
      await consumer.close();
      log = (await opened().reopen?.()) ?? log;
      expect(await log.committed('g', [at('hub.t.normal', 0)])).toEqual([first!.offset + 1]);
      expect(texts(await take(await join(log, 'other'), 2))).toEqual(['b', 'c']);
    });

    test('do not touch each other', async () => {
      const log = current();
      await write(log, 'hub.t.normal', 0, 'a', 'b');
      const one = await join(log, 'm', 'one');
      const two = await join(log, 'm', 'two');
      expect(texts(await take(one, 2))).toEqual(['a', 'b']);
      await one.commit([nextOf(one, 'hub.t.normal', 0)]);
      expect(texts(await take(two, 2))).toEqual(['a', 'b']);
      expect(await log.committed('two', [at('hub.t.normal', 0)])).toEqual([null]);
    });

    test('give each partition number to exactly one member, the same number of all topics together', async () => {
      const log = current();
      const first = await join(log, 'a');
      await settle([first], 4);
      expect(first.assigned()).toEqual([0, 1, 2, 3]);
      const epoch = first.epoch();
      const second = await join(log, 'b');
      await settle([first, second], 4);
      expect(first.assigned()).toHaveLength(2);
      expect(first.epoch()).not.toBe(epoch);
      for (let partition = 0; partition < 4; partition += 1) {
        for (const topic of lanes) await write(log, topic, partition, `${topic}/${partition}`);
      }
      for (const member of [first, second]) {
        const records = await take(member, 4);
        expect(records.map(({ topic, partition }) => `${topic}/${partition}`).sort()).toEqual(
          lanes.flatMap((topic) => member.assigned().map((partition) => `${topic}/${partition}`)).sort(),
        );
        await expectNothingMore(member);
      }
    });

    test('hand the partitions of a member that leaves to the others, from the committed offsets', async () => {
      const log = current();
      const [first, second] = [await join(log, 'a'), await join(log, 'b')];
      await settle([first, second], 4);
      const lost = second.assigned()[0]!;
      await write(log, 'hub.t.normal', lost, 'done', 'read but not committed', 'never read');
      const [done] = await take(second, 2);
      await second.commit([{ ...at('hub.t.normal', lost), next: done!.offset + 1 }]);
      await second.close();
      expect(texts(await take(first, 2))).toEqual(['read but not committed', 'never read']);
      expect(first.assigned()).toEqual([0, 1, 2, 3]);
    });

    test('take no offset for a revoked partition, neither in a transaction nor outside, but for a kept one', async () => {
      const log = current();
      for (let partition = 0; partition < 4; partition += 1)
        await write(log, 'hub.t.normal', partition, `v${partition}`);
      const first = await join(log, 'a');
      await take(first, 4);
      const all = first.assigned().map((partition) => nextOf(first, 'hub.t.normal', partition));
      const open = (await log.producer('p')).begin();
      open.append('hub.t.out', 0, [entry('twice')]);
      open.sendOffsets(first, all);

      const second = await join(log, 'b');
      const seen = texts(await take(second, 2));
      await expect(open.commit()).rejects.toEqual(withCode('HUB_LOG_FENCED'));
      await expect(first.commit(all)).rejects.toEqual(withCode('HUB_LOG_FENCED'));
      expect(await readAll(log, 'hub.t.out', 0)).toEqual([]);
      expect(await log.committed('g', all)).toEqual([null, null, null, null]);

      const [revoked, kept] = [
        second.assigned(),
        [0, 1, 2, 3].filter((number) => !second.assigned().includes(number)),
      ];
      expect(seen.sort()).toEqual(revoked.map((partition) => `v${partition}`).sort());
      await first.commit(all.filter((offset) => kept.includes(offset.partition)));
      await second.commit(revoked.map((partition) => nextOf(second, 'hub.t.normal', partition)));
      expect(await log.committed('g', all)).toEqual(all.map((offset) => offset.next));
    });

    test('take no offset for a partition that was revoked and came back, and read it again', async () => {
      const log = current();
      for (let partition = 0; partition < 4; partition += 1)
        await write(log, 'hub.t.normal', partition, `v${partition}`);
      const first = await join(log, 'a');
      await take(first, 4);
      const all = [0, 1, 2, 3].map((partition) => nextOf(first, 'hub.t.normal', partition));
      const open = (await log.producer('p')).begin();
      open.sendOffsets(first, all);
      const second = await join(log, 'b');
      const between = texts(await take(second, 2));
      const lost = second.assigned()[0]!;
      await second.close();
      await expect(first.commit([nextOf(first, 'hub.t.normal', lost)])).rejects.toEqual(
        withCode('HUB_LOG_FENCED'),
      );
      const again = texts(await take(first, 2));
      expect(again.sort()).toEqual(between.sort());
      // Bound to the poll before, it stays refused although the member has adopted the partition anew.
      await expect(open.commit()).rejects.toEqual(withCode('HUB_LOG_FENCED'));
      expect(await log.committed('g', all)).toEqual([null, null, null, null]);
      await first.commit(all);
    });

    test('fence an older member of the same name: it can neither poll nor commit, its close harms nobody', async () => {
      const log = current();
      await write(log, 'hub.t.normal', 0, 'a');
      const older = await join(log, 'm');
      await take(older, 1);
      const newer = await join(log, 'm');
      expect(texts(await take(newer, 1))).toEqual(['a']);
      const fenced = withCode('HUB_LOG_FENCED');
      await expect(older.commit([nextOf(older, 'hub.t.normal', 0)])).rejects.toEqual(fenced);
      await expect(older.poll({ max: 1, waitMs: 0 })).rejects.toEqual(fenced);
      await older.close();
      await newer.commit([nextOf(newer, 'hub.t.normal', 0)]);
      expect(newer.assigned()).toEqual([0, 1, 2, 3]);
    });

    test('take no offset from a member that has left', async () => {
      const log = current();
      await write(log, 'hub.t.normal', 0, 'a');
      const consumer = await join(log, 'm');
      await take(consumer, 1);
      const open = (await log.producer('p')).begin();
      open.sendOffsets(consumer, [nextOf(consumer, 'hub.t.normal', 0)]);
      await consumer.close();
      await expect(open.commit()).rejects.toEqual(withCode('HUB_LOG_FENCED'));
      expect(await log.committed('g', [at('hub.t.normal', 0)])).toEqual([null]);
    });

    test('hold back paused partitions until resume, also over a rewind, and lose nothing of them', async () => {
      const log = current();
      await write(log, 'hub.t.normal', 1, 'held 1', 'held 2');
      await write(log, 'hub.t.normal', 2, 'free');
      const consumer = await join(log, 'm');
      await settle([consumer], 4).then(() => consumer.rewind());
      consumer.pause([1]);
      await consumer.rewind();
      expect(texts(await take(consumer, 1))).toEqual(['free']);
      await write(log, 'hub.t.urgent', 1, 'held in every topic');
      await expectNothingMore(consumer);
      expect(consumer.assigned()).toEqual([0, 1, 2, 3]);
      const waiting = consumer.poll({ max: 10, waitMs: 3_600_000 });
      consumer.resume();
      const records = [...(await waiting).records];
      if (records.length < 3) records.push(...(await take(consumer, 3 - records.length)));
      expect(texts(records)).toEqual(['held in every topic', 'held 1', 'held 2']);
    });

    test('do not hold back what was paused by an earlier owner', async () => {
      const log = current();
      const first = await join(log, 'a');
      await settle([first], 4);
      first.pause([0, 1, 2, 3]);
      const second = await join(log, 'b');
      await settle([first, second], 4);
      const moved = second.assigned();
      for (const partition of moved) await write(log, 'hub.t.normal', partition, `v${partition}`);
      expect(texts(await take(second, 2)).sort()).toEqual(moved.map((partition) => `v${partition}`));
      await second.close();
      expect(texts(await take(first, 2)).sort()).toEqual(moved.map((partition) => `v${partition}`));
    });

    test('go on at the start when retention has taken what came next', async () => {
      const log = current();
      await log.ensureTopics([{ name: 'hub.t.normal', partitions: 4, retentionMs: 1 }]);
      await write(log, 'hub.t.normal', 0, 'a', 'b');
      const consumer = await join(log, 'm');
      const [first] = await take(consumer, 1);
      await consumer.commit([{ ...at('hub.t.normal', 0), next: first!.offset + 1 }]);
      await (opened().retain?.(first!.timestamp + 3_600_000) ?? log.trim(first!.timestamp + 3_600_000));
      await write(log, 'hub.t.normal', 0, 'c');
      await consumer.rewind();
      expect(texts(await take(consumer, 1))).toEqual(['c']);
    });
  });
}
