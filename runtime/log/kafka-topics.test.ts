import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import kafkajs, { type Admin } from 'kafkajs';
import { entry, readAll, take, texts, withCode, write } from '../../test/contract/log/fixture.ts';
import { shared } from '../../test/services/shared.ts';
import { kafkaLogOptions, openKafka } from '../../test/support/kafka-log.ts';
import { type Logger, silentLogger } from '../telemetry.ts';
import type { Consumer } from './index.ts';
import { KafkaLog } from './kafka.ts';

/** What only the Kafka form can meet. */
describe('the log on Kafka', () => {
  let opened: Awaited<ReturnType<typeof openKafka>>;
  let brokers: readonly string[];
  let admin: Admin;
  const topic = 'hub.input';
  beforeEach(async () => {
    ({ brokers } = await shared('kafka'));
    opened = await openKafka(brokers);
    await opened.log.ensureTopics([{ name: topic, partitions: 2 }]);
    admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
    await admin.connect();
  }, 240_000);
  afterEach(async () => {
    await admin?.disconnect();
    await opened?.close();
  });

  const grow = async (count: number): Promise<void> => {
    const name = `${opened.instance}.${topic}`;
    await admin.createPartitions({ topicPartitions: [{ topic: name, count }] });
    for (let seen = 0; seen < count; ) {
      const { topics } = await admin.fetchTopicMetadata({ topics: [name] });
      seen = topics[0]!.partitions.length;
    }
  };
  const join = (log: KafkaLog): Promise<Consumer> =>
    log.consumer({ group: 'g', topics: [topic], memberId: 'm' });

  test('notices partitions that were added behind its back, and leaves them unused', async () => {
    await write(opened.log, topic, 1, 'a');
    await grow(4);
    await opened.log.close();
    const warnings: unknown[] = [];
    const logger: Logger = {
      ...silentLogger,
      warn: (...said: unknown[]) => void warnings.push(said),
      child: () => logger,
    };
    const log = await KafkaLog.open({ ...kafkaLogOptions(brokers, opened.instance, null), log: logger });
    try {
      await log.ensureTopics([{ name: topic, partitions: 2 }]);
      const facts = { topic: `${opened.instance}.${topic}`, expected: 2, found: 4 };
      expect(warnings).toContainEqual(['extra partitions of a topic stay unused', facts]);
      expect(await log.topics()).toMatchObject([{ name: topic, partitions: 2 }]);
      await expect(log.read(topic, 2, 0, 1)).rejects.toEqual(withCode('HUB_LOG_UNKNOWN_TOPIC'));
      const consumer = await join(log);
      expect(texts(await take(consumer, 1))).toEqual(['a']);
      expect(consumer.assigned()).toEqual([0, 1]);
    } finally {
      await log.close();
    }
  });

  test('refuses fewer partitions than hold records: what lies beyond would be lost', async () => {
    await write(opened.log, topic, 1, 'a');
    const fewer = opened.log.ensureTopics([{ name: topic, partitions: 1 }]);
    await expect(fewer).rejects.toEqual(withCode('HUB_LOG_PARTITIONS_FROZEN'));
  });

  test('writes nothing of a transaction with a record that is too large, and the producer goes on', async () => {
    const producer = await opened.log.producer('p');
    const transaction = producer.begin();
    transaction.append(topic, 0, [entry('small')]);
    transaction.append(topic, 0, [{ key: 'large', value: Buffer.alloc(9 * 1024 * 1024, 1), timestamp: 1 }]);
    await expect(transaction.commit()).rejects.toEqual(withCode('HUB_LOG_RECORD_TOO_LARGE'));
    const next = producer.begin();
    next.append(topic, 0, [entry('next')]);
    await next.commit();
    expect(texts(await readAll(opened.log, topic, 0))).toEqual(['next']);
  });

  test('moves a group that has consumed everything behind the marker of the last transaction', async () => {
    await write(opened.log, topic, 0, 'a', 'b');
    const { end } = await opened.log.range(topic, 0);
    const consumer = await join(opened.log);
    const [, b] = await take(consumer, 2);
    await consumer.commit([{ topic, partition: 0, next: b!.offset + 1 }]);
    let next: number | null = null;
    for (let polls = 0; polls < 100 && next !== end; polls += 1) {
      expect((await consumer.poll({ max: 1, waitMs: 100 })).records).toEqual([]);
      [next = null] = await opened.log.committed('g', [{ topic, partition: 0 }]);
    }
    expect(next).toBe(end);
    expect(next).toBeGreaterThan(b!.offset + 1);
    await write(opened.log, topic, 0, 'c');
    expect(texts(await take(consumer, 1))).toEqual(['c']);
  });

  test('leaves the offsets of a group with a memory to its turns', async () => {
    await opened.log.ensureTopics([{ name: 'hub.state', partitions: 2, compacted: true }]);
    await write(opened.log, topic, 0, 'a');
    const memory = { group: 'g', topics: [topic], changelogs: ['hub.state'], memberId: 'm' };
    const consumer = await opened.log.consumer(memory);
    const [a] = await take(consumer, 1);
    await consumer.commit([{ topic, partition: 0, next: a!.offset + 1 }]);
    // Longer than a group without one takes to be moved.
    for (let polls = 0; polls < 30; polls += 1) await consumer.poll({ max: 1, waitMs: 100 });
    expect(await opened.log.committed('g', [{ topic, partition: 0 }])).toEqual([a!.offset + 1]);
  });

  test('says who does not answer', async () => {
    const nowhere = kafkaLogOptions(['127.0.0.1:1'], opened.instance, null);
    const open = KafkaLog.open({ ...nowhere, kafka: { ...nowhere.kafka, connectTimeoutMs: 500 } });
    await expect(open).rejects.toEqual(withCode('HUB_KAFKA_UNREACHABLE'));
  });
});
