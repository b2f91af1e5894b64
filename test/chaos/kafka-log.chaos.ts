import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, test } from '@jest/globals';
import { HubError } from '../../runtime/errors.ts';
import { KafkaLog } from '../../runtime/log/kafka.ts';
import { type KafkaCluster, startKafka } from '../services/kafka.ts';
import { type CopyingHub, openCopyingHub } from '../support/copying-hub.ts';
import { copy } from '../support/kafka-copying.ts';
import { kafkaLogOptions, quickSessionMs } from '../support/kafka-log.ts';

let cluster: KafkaCluster;
beforeAll(async () => {
  cluster = await startKafka({ proxied: true });
}, 240_000);
afterAll(() => cluster?.stop());

/** Whatever is done to the workers: each record of the input stands in the output once, in its order. */
describe('copying over Kafka', () => {
  let hub: CopyingHub;

  beforeEach(async () => {
    hub = await openCopyingHub(cluster);
  });
  afterEach(async () => {
    await hub.close();
  });

  test('that come and go while others commit copy each record once', async () => {
    const stops: AbortController[] = [];
    const running: Promise<void>[] = [];
    const join = (member: string): void => {
      const stop = new AbortController();
      stops.push(stop);
      running.push(copy(hub.log, member, stop.signal, { max: 7 }));
    };
    join('a');
    for (const member of ['b', 'c', 'd']) {
      await hub.give(200);
      await sleep(300);
      join(member);
      await sleep(500);
    }
    stops[0]!.abort();
    stops[2]!.abort();
    await hub.give(200);
    await hub.untilCopied('all is copied');
    for (const stop of stops) stop.abort();
    await Promise.all(running);
    await hub.expectEachOnce();
  }, 240_000);

  test('go on when the line to the broker was silent, cut and slow, and when the broker was restarted', async () => {
    const folder = hub.newFolder();
    // A member whose answer was lost on the line may be taken for another of its name: its process ends, and whoever looks after it starts it again.
    async function copyOverLine(signal: AbortSignal): Promise<void> {
      while (!signal.aborted) {
        try {
          const throughLine = await KafkaLog.open(kafkaLogOptions(cluster.brokers, hub.instance, folder));
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
      await hub.give(300);
      await sleep(1_000);
      broker!.proxy!.pause();
      await sleep(2 * quickSessionMs);
      broker!.proxy!.resume();
      await hub.give(300);
      await sleep(1_000);
      await broker!.proxy!.cut();
      await sleep(500);
      await broker!.proxy!.mend();
      broker!.proxy!.delay(30);
      await hub.give(300);
      await hub.untilCopied('all is copied over a bad line');
      broker!.proxy!.delay(0);
      await hub.give(300);
      await sleep(200);
      await broker!.down();
      await broker!.up();
      await hub.give(300);
      await hub.untilCopied('all is copied after the restart');
    } finally {
      stop.abort();
      await running;
    }
    await hub.expectEachOnce();
  }, 300_000);
});
