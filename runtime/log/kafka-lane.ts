import { type KafkaClients, readSettings } from '../kafka/clients.ts';
import type { NativeConsumer } from '../kafka/native.ts';
import type { LogRecord, TopicPartition } from './index.ts';
import { KafkaFetcher, type Stream } from './kafka-fetcher.ts';
import type { KnownTopic } from './kafka-topics.ts';

/** Longest wait of a lane's thread at once while others wait, too. */
const sliceMs = 20;
/** A lane that has something, says the broker, and does not bring it within this time is passed over in this poll. */
const laneWaitMs = 1_000;

/** Where a partition ended when the poll began. */
export type EndOf = (topic: string, partition: number) => number;

/** One topic of a consumer, read by a client of its own: what waits of another topic never stands before it. */
export class KafkaLane {
  readonly topic: KnownTopic;
  readonly #clients: KafkaClients;
  readonly #client: NativeConsumer;
  readonly #fetcher: KafkaFetcher;

  private constructor(topic: KnownTopic, clients: KafkaClients, client: NativeConsumer) {
    this.topic = topic;
    this.#clients = clients;
    this.#client = client;
    this.#fetcher = new KafkaFetcher(client, clients.names);
  }

  /** @param role for the brokers' logs */
  static async open(
    clients: KafkaClients,
    topic: KnownTopic,
    role: string,
    group: string,
  ): Promise<KafkaLane> {
    const client = await clients.consumer(role, {
      ...readSettings,
      'group.id': clients.names.group(group),
      'fetch.wait.max.ms': 100,
      'fetch.queue.backoff.ms': 20,
      'queued.max.messages.kbytes': 16_384,
    });
    return new KafkaLane(topic, clients, client);
  }

  stream(partition: number): Stream | undefined {
    return this.#fetcher.stream(this.topic.name, partition);
  }

  /** Those of `places` that are of this topic are read from their offsets on. */
  async seat(places: readonly (TopicPartition & { readonly offset: number })[]): Promise<void> {
    const mine = places.filter(({ topic }) => topic === this.topic.name);
    if (mine.length > 0) await this.#fetcher.change(mine);
  }

  async leave(numbers: readonly number[]): Promise<void> {
    const topic = this.topic.name;
    await this.#fetcher.change(
      [],
      numbers.map((partition) => ({ topic, partition })),
    );
  }

  /** Waits until there are `want` records, or all that lies below the ends. */
  async ready(numbers: readonly number[], endOf: EndOf, want: number): Promise<void> {
    const { clock } = this.#clients;
    const until = clock.now() + laneWaitMs;
    const mine = numbers.filter((partition) => partition < this.topic.partitions);
    for (;;) {
      let waiting = 0;
      let isOpen = false;
      for (const partition of mine) {
        const stream = this.stream(partition);
        waiting += stream?.waiting ?? 0;
        isOpen ||= !stream?.hasReached(endOf(this.topic.name, partition));
      }
      if (waiting >= want || !isOpen || clock.now() > until) return;
      await this.#fetcher.fill(sliceMs);
    }
  }

  /**
   * At most `max`, alike of each partition in the order of `numbers`: what was written together is read together, however little is asked for.
   * Only what was committed before the ends: what came since might have something before it in another lane that they do not tell of.
   */
  take(numbers: readonly number[], endOf: EndOf, max: number): readonly LogRecord[] {
    const records: LogRecord[] = [];
    let open = numbers.filter((partition) => partition < this.topic.partitions);
    while (open.length > 0 && records.length < max) {
      const share = Math.ceil((max - records.length) / open.length);
      open = open.filter((partition) => {
        const wanted = Math.min(share, max - records.length);
        const taken = this.stream(partition)?.take(wanted, endOf(this.topic.name, partition)) ?? [];
        for (const record of taken) records.push(record);
        return taken.length > 0 && taken.length === wanted;
      });
    }
    return records;
  }

  /** Has anything come that waits to be taken? */
  hasWaiting(): boolean {
    return this.#fetcher.streams().some(({ waiting }) => waiting > 0);
  }

  /** Null where nothing is read: there is nothing to wait for. See `KafkaFetcher.fill`. */
  fill(waitMs: number): Promise<void> | null {
    return this.#fetcher.isIdle ? null : this.#fetcher.fill(waitMs);
  }

  close(): Promise<void> {
    return this.#clients.close(this.#client);
  }
}
