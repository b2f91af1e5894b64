/**
 * A program for tests of crashes: commits one numbered transaction after the other into the data folder given as argument, going on
 * from what it finds, and writes each number to stdout once its commit has resolved. It ends only when it is killed, or with
 * the code of the error that stopped it on stderr.
 */
import { writeSync } from 'node:fs';
import { systemClock } from '../../runtime/clock.ts';
import { openDatabase } from '../../runtime/embedded/database.ts';
import { lockDataFolder } from '../../runtime/embedded/lock.ts';
import { HubError } from '../../runtime/errors.ts';
import { EmbeddedLog } from '../../runtime/log/embedded.ts';
import type { NewRecord } from '../../runtime/log/index.ts';

export const crashTopics = [
  { name: 'c.numbers', partitions: 1 },
  { name: 'c.parts', partitions: 4 },
  { name: 'c.last', partitions: 1, compacted: true },
] as const;
export const crashGroup = 'crashing';

/** What transaction `n` appends to `c.parts`: 1 to 7 records, every tenth time large ones. */
export function partsOf(n: number): { readonly partition: number; readonly records: readonly NewRecord[] } {
  const size = n % 10 === 9 ? 200_000 : 50;
  const records = Array.from({ length: (n % 7) + 1 }, (_, i) => ({
    key: `${n}/${i}`,
    value: new Uint8Array(size).fill(n + i),
    timestamp: n,
  }));
  return { partition: n % 4, records };
}

async function run(folder: string): Promise<void> {
  lockDataFolder(folder);
  const log = new EmbeddedLog(openDatabase(folder, 'write'), { clock: systemClock, mode: 'write' });
  await log.ensureTopics(crashTopics);
  const producer = await log.producer('crashing');
  const consumer = await log.consumer({ group: crashGroup, topics: ['c.numbers'], memberId: 'm' });
  for (;;) {
    // Each transaction consumes the number that the one before has appended.
    const { records } = await consumer.poll({ max: 1, waitMs: 0 });
    const n = records[0] ? Number(records[0].key) + 1 : 0;
    const { partition, records: parts } = partsOf(n);
    const transaction = producer.begin();
    transaction.append('c.parts', partition, parts.slice(0, 2));
    transaction.append('c.numbers', 0, [{ key: String(n), value: null, timestamp: n }]);
    transaction.append('c.last', 0, [{ key: 'last', value: Buffer.from(String(n)), timestamp: n }]);
    transaction.append('c.parts', partition, parts.slice(2));
    if (records[0])
      transaction.sendOffsets(consumer, [{ topic: 'c.numbers', partition: 0, next: records[0].offset + 1 }]);
    await transaction.commit();
    writeSync(1, `${n}\n`);
  }
}

if (process.argv[1] === import.meta.filename) {
  await run(process.argv[2]!).catch((error: unknown) => {
    writeSync(2, error instanceof HubError ? error.code : String(error));
    process.exit(1);
  });
}
