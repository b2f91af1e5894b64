import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { HubError } from '../../runtime/errors.ts';
import { KafkaLog } from '../../runtime/log/kafka.ts';
import { readAll, texts } from '../contract/log/fixture.ts';
import { type KafkaCluster, startKafka } from '../services/kafka.ts';
import { temporaryFolder } from '../support/embedded-log.ts';
import { copy, copying, copyTopics } from '../support/kafka-copying.ts';
import { kafkaLogOptions, newInstance, quickSessionMs } from '../support/kafka-log.ts';

const { input, output, partitions, group } = copying;

let cluster: KafkaCluster;
beforeAll(async () => {
  cluster = await startKafka({ proxied: true });
}, 240_000);
afterAll(() => cluster?.stop());

/** Whatever is done to the workers: each record of the input stands in the output once, in its order. */
describe('copying over Kafka', () => {
  let instance: string;
  let log: KafkaLog;
  let folders: ReturnType<typeof temporaryFolder>[];
  let written: number;

  beforeEach(async () => {
    instance = newInstance();
    folders = [];
    written = 0;
    log = await KafkaLog.open(kafkaLogOptions(cluster.internal, instance, null));
    await log.ensureTopics(copyTopics);
  });
  afterEach(async () => {
    await log.close();
    for (const folder of folders) folder.remove();
  });

  const newFolder = (): string => {
    const folder = temporaryFolder();
    folders.push(folder);
    return folder.path;
  };

  async function give(count: number): Promise<void> {
    const producer = await log.producer('giver');
    const transaction = producer.begin();
    for (let i = 0; i < count; i += 1) {
      const text = `${written++}`.padEnd(200, '.');
      const record = { key: text, value: Buffer.from(text), timestamp: 1 };
      transaction.append(input, i % partitions, [record]);
    }
    await transaction.commit();
    await producer.close();
  }

  async function until(
    what: string,
    holds: () => boolean | Promise<boolean>,
    withinMs = 90_000,
  ): Promise<void> {
    const end = Date.now() + withinMs;
    while (!(await holds())) {
      if (Date.now() > end) throw new Error(`${what}: not within ${withinMs / 1_000} s`);
      await sleep(50);
    }
  }

  const copied = async (): Promise<number> => {
    const places = Array.from({ length: partitions }, (_, partition) => ({ topic: input, partition }));
    const committed = await log.committed(group, places);
    let left = 0;
    for (const [partition, next] of committed.entries())
      left += (await log.read(input, partition, next ?? 0, 10_000)).length;
    return written - left;
  };

  async function expectEachOnce(): Promise<void> {
    for (let partition = 0; partition < partitions; partition += 1) {
      const wanted = texts(await readAll(log, input, partition));
      expect(texts(await readAll(log, output, partition))).toEqual(wanted);
    }
  }

  test('that come and go while others commit copy each record once', async () => {
    const stops: AbortController[] = [];
    const running: Promise<void>[] = [];
    const join = (member: string): void => {
      const stop = new AbortController();
      stops.push(stop);
      running.push(copy(log, member, stop.signal, { max: 7 }));
    };
    join('a');
    for (const member of ['b', 'c', 'd']) {
      await give(200);
      await sleep(300);
      join(member);
      await sleep(500);
    }
    stops[0]!.abort();
    stops[2]!.abort();
    await give(200);
    await until('all is copied', async () => (await copied()) === written);
    for (const stop of stops) stop.abort();
    await Promise.all(running);
    await expectEachOnce();
  }, 240_000);

  test('go on when the line to the broker was silent, cut and slow, and when the broker was restarted', async () => {
    const folder = newFolder();
    // A member whose answer was lost on the line may be taken for another of its name: its process ends, and whoever looks after it starts it again.
    async function copyOverLine(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        try {
          const throughLine = await KafkaLog.open(kafkaLogOptions(cluster.brokers, instance, folder));
          await copy(throughLine, 'm', signal, { max: 20 }).finally(() => throughLine.close());
        } catch (thrown) {
          const isEnd = thrown instanceof HubError && (thrown.retriable || thrown.code === 'HUB_LOG_FENCED');
          if (!isEnd) throw thrown;
          await sleep(500);
        }
      }
    }
    const [broker] = cluster.nodes;
    const stop = new AbortController();
    const running = copyOverLine(stop.signal);
    try {
      await give(300);
      await sleep(1_000);
      broker!.proxy!.pause();
      await sleep(2 * quickSessionMs);
      broker!.proxy!.resume();
      await give(300);
      await sleep(1_000);
      await broker!.proxy!.cut();
      await sleep(500);
      await broker!.proxy!.mend();
      broker!.proxy!.delay(30);
      await give(300);
      await until('all is copied over a bad line', async () => (await copied()) === written);
      broker!.proxy!.delay(0);
      await give(300);
      await sleep(200);
      await broker!.down();
      await broker!.up();
      await give(300);
      await until('all is copied after the restart', async () => (await copied()) === written);
    } finally {
      stop.abort();
      await running;
    }
    await expectEachOnce();
  }, 300_000);
});
