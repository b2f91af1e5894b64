import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { readAll, texts } from '../../test/contract/log/fixture.ts';
import { type KafkaCluster, startKafka } from '../../test/services/kafka.ts';
import { temporaryFolder } from '../../test/support/embedded-log.ts';
import { copying, copyTopics } from '../../test/support/kafka-copying.ts';
import { kafkaLogOptions, newInstance, quickSessionMs } from '../../test/support/kafka-log.ts';
import { KafkaLog } from './kafka.ts';

const { input, output, memory, partitions, group } = copying;

let cluster: KafkaCluster;
beforeAll(async () => {
  cluster = await startKafka({ proxied: true });
}, 240_000);
afterAll(() => cluster?.stop());

/** Whatever is done to the workers: each record of the input stands in the output once, in its order. */
describe('workers on Kafka', () => {
  let instance: string;
  let log: KafkaLog;
  let folders: ReturnType<typeof temporaryFolder>[];
  let children: ChildProcess[];
  let written: number;

  beforeEach(async () => {
    instance = newInstance();
    folders = [];
    children = [];
    written = 0;
    log = await KafkaLog.open(kafkaLogOptions(cluster.internal, instance, null));
    await log.ensureTopics(copyTopics);
  });
  afterEach(async () => {
    for (const child of children) child.kill('SIGKILL');
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

  function start(member: string, folder: string, strike = ''): ChildProcess & { said(): string } {
    const program = join(import.meta.dirname, '../../test/support/kafka-copying-process.ts');
    const child = spawn(process.execPath, [program, cluster.internal[0]!, instance, folder, member], {
      env: { ...process.env, HUB_TEST_STOP: strike, NODE_OPTIONS: '' },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    let said = '';
    child.stdout.on('data', (text) => {
      said += text;
    });
    child.stderr.on('data', (text) => {
      said += text;
    });
    children.push(child);
    return Object.assign(child, { said: () => said });
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

  async function end(child: ChildProcess): Promise<void> {
    if (child.exitCode !== null || child.signalCode !== null) return;
    const exited = once(child, 'exit');
    child.kill('SIGTERM');
    await exited;
  }

  test('that is stopped in the middle of a transaction and wakes when others have its partitions writes nothing of it', async () => {
    await give(400);
    const zombie = start('zombie', newFolder(), 'open,SIGSTOP,2');
    await until('the first one stops itself', () => zombie.said().includes('struck'));
    const heir = start('heir', newFolder());
    // Its session is over, and its transaction aborted by the broker: until then the other has to wait.
    await until('the other takes over', async () => (await copied()) === written);
    zombie.kill('SIGCONT');
    await give(400);
    await until('the rest is copied', async () => (await copied()) === written);
    await sleep(2 * quickSessionMs);
    await expectEachOnce();
    await end(zombie);
    await end(heir);
    await expectEachOnce();
  }, 240_000);

  test('that dies between the commit and its own file reads the file on from the topic', async () => {
    await give(300);
    const folder = newFolder();
    const first = start('m', folder, 'committed,SIGKILL,3');
    await until('it has ended itself', () => first.signalCode !== null);
    await give(100);
    const second = start('m', folder);
    await until('the rest is copied', async () => (await copied()) === written);
    await expectEachOnce();
    await end(second);
    expect(second.said()).not.toMatch(/HUB_|again/);
    const reopened = await KafkaLog.open(kafkaLogOptions(cluster.internal, instance, folder));
    try {
      for (let partition = 0; partition < partitions; partition += 1) {
        const last = (await readAll(log, input, partition)).at(-1)!;
        const known = await reopened.latest(memory, partition, ['last']);
        expect(known.get('last')?.headers.offset).toBe(String(last.offset));
      }
    } finally {
      await reopened.close();
    }
  }, 240_000);
});
