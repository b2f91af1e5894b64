/**
 * A program for tests of crashes: gives the file sink all records that it has not yet, and ends. Arguments as JSON, see
 * `Filling`. With `dieAt` it is killed (kill -9) at that call to the file system, a write half done.
 */
import type { LogRecord } from '../../runtime/log/index.ts';
import { exampleItem } from '../../schemas/examples.ts';
import { toJson } from '../../schemas/index.ts';
import { dieAtCall } from './die-at-call.ts';
import { sinkSurroundings } from './sink-surroundings.ts';

export interface Filling {
  /** Input for the sink's `config`; the one topic is that of law-enforcement. */
  readonly options: Readonly<Record<string, unknown>>;
  /** Given at once. */
  readonly batchRecords: number;
  readonly dieAt: number | null;
}

export const topic = 'hub.department.law-enforcement';
export const partitions = 3;
export const perPartition = 40;

/** Every fourth hour a record, so that days change often; texts of several lines and of changing length. */
export function recordAt(partition: number, offset: number): LogRecord {
  const title = `${partition}/${offset}`;
  return {
    topic,
    partition,
    offset,
    key: title,
    value: Buffer.from(title),
    headers: {},
    timestamp: Date.UTC(2026, 2, 1) + offset * 4 * 3_600_000,
  };
}

export const jsonOf = (title: string): Readonly<Record<string, unknown>> =>
  toJson('item', {
    ...exampleItem,
    title,
    body: '垃圾三天未清运,\n「很臭」\n'.repeat(1 + (title.length % 3)),
  });

if (process.argv[1] === import.meta.filename) {
  const { options, batchRecords, dieAt } = JSON.parse(process.argv[2]!) as Filling;
  if (dieAt !== null) await dieAtCall(dieAt);
  // Loaded only now: it must see the calls above.
  const { file } = await import('../../sinks/file/index.ts');
  try {
    const sink = await file.open({
      config: file.config.parse(options),
      signal: new AbortController().signal,
      ...sinkSurroundings,
      decode: (value) => jsonOf(Buffer.from(value).toString()),
    });
    for (let missing = true; missing; ) {
      missing = false;
      for (let partition = 0; partition < partitions; partition++) {
        const { next } = (await sink.resumeAt(topic, partition))!;
        const end = Math.min(perPartition, next + batchRecords);
        const records = Array.from({ length: end - next }, (_, index) => recordAt(partition, next + index));
        if (records.length > 0) await sink.write(topic, partition, records);
        if (end < perPartition) missing = true;
      }
    }
    process.stdout.write('complete');
  } catch (thrown) {
    const { code, retriable, message } = thrown as { code: string; retriable: boolean; message: string };
    process.stdout.write(JSON.stringify({ code, retriable, message }));
  }
}
