import { setTimeout as sleep } from 'node:timers/promises';
import { expect } from '@jest/globals';
import { KafkaLog } from '../../runtime/log/kafka.ts';
import { readAll, texts } from '../contract/log/fixture.ts';
import type { KafkaCluster } from '../services/kafka.ts';
import { temporaryFolder } from './embedded-log.ts';
import { copying, copyTopics } from './kafka-copying.ts';
import { kafkaLogOptions, newInstance } from './kafka-log.ts';

const { input, output, partitions, group } = copying;

/** What is to be copied and what has been, beside the workers that a test does something to. */
export interface CopyingHub {
  readonly instance: string;
  readonly log: KafkaLog;
  newFolder(): string;
  /** Appends so many records to the input, in one transaction. */
  give(count: number): Promise<void>;
  /** Is all that was given consumed? Throws when it is not within 90 s. */
  untilCopied(what: string): Promise<void>;
  /** Each record of the input stands in the output once, in its order. */
  expectEachOnce(): Promise<void>;
  close(): Promise<void>;
}

/** Over the brokers themselves, whatever is done to the line in between. */
export async function openCopyingHub(cluster: KafkaCluster): Promise<CopyingHub> {
  const instance = newInstance();
  const folders: ReturnType<typeof temporaryFolder>[] = [];
  const log = await KafkaLog.open(kafkaLogOptions(cluster.internal, instance, null));
  await log.ensureTopics(copyTopics);
  let given = 0;

  async function isCopied(): Promise<boolean> {
    const places = Array.from({ length: partitions }, (_, partition) => ({ topic: input, partition }));
    const committed = await log.committed(group, places);
    let left = 0;
    for (const [partition, next] of committed.entries())
      left += (await log.read(input, partition, next ?? 0, 10_000)).length;
    return left === 0;
  }

  return {
    instance,
    log,
    newFolder() {
      const folder = temporaryFolder();
      folders.push(folder);
      return folder.path;
    },
    async give(count) {
      const producer = await log.producer('giver');
      const transaction = producer.begin();
      for (let i = 0; i < count; i += 1) {
        const text = `${given++}`.padEnd(200, '.');
        const record = { key: text, value: Buffer.from(text), timestamp: 1 };
        transaction.append(input, i % partitions, [record]);
      }
      await transaction.commit();
      await producer.close();
    },
    untilCopied: (what) => until(what, isCopied),
    async expectEachOnce() {
      for (let partition = 0; partition < partitions; partition += 1) {
        const wanted = texts(await readAll(log, input, partition));
        expect(texts(await readAll(log, output, partition))).toEqual(wanted);
      }
    },
    async close() {
      await log.close();
      for (const folder of folders) folder.remove();
    },
  };
}

/** Throws when it takes longer than 90 s. */
export async function until(what: string, holds: () => boolean | Promise<boolean>): Promise<void> {
  const withinMs = 90_000;
  const end = Date.now() + withinMs;
  while (!(await holds())) {
    if (Date.now() > end) throw new Error(`${what}: not within ${withinMs / 1_000} s`);
    await sleep(50);
  }
}
