import { describe, expect, test } from '@jest/globals';
import { entry, type OpenLog, readAll, texts, useLog, withCode, write } from './fixture.ts';

export function transactionContract(open: OpenLog): void {
  describe('transactions', () => {
    const { current, opened } = useLog(open);

    test('show nothing before commit, everything after it, in the order of the calls', async () => {
      const log = current();
      const transaction = (await log.producer('p')).begin();
      transaction.append('hub.t.normal', 0, [entry('a'), entry('b')]);
      transaction.append('hub.t.out', 3, [entry('x')]);
      transaction.append('hub.t.normal', 0, [entry('c')]);
      expect(await readAll(log, 'hub.t.normal', 0)).toEqual([]);
      await transaction.commit();
      expect(texts(await readAll(log, 'hub.t.normal', 0))).toEqual(['a', 'b', 'c']);
      expect(texts(await readAll(log, 'hub.t.out', 3))).toEqual(['x']);
    });

    test('leave nothing after abort, and the producer goes on', async () => {
      const log = current();
      const producer = await log.producer('p');
      const aborted = producer.begin();
      aborted.append('hub.t.normal', 0, [entry('never')]);
      await aborted.abort();
      expect(await readAll(log, 'hub.t.normal', 0)).toEqual([]);
      const kept = producer.begin();
      kept.append('hub.t.normal', 0, [entry('kept')]);
      await kept.commit();
      expect(texts(await readAll(log, 'hub.t.normal', 0))).toEqual(['kept']);
    });

    test('write nothing at all when one topic does not exist, and the producer goes on', async () => {
      const log = current();
      const producer = await log.producer('p');
      const broken = producer.begin();
      broken.append('hub.t.normal', 0, [entry('half')]);
      broken.append('hub.t.nowhere', 0, [entry('lost')]);
      await expect(broken.commit()).rejects.toEqual(withCode('HUB_LOG_UNKNOWN_TOPIC'));
      expect(await readAll(log, 'hub.t.normal', 0)).toEqual([]);
      const good = producer.begin();
      good.append('hub.t.normal', 0, [entry('whole')]);
      await good.commit();
      expect(texts(await readAll(log, 'hub.t.normal', 0))).toEqual(['whole']);
    });

    test('write nothing at all when one partition number does not exist', async () => {
      const log = current();
      const broken = (await log.producer('p')).begin();
      broken.append('hub.t.normal', 0, [entry('half')]);
      broken.append('hub.t.normal', 4, [entry('lost')]);
      await expect(broken.commit()).rejects.toEqual(withCode('HUB_LOG_UNKNOWN_TOPIC'));
      expect(await readAll(log, 'hub.t.normal', 0)).toEqual([]);
    });

    test('may be empty, and are over once committed or aborted', async () => {
      const producer = await current().producer('p');
      const empty = producer.begin();
      await empty.commit();
      const other = producer.begin();
      await other.abort();
      await expect(empty.commit()).rejects.toBeInstanceOf(Error);
      await expect(other.commit()).rejects.toBeInstanceOf(Error);
      expect(() => other.append('hub.t.normal', 0, [entry('late')])).toThrow();
    });

    test('come one at a time from a producer, and next to each other from several', async () => {
      const log = current();
      const producer = await log.producer('p');
      const first = producer.begin();
      expect(() => producer.begin()).toThrow();
      const second = (await log.producer('q')).begin();
      first.append('hub.t.normal', 0, [entry('first')]);
      second.append('hub.t.normal', 0, [entry('second')]);
      await second.commit();
      expect(texts(await readAll(log, 'hub.t.normal', 0))).toEqual(['second']);
      await first.commit();
      expect(texts(await readAll(log, 'hub.t.normal', 0))).toEqual(['second', 'first']);
    });

    test('of an older producer are fenced by a newer one of the same id, and leave nothing', async () => {
      const log = current();
      const older = await log.producer('p');
      const open = older.begin();
      open.append('hub.t.normal', 0, [entry('from the grave')]);
      const newer = await log.producer('p');
      await expect(open.commit()).rejects.toEqual(withCode('HUB_LOG_FENCED'));
      expect(await readAll(log, 'hub.t.normal', 0)).toEqual([]);
      const alive = newer.begin();
      alive.append('hub.t.normal', 0, [entry('alive')]);
      await alive.commit();
      const stubborn = async () => {
        const again = older.begin();
        again.append('hub.t.normal', 0, [entry('again')]);
        await again.commit();
      };
      await expect(stubborn()).rejects.toEqual(withCode('HUB_LOG_FENCED'));
      expect(texts(await readAll(log, 'hub.t.normal', 0))).toEqual(['alive']);
    });

    test('never use an offset twice, not even over an abort or a restart', async () => {
      let log = current();
      await write(log, 'hub.t.normal', 0, 'a', 'b');
      const aborted = (await log.producer('p')).begin();
      aborted.append('hub.t.normal', 0, [entry('gone')]);
      await aborted.abort();
      log = (await opened().reopen?.()) ?? log;
      await write(log, 'hub.t.normal', 0, 'c');
      const records = await readAll(log, 'hub.t.normal', 0);
      expect(texts(records)).toEqual(['a', 'b', 'c']);
      expect(records[1]!.offset).toBeGreaterThan(records[0]!.offset);
      expect(records[2]!.offset).toBeGreaterThan(records[1]!.offset);
      const { end } = await log.range('hub.t.normal', 0);
      expect(end).toBeGreaterThan(records[2]!.offset);
    });

    test('cannot commit, and nobody can read, once the log is closed', async () => {
      const log = current();
      const consumer = await log.consumer({ group: 'g', topics: ['hub.t.normal'], memberId: 'm' });
      // A client of Kafka that is let go while its group gives it partitions may keep its thread (kafka/clients.ts): not tried here.
      while (consumer.assigned().length === 0) await consumer.poll({ max: 1, waitMs: 100 });
      const waiting = consumer.poll({ max: 1, waitMs: 3_600_000 });
      const transaction = (await log.producer('p')).begin();
      transaction.append('hub.t.normal', 0, [entry('late')]);
      const ended = expect(waiting).rejects.toEqual(withCode('HUB_LOG_CLOSED'));
      await log.close();
      await ended;
      await expect(transaction.commit()).rejects.toEqual(withCode('HUB_LOG_CLOSED'));
      await expect(log.read('hub.t.normal', 0, 0, 1)).rejects.toEqual(withCode('HUB_LOG_CLOSED'));
      await expect(log.producer('p')).rejects.toEqual(withCode('HUB_LOG_CLOSED'));
      await log.close();
    });
  });
}
