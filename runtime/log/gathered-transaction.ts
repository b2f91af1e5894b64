import { HubError } from '../errors.ts';
import type { Consumer, NewRecord, TopicPartition, Transaction } from './index.ts';

/** All that one transaction writes to one partition, however often it appended to it. */
export interface Gathered extends TopicPartition {
  readonly records: readonly NewRecord[];
}

/** A transaction that gathers in memory and writes only when it is committed. */
export abstract class GatheredTransaction implements Transaction {
  readonly #transactionalId: string;
  /** By topic and partition, in the order of the first append. */
  readonly #gathered = new Map<string, TopicPartition & { readonly records: NewRecord[] }>();
  isOpen = true;

  constructor(transactionalId: string) {
    this.#transactionalId = transactionalId;
  }

  /** Called once, by `commit`; what was bound by `bind` goes with it. */
  protected abstract write(gathered: readonly Gathered[]): void | Promise<void>;
  protected abstract bind(
    consumer: Consumer,
    offsets: readonly (TopicPartition & { readonly next: number })[],
  ): void;

  append(topic: string, partition: number, records: readonly NewRecord[]): void {
    this.#assertOpen();
    const place = `${partition}/${topic}`;
    const batch = this.#gathered.get(place);
    if (!batch) this.#gathered.set(place, { topic, partition, records: [...records] });
    else for (const record of records) batch.records.push(record);
  }

  sendOffsets(consumer: Consumer, offsets: readonly (TopicPartition & { readonly next: number })[]): void {
    this.#assertOpen();
    this.bind(consumer, offsets);
  }

  async commit(): Promise<void> {
    this.#end();
    await this.write([...this.#gathered.values()]);
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
