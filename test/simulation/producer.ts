import { HubError } from '../../runtime/errors.ts';
import type { Consumer, NewRecord, Producer, TopicPartition, Transaction } from '../../runtime/log/index.ts';
import type { Batch } from './broker.ts';
import { SimConsumer } from './consumer.ts';
import type { SimLog } from './log.ts';

/** What a consumer had read when its offsets were bound to the transaction. */
interface Bound {
  readonly consumer: SimConsumer;
  readonly epoch: number;
  readonly offsets: readonly (TopicPartition & { readonly next: number })[];
}

export class SimProducer implements Producer {
  readonly log: SimLog;
  readonly #transactionalId: string;
  readonly #epoch: number;
  #open: SimTransaction | null = null;
  #closed = false;

  constructor(log: SimLog, transactionalId: string, epoch: number) {
    this.log = log;
    this.#transactionalId = transactionalId;
    this.#epoch = epoch;
  }

  begin(): Transaction {
    this.log.assertOpen();
    if (this.#closed) throw new HubError('HUB_LOG_CLOSED', `Producer ${this.#transactionalId} is closed`);
    if (this.#open)
      throw new HubError('HUB_INTERNAL', `Producer ${this.#transactionalId} has a transaction open already`);
    this.#open = new SimTransaction(this);
    return this.#open;
  }

  assertCurrent(): void {
    if (this.#closed) throw new HubError('HUB_LOG_CLOSED', `Producer ${this.#transactionalId} is closed`);
    this.log.broker.assertProducer(this.#transactionalId, this.#epoch);
  }

  ended(): void {
    this.#open = null;
  }

  async close(): Promise<void> {
    this.#closed = true;
    this.#open = null;
  }
}

class SimTransaction implements Transaction {
  readonly #producer: SimProducer;
  readonly #batches: Batch[] = [];
  readonly #bound: Bound[] = [];
  #ended = false;

  constructor(producer: SimProducer) {
    this.#producer = producer;
  }

  append(topic: string, partition: number, records: readonly NewRecord[]): void {
    this.#assertOpen();
    // The caller may go on using its buffers.
    const copies = records.map((record) => ({
      ...record,
      value: record.value && new Uint8Array(record.value),
    }));
    this.#batches.push({ topic, partition, records: copies });
  }

  sendOffsets(consumer: Consumer, offsets: readonly (TopicPartition & { readonly next: number })[]): void {
    this.#assertOpen();
    if (!(consumer instanceof SimConsumer))
      throw new HubError('HUB_INTERNAL', 'The consumer belongs to another log');
    this.#bound.push({
      consumer,
      epoch: consumer.epoch(),
      offsets: offsets.map((offset) => ({ ...offset })),
    });
  }

  async commit(): Promise<void> {
    this.#assertOpen();
    const { log } = this.#producer;
    const { broker, process } = log;
    try {
      await log.request('commit', () => {
        if (broker.faults.strikes('commitFails'))
          throw new HubError('HUB_DATA_WRITE', 'The simulated disk is full');
        this.#producer.assertCurrent();
        for (const { consumer, epoch, offsets } of this.#bound) consumer.assertMayCommit(offsets, epoch);
        broker.apply(
          this.#batches,
          this.#bound.flatMap(({ consumer, offsets }) =>
            offsets.map((offset) => ({ ...offset, group: consumer.group })),
          ),
        );
        broker.onCommitted?.(process);
      });
    } finally {
      this.#end();
    }
  }

  async abort(): Promise<void> {
    if (this.#ended) return;
    this.#end();
    await this.#producer.log.broker.scheduler.point(this.#producer.log.process, 'abort');
  }

  #end(): void {
    this.#ended = true;
    this.#producer.ended();
  }

  #assertOpen(): void {
    if (this.#ended) throw new HubError('HUB_INTERNAL', 'The transaction has ended');
  }
}
