import type { Type } from 'avsc';
import { Outputs } from '../../../runtime/core/outputs.ts';
import type { Consumer, Log, LogRecord, Producer } from '../../../runtime/log/index.ts';
import { partitionOf } from '../../../runtime/log/partition.ts';
import { encode } from '../../../runtime/schema-registry/wire.ts';
import type { Report } from './reports.ts';
import { decide, rules } from './rules.ts';

export interface Work {
  readonly log: Log;
  readonly schemaId: number;
  readonly type: Type;
  readonly input: string;
  readonly prefix: string;
  /** Compacted, co-partitioned with the input: ids that were seen. Written in the same transaction, read again on assignment. */
  readonly memory: string;
  readonly group: string;
  /** Of the group, and the producer's transactional id. */
  readonly member: string;
  readonly partitions: number;
  /** Records of a transaction at most. */
  readonly batch: number;
  /** Ids remembered of each partition, the newest; Infinity as Kafka Streams has it. */
  readonly keep: number;
}

/**
 * The hub reduced to the work of its peers, on its own log port: poll, decide, one transaction of outputs, memory and offsets. What it
 * remembers outlives it, as that of Kafka Streams does.
 */
export class ReducedHub {
  readonly #work: Work;
  readonly #consumer: Consumer;
  readonly #producer: Producer;
  readonly #topics: ReadonlyMap<string, string>;
  #seen = new Map<number, Set<string>>();
  #epoch = -1;

  private constructor(work: Work, consumer: Consumer, producer: Producer) {
    this.#work = work;
    this.#consumer = consumer;
    this.#producer = producer;
    this.#topics = new Map(rules.departments.map((department) => [department, work.prefix + department]));
  }

  static async open(work: Work): Promise<ReducedHub> {
    await work.log.ensureTopics([
      { name: work.memory, partitions: work.partitions, compacted: true },
      ...rules.departments.map((department) => ({
        name: work.prefix + department,
        partitions: work.partitions,
      })),
    ]);
    const producer = await work.log.producer(work.member);
    const consumer = await work.log.consumer({
      group: work.group,
      topics: [work.input],
      memberId: work.member,
    });
    return new ReducedHub(work, consumer, producer);
  }

  /** One batch; how many records it had. */
  async turn(signal: AbortSignal): Promise<number> {
    const { records } = await this.#consumer.poll({ max: this.#work.batch, waitMs: 100, signal });
    if (records.length === 0) return 0;
    await this.#remember();
    const outputs = new Outputs();
    const next = new Map<number, number>();
    for (const record of records) {
      this.#take(record, outputs);
      next.set(record.partition, record.offset + 1);
    }
    const offsets = [...next].map(([partition, offset]) => ({
      topic: this.#work.input,
      partition,
      next: offset,
    }));
    try {
      await outputs.commit(this.#producer, { consumer: this.#consumer, offsets });
    } catch (error) {
      // What this batch had put into the memory was never written.
      this.#epoch = -1;
      await this.#consumer.rewind();
      throw error;
    }
    return records.length;
  }

  async close(): Promise<void> {
    await this.#consumer.close();
    await this.#producer.close();
  }

  #take(record: LogRecord, outputs: Outputs): void {
    const { partition, value, timestamp } = record;
    const report = JSON.parse(textOf(value!)) as Report;
    const seen = this.#seen.get(partition)!;
    if (seen.has(report.id)) return;
    seen.add(report.id);
    if (seen.size > this.#work.keep) this.#forget(seen, record, outputs);
    const decision = decide(report.title, report.text);
    const { schemaId, type, memory, partitions } = this.#work;
    const to = partitionOf(report.id, partitions);
    const written = encode(schemaId, type, { ...report, ...decision });
    outputs.append(this.#topics.get(decision.department)!, to, {
      key: report.id,
      value: written,
      timestamp,
    });
    outputs.append(memory, partition, { key: report.id, value: mark(report.reportedAt), timestamp });
  }

  #forget(seen: Set<string>, { partition, timestamp }: LogRecord, outputs: Outputs): void {
    const [oldest] = seen;
    seen.delete(oldest!);
    outputs.append(this.#work.memory, partition, { key: oldest!, value: null, timestamp });
  }

  /** After each change of the assignment: what earlier members saw of these partitions. */
  async #remember(): Promise<void> {
    if (this.#consumer.epoch() === this.#epoch) return;
    const { log, memory } = this.#work;
    const seen = new Map<number, Set<string>>();
    for (const partition of this.#consumer.assigned()) {
      const ids = new Set<string>();
      const { end } = await log.range(memory, partition);
      for (let offset = 0; offset < end; ) {
        const records = await log.read(memory, partition, offset, 10_000);
        if (records.length === 0) break;
        for (const { key, value } of records) {
          if (value === null) ids.delete(key!);
          else ids.add(key!);
        }
        offset = records.at(-1)!.offset + 1;
      }
      seen.set(partition, ids);
    }
    this.#seen = seen;
    this.#epoch = this.#consumer.epoch();
  }
}

const textOf = (bytes: Uint8Array): string =>
  Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString();

/** As large as the long that Kafka Streams keeps of each id. */
function mark(reportedAt: number): Uint8Array {
  const bytes = Buffer.allocUnsafe(8);
  bytes.writeBigInt64BE(BigInt(reportedAt));
  return bytes;
}
