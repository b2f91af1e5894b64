import { HubError } from '../errors.ts';
import { EmbeddedConsumer } from './embedded-consumer.ts';
import type { LogStore } from './embedded-store.ts';
import type { Consumer, NewRecord, Producer, TopicPartition, Transaction } from './index.ts';

/** A transaction gathers in memory and commits in one SQLite transaction, without awaiting. */
export class EmbeddedProducer implements Producer {
  readonly #store: LogStore;
  readonly #transactionalId: string;
  readonly #epoch: number;
  #open: EmbeddedTransaction | undefined;
  #isClosed = false;

  constructor(store: LogStore, transactionalId: string) {
    this.#store = store;
    this.#transactionalId = transactionalId;
    this.#epoch = store.transact((writing) => writing.nextEpoch(transactionalId));
  }

  begin(): Transaction {
    if (this.#isClosed) throw new HubError('HUB_LOG_CLOSED', `Producer ${this.#transactionalId} is closed`);
    if (this.#open?.isOpen)
      throw new HubError('HUB_INTERNAL', `Producer ${this.#transactionalId} has an open transaction`);
    this.#open = new EmbeddedTransaction(this.#store, this.#transactionalId, this.#epoch);
    return this.#open;
  }

  async close(): Promise<void> {
    this.#isClosed = true;
    if (this.#open?.isOpen) await this.#open.abort();
  }
}

interface Batch extends TopicPartition {
  readonly records: NewRecord[];
}

class EmbeddedTransaction implements Transaction {
  readonly #store: LogStore;
  readonly #transactionalId: string;
  readonly #epoch: number;
  /** By topic and partition: one segment each, however often it is appended to. */
  readonly #batches = new Map<string, Batch>();
  readonly #offsets: (() => void)[] = [];
  isOpen = true;

  constructor(store: LogStore, transactionalId: string, epoch: number) {
    this.#store = store;
    this.#transactionalId = transactionalId;
    this.#epoch = epoch;
  }

  append(topic: string, partition: number, records: readonly NewRecord[]): void {
    this.#assertOpen();
    const place = `${partition}/${topic}`;
    const batch = this.#batches.get(place);
    if (!batch) this.#batches.set(place, { topic, partition, records: [...records] });
    else for (const record of records) batch.records.push(record);
  }

  sendOffsets(consumer: Consumer, offsets: readonly (TopicPartition & { readonly next: number })[]): void {
    this.#assertOpen();
    if (!(consumer instanceof EmbeddedConsumer))
      throw new HubError('HUB_INTERNAL', 'The consumer belongs to another log');
    const epoch = consumer.epoch();
    this.#offsets.push(() => consumer.storeOffsets(offsets, epoch));
  }

  async commit(): Promise<void> {
    this.#end();
    this.#store.transact((writing) => {
      writing.assertEpoch(this.#transactionalId, this.#epoch);
      for (const { topic, partition, records } of this.#batches.values()) {
        writing.append(this.#store.topics.at(topic, partition), partition, records);
      }
      for (const store of this.#offsets) store();
    });
  }

  async abort(): Promise<void> {
    this.#end();
  }

  #end(): void {
    this.#assertOpen();
    this.isOpen = false;
  }

  #assertOpen(): void {
    if (!this.isOpen)
      throw new HubError('HUB_INTERNAL', `A transaction of ${this.#transactionalId} is already over`);
  }
}
