import { HubError } from '../../runtime/errors.ts';
import type {
  Consumer,
  ConsumerOptions,
  KeyHashes,
  Log,
  LogRecord,
  PartitionRange,
  Producer,
  TopicPartition,
  TopicSpec,
} from '../../runtime/log/index.ts';
import type { SimBroker } from './broker.ts';
import { SimConsumer } from './consumer.ts';
import { SimProducer } from './producer.ts';
import type { Process } from './scheduler.ts';

/**
 * The log as one simulated process sees it. Each call is a request and a reply: the process may be overtaken, paused or
 * killed before the broker acts, and again before it learns what came of it.
 */
export class SimLog implements Log {
  readonly broker: SimBroker;
  readonly process: Process;
  #closed = false;

  constructor(broker: SimBroker, process: Process) {
    this.broker = broker;
    this.process = process;
  }

  /** Throws HUB_LOG_CLOSED when the log was closed before the broker acts. */
  async request<T>(label: string, act: () => T): Promise<T> {
    await this.travel(label);
    let settle: () => T;
    try {
      const result = act();
      settle = () => result;
    } catch (error) {
      settle = () => {
        throw error;
      };
    }
    await this.broker.scheduler.point(this.process, `${label} replied`);
    return settle();
  }

  /** The way to the broker, sometimes slow. */
  async travel(label: string): Promise<void> {
    const { scheduler, faults } = this.broker;
    this.assertOpen();
    if (faults.strikes('slow'))
      await scheduler.park(this.process, `${label} (slow)`, scheduler.now + 1 + faults.random.below(400))
        .woken;
    else await scheduler.point(this.process, label);
    this.assertOpen();
  }

  assertOpen(): void {
    if (this.#closed) throw new HubError('HUB_LOG_CLOSED', 'The log was closed while it was being used');
  }

  ensureTopics(specs: readonly TopicSpec[]): Promise<void> {
    return this.request('ensureTopics', () => this.broker.ensureTopics(specs));
  }

  topics(): Promise<readonly TopicSpec[]> {
    return this.request('topics', () => this.broker.topics());
  }

  range(topic: string, partition: number): Promise<PartitionRange> {
    return this.request('range', () => this.broker.partition(topic, partition).range());
  }

  read(topic: string, partition: number, offset: number, max: number): Promise<readonly LogRecord[]> {
    return this.request('read', () => this.broker.partition(topic, partition).read(offset, max));
  }

  readKeys(topic: string, partition: number, offset: number, max: number): Promise<KeyHashes> {
    return this.request('readKeys', () => this.broker.partition(topic, partition).readKeys(offset, max));
  }

  latest(topic: string, partition: number, keys: readonly string[]): Promise<ReadonlyMap<string, LogRecord>> {
    return this.request('latest', () => this.broker.partition(topic, partition).latest(keys));
  }

  committed(group: string, partitions: readonly TopicPartition[]): Promise<readonly (number | null)[]> {
    return this.request('committed', () =>
      partitions.map(({ topic, partition }) => {
        this.broker.partition(topic, partition);
        return this.broker.committed(group, topic, partition);
      }),
    );
  }

  producer(transactionalId: string): Promise<Producer> {
    return this.request(
      'producer',
      () => new SimProducer(this, transactionalId, this.broker.initProducer(transactionalId)),
    );
  }

  consumer(options: ConsumerOptions): Promise<Consumer> {
    return this.request('consumer', () => new SimConsumer(this, options));
  }

  trim(now: number): Promise<number> {
    return this.request('trim', () => {
      let count = 0;
      for (const { name, retentionMs = null } of this.broker.topics()) {
        if (retentionMs === null) continue;
        for (const stored of this.broker.partitionsOf(name)) count += stored.trim(now - retentionMs);
      }
      return count;
    });
  }

  async close(): Promise<void> {
    if (this.#closed) return;
    this.#closed = true;
    this.broker.evict(this.process);
  }
}
