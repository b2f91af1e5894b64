import { HubError } from '../../runtime/errors.ts';
import type { Log, LogRecord, NewRecord } from '../../runtime/log/index.ts';
import { nextOffsets } from '../../runtime/log/next-offsets.ts';

/** What is copied, as a worker of the hub would: each record of `input` once to `output`, and the last one of each partition to `memory`. */
export const copying = {
  group: 'copy',
  input: 'hub.input',
  output: 'hub.items',
  memory: 'hub.state',
  partitions: 4,
} as const;

export const copyTopics = [
  { name: copying.input, partitions: copying.partitions },
  { name: copying.output, partitions: copying.partitions },
  { name: copying.memory, partitions: copying.partitions, compacted: true },
] as const;

/**
 * Copies until `signal` aborts, in transactions of at most `max` records. After what can be retried, or a revoked partition, it begins again from
 * the committed offsets; throws when it is fenced again and again.
 *
 * @param onCommitted records of a transaction that is committed
 */
export async function copy(
  log: Log,
  memberId: string,
  signal: AbortSignal,
  { max = 50, onCommitted }: { max?: number; onCommitted?: (records: readonly LogRecord[]) => void } = {},
): Promise<void> {
  const { group, input, output, memory } = copying;
  const producer = await log.producer(`copy-${memberId}`);
  const consumer = await log.consumer({ group, topics: [input], changelogs: [memory], memberId });
  let failures = 0;
  try {
    while (!signal.aborted) {
      try {
        const { records } = await consumer.poll({ max, waitMs: 200, signal });
        if (records.length === 0) continue;
        const written: (readonly [topic: string, partition: number, of: readonly NewRecord[]])[] = [];
        for (const [partition, of] of Map.groupBy(records, (record) => record.partition)) {
          const known = await log.latest(memory, partition, ['last']);
          // The memory tells what was copied last: a record that comes again is seen here, and in the output by the test.
          const last = Number(known.get('last')?.headers.offset ?? -1);
          for (const { offset } of of)
            if (offset <= last) throw new Error(`offset ${offset} of ${partition} again, after ${last}`);
          written.push([output, partition, of]);
          const offset = String(of.at(-1)!.offset);
          const memo: NewRecord = {
            key: 'last',
            value: new Uint8Array([1]),
            headers: { offset },
            timestamp: 1,
          };
          written.push([memory, partition, [memo]]);
        }
        // Nothing that may fail lies between begin and commit: a transaction is one burst.
        const transaction = producer.begin();
        for (const [topic, partition, of] of written) transaction.append(topic, partition, of);
        transaction.sendOffsets(consumer, nextOffsets(records));
        await transaction.commit();
        failures = 0;
        onCommitted?.(records);
      } catch (thrown) {
        const goesOn =
          thrown instanceof HubError &&
          (thrown.retriable || thrown.code === 'HUB_LOG_FENCED') &&
          failures < 20;
        if (!goesOn) throw thrown;
        failures += 1;
        await consumer.rewind();
      }
    }
  } finally {
    await consumer.close();
    await producer.close();
  }
}
