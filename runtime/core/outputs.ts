import type { Consumer, NewRecord, Producer, TopicPartition } from '../log/index.ts';

/** What one transaction will write, gathered first: nothing is begun before all of it is known. */
export class Outputs {
  readonly #records = new Map<string, Map<number, NewRecord[]>>();

  append(topic: string, partition: number, record: NewRecord): void {
    let partitions = this.#records.get(topic);
    if (partitions === undefined) {
      partitions = new Map();
      this.#records.set(topic, partitions);
    }
    const records = partitions.get(partition);
    if (records === undefined) partitions.set(partition, [record]);
    else records.push(record);
  }

  /** One burst: begin, append, bind the consumed offsets, commit. After a failure nothing of it is or becomes visible. */
  async commit(
    producer: Producer,
    consumed?: {
      readonly consumer: Consumer;
      readonly offsets: readonly (TopicPartition & { readonly next: number })[];
    },
  ): Promise<void> {
    const transaction = producer.begin();
    try {
      for (const [topic, partitions] of this.#records) {
        for (const [partition, records] of partitions) transaction.append(topic, partition, records);
      }
      if (consumed !== undefined) transaction.sendOffsets(consumed.consumer, consumed.offsets);
    } catch (error) {
      await transaction.abort();
      throw error;
    }
    // A commit that fails has ended the transaction: there is nothing left to abort.
    await transaction.commit();
  }
}
