import { HubError } from '../errors.ts';
import { EmbeddedConsumer } from './embedded-consumer.ts';
import type { LogStore } from './embedded-store.ts';
import { type Gathered, GatheredTransaction } from './gathered-transaction.ts';
import type { Consumer, Producer, TopicPartition, Transaction } from './index.ts';

/** What a transaction has gathered is committed in one SQLite transaction, without awaiting. */
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

class EmbeddedTransaction extends GatheredTransaction {
  readonly #store: LogStore;
  readonly #transactionalId: string;
  readonly #epoch: number;
  readonly #offsets: (() => void)[] = [];

  constructor(store: LogStore, transactionalId: string, epoch: number) {
    super(transactionalId);
    this.#store = store;
    this.#transactionalId = transactionalId;
    this.#epoch = epoch;
  }

  protected bind(consumer: Consumer, offsets: readonly (TopicPartition & { readonly next: number })[]): void {
    if (!(consumer instanceof EmbeddedConsumer))
      throw new HubError('HUB_INTERNAL', 'The consumer belongs to another log');
    const epoch = consumer.epoch();
    this.#offsets.push(() => consumer.storeOffsets(offsets, epoch));
  }

  protected write(gathered: readonly Gathered[]): void {
    this.#store.transact((writing) => {
      writing.assertEpoch(this.#transactionalId, this.#epoch);
      for (const { topic, partition, records } of gathered) {
        writing.append(this.#store.topics.at(topic, partition), partition, records);
      }
      for (const store of this.#offsets) store();
    });
  }
}
