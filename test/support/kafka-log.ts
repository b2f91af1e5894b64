import { randomBytes } from 'node:crypto';
import kafkajs from 'kafkajs';
import { systemClock } from '../../runtime/clock.ts';
import { kafkaNames } from '../../runtime/kafka/names.ts';
import { kafkaOptions } from '../../runtime/kafka/options.ts';
import { KafkaLog, type KafkaLogOptions } from '../../runtime/log/kafka.ts';
import { silentLogger } from '../../runtime/telemetry.ts';
import type { OpenedLog } from '../contract/log.ts';
import { temporaryFolder } from './embedded-log.ts';

/** Members that are given up soon, as brokers of tests allow. */
export const quickSessionMs = 1_500;

/** As `KafkaLog.open` wants it, for one broker. */
export const kafkaLogOptions = (
  brokers: readonly string[],
  instance: string,
  folder: string | null,
): KafkaLogOptions => ({
  kafka: kafkaOptions.parse({ brokers, replication: 1, minInSyncReplicas: 1 }),
  instance,
  clientId: 'test',
  folder,
  clock: systemClock,
  log: silentLogger,
  sessionTimeoutMs: quickSessionMs,
});

/** Instances of their own on one cluster: they never meet. */
export const newInstance = (): string => `t${randomBytes(6).toString('hex')}`;

/** A log of an instance of its own. */
export async function openKafka(
  brokers: readonly string[],
): Promise<OpenedLog & { readonly instance: string; log: KafkaLog }> {
  const instance = newInstance();
  const folder = temporaryFolder();
  const options = kafkaLogOptions(brokers, instance, folder.path);
  const opened = {
    instance,
    log: await KafkaLog.open(options),
    earliestTimestamp: 1,
    changesGroupsAtOnce: false,
    async reopen() {
      await opened.log.close();
      opened.log = await KafkaLog.open(options);
      return opened.log;
    },
    retain: (now: number) => retain(brokers, instance, opened.log, now),
    async close() {
      await opened.log.close();
      folder.remove();
    },
  };
  return opened;
}

/** What the brokers do in their own time, now. */
async function retain(
  brokers: readonly string[],
  instance: string,
  log: KafkaLog,
  now: number,
): Promise<number> {
  const admin = new kafkajs.Kafka({ brokers: [...brokers], logLevel: kafkajs.logLevel.NOTHING }).admin();
  await admin.connect();
  let count = 0;
  try {
    for (const { name, partitions, retentionMs = null } of await log.topics()) {
      if (retentionMs === null) continue;
      for (let partition = 0; partition < partitions; partition += 1) {
        const records = await log.read(name, partition, 0, 1_000);
        const old = records.filter(({ timestamp }) => timestamp < now - retentionMs);
        if (old.length === 0) continue;
        count += old.length;
        const kept = records.find(({ timestamp }) => timestamp >= now - retentionMs);
        const topic = kafkaNames(instance).topic(name);
        const offset = kept === undefined ? '-1' : String(kept.offset);
        // It knows the leaders of no topic that it was not asked about.
        await admin.fetchTopicOffsets(topic);
        await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset }] });
      }
    }
    return count;
  } finally {
    await admin.disconnect();
  }
}
