import type { DatabaseSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import { EmbeddedConsumer } from './embedded-consumer.ts';
import { EmbeddedProducer } from './embedded-producer.ts';
import { LogStore } from './embedded-store.ts';
import { GroupCoordinator } from './group.ts';
import type {
  ConsumerOptions,
  KeyHashes,
  Log,
  LogRecord,
  PartitionRange,
  Producer,
  TopicPartition,
  TopicSpec,
} from './index.ts';

/**
 * How often a log opened for reading looks whether others have committed. A look takes 4 µs, so that one each 10 ms is no load, whereas
 * a watch of the files would wake before the commit is to be seen.
 */
const lookMs = 10;

/**
 * The log as tables of the data file (docs/data-format.md). One log may write to a file, in the thread that holds the folder's lock:
 * consumer groups live in its memory. Logs opened for reading, in any thread or process, see each commit as a whole;
 * they have neither producers nor consumers (HUB_LOG_CLOSED) and wait with `changed`.
 *
 * Commits are synchronous: one fsync each, during which this thread does nothing else.
 */
export class EmbeddedLog implements Log {
  readonly #store: LogStore;
  readonly #groups = new Map<string, GroupCoordinator>();
  #seen: number;

  /** @param db from `openDatabase`, in the same mode; it stays open when the log is closed. */
  constructor(db: DatabaseSync, options: { readonly clock: Clock; readonly mode: 'write' | 'read' }) {
    this.#store = new LogStore(db, options.clock, options.mode);
    this.#seen = this.#store.version();
  }

  async ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    this.#store.transact(() => this.#store.topics.ensure(specs));
  }

  async topics(): Promise<readonly TopicSpec[]> {
    return this.#store.topics.all().map(({ id: _, ...spec }) => spec);
  }

  async range(topic: string, partition: number): Promise<PartitionRange> {
    return this.#store.reading.range(this.#store.topics.at(topic, partition), partition);
  }

  async read(topic: string, partition: number, offset: number, max: number): Promise<readonly LogRecord[]> {
    return this.#store.reading.read(this.#store.topics.at(topic, partition), partition, offset, max);
  }

  async readKeys(topic: string, partition: number, offset: number, max: number): Promise<KeyHashes> {
    return this.#store.reading.readKeys(this.#store.topics.at(topic, partition), partition, offset, max);
  }

  async latest(
    topic: string,
    partition: number,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, LogRecord>> {
    const table = this.#store.topics.at(topic, partition);
    if (!table.compacted)
      throw new HubError('HUB_INTERNAL', `Topic ${topic} is not compacted: it has no latest records`);
    return this.#store.reading.latest(table, partition, keys);
  }

  async committed(group: string, partitions: readonly TopicPartition[]): Promise<readonly (number | null)[]> {
    return partitions.map(({ topic, partition }) =>
      this.#store.reading.committed(group, this.#store.topics.at(topic, partition), partition),
    );
  }

  async producer(transactionalId: string): Promise<Producer> {
    return new EmbeddedProducer(this.#store, transactionalId);
  }

  async consumer(options: ConsumerOptions): Promise<EmbeddedConsumer> {
    this.#store.assertWritable();
    const group = this.#groups.get(options.group) ?? new GroupCoordinator(options.group);
    this.#groups.set(options.group, group);
    return new EmbeddedConsumer(this.#store, group, options);
  }

  async trim(now: number): Promise<number> {
    let count = 0;
    for (const topic of this.#store.topics.all()) {
      if (topic.compacted) {
        count += this.#store.transact((writing) => writing.trimTable(topic, now));
        continue;
      }
      const { retentionMs } = topic;
      if (retentionMs === null) continue;
      // One transaction a partition: a long overdue trim must not become one giant one.
      for (let partition = 0; partition < topic.partitions; partition += 1) {
        count += this.#store.transact((writing) => writing.trimSegments(topic, partition, now - retentionMs));
      }
    }
    return count;
  }

  /**
   * Resolves true when something was committed since the last call (or the opening), false when `waitMs` has passed or `signal`
   * aborted. For followers without a consumer: read until there is nothing more, await this, read again.
   */
  async changed({
    waitMs,
    signal,
  }: {
    readonly waitMs: number;
    readonly signal?: AbortSignal;
  }): Promise<boolean> {
    const { clock, changes, mode } = this.#store;
    for (let waited = 0; ; waited += lookMs) {
      const version = this.#store.version();
      if (version !== this.#seen) {
        this.#seen = version;
        return true;
      }
      if (waited >= waitMs || signal?.aborted) return false;
      if (mode === 'read') {
        await clock.sleep(Math.min(lookMs, waitMs - waited), signal);
        continue;
      }
      const waiter = changes.waiter(clock, waitMs, signal);
      const isChange = await waiter.next();
      waiter.end();
      if (!isChange) return false;
    }
  }

  async close(): Promise<void> {
    this.#store.close();
  }
}
