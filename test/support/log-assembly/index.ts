/**
 * A writer over the real embedded log and nothing else, for tests of sinks' threads: `append` writes records to a topic,
 * `committed` says how far a group has come.
 */
import { join } from 'node:path';
import { openDatabase } from '../../../runtime/embedded/database.ts';
import { HubError } from '../../../runtime/errors.ts';
import { systemClock } from '../../../runtime/index.ts';
import { EmbeddedLog } from '../../../runtime/log/embedded.ts';
import type { TopicPartition } from '../../../runtime/log/index.ts';
import type { ReaderAssembly, WriterAssembly } from '../../../runtime/threads/assembly.ts';

export interface LogAssemblyOptions {
  /** Data folder. */
  readonly folder: string;
  readonly topic: string;
  readonly partitions: number;
}

export interface Append {
  readonly partition: number;
  readonly texts: readonly string[];
}

export async function assembleWriter(options: unknown): Promise<WriterAssembly> {
  const { folder, topic, partitions } = options as LogAssemblyOptions;
  const db = openDatabase(folder, 'write');
  const log = new EmbeddedLog(db, { clock: systemClock, mode: 'write' });
  await log.ensureTopics([{ name: topic, partitions }]);
  const producer = await log.producer('test');
  return {
    log,
    openIntake: async (name) => {
      throw new HubError('HUB_INTERNAL', `no intake for ${name} here`);
    },
    admin: {
      append: async ({ partition, texts }: Append) => {
        const transaction = producer.begin();
        const records = texts.map((text) => ({ key: null, value: Buffer.from(text), timestamp: 0 }));
        transaction.append(topic, partition, records);
        await transaction.commit();
      },
      committed: ({ group, at }: { group: string; at: readonly TopicPartition[] }) =>
        log.committed(group, at),
    },
    run: (signal) =>
      new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
    async close() {
      await log.close();
      db.close();
    },
  };
}

export async function assembleReader(options: unknown): Promise<ReaderAssembly> {
  const { folder } = options as LogAssemblyOptions;
  const db = openDatabase(folder, 'read');
  const log = new EmbeddedLog(db, { clock: systemClock, mode: 'read' });
  return {
    log,
    changed: (waiting) => log.changed(waiting),
    prepare: async () => {},
    decode: (value) => Buffer.from(value).toString(),
    stateFolder: (sink) => join(folder, 'sinks', sink),
    async close() {
      await log.close();
      db.close();
    },
  };
}
