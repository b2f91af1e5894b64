import { answered, type KafkaClients, readSettings } from '../kafka/clients.ts';
import { kafkaFault } from '../kafka/faults.ts';
import type { NativeConsumer, NativeError, NativePlace } from '../kafka/native.ts';
import type { PartitionRange, TopicPartition } from './index.ts';

/** What librdkafka understands in the place of a time. */
const atEnd = -1;
const atStart = -2;

const leaderNotAvailable = 5;
/** UNKNOWN_TOPIC_OR_PART, LEADER_NOT_AVAILABLE, NOT_LEADER, FENCED_LEADER_EPOCH, UNKNOWN_LEADER_EPOCH, OFFSET_NOT_AVAILABLE: passing, while a leader moves. */
const leaderless: ReadonlySet<number> = new Set([3, leaderNotAvailable, 6, 74, 75, 78]);
/** How long a partition may be without a leader, or a new topic unknown to a broker. */
const leaderWaitMs = 10_000;

/** A transaction that holds back what is behind it is aborted by the broker after 10 s; then the wait ends. */
const unsettledWaitMs = 15_000;

/** Where the partitions begin and end: one request to each broker, whatever the number of partitions. */
export class KafkaOffsets {
  readonly #clients: KafkaClients;
  #committed: Promise<NativeConsumer> | null = null;
  #all: Promise<NativeConsumer> | null = null;
  /** What this process has committed, and readers may not see yet: a commit is answered before the partitions have its marker. */
  readonly #unsettled = new Set<string>();

  constructor(clients: KafkaClients) {
    this.#clients = clients;
  }

  /** A commit of this log has written there. */
  wrote(place: TopicPartition): void {
    this.#unsettled.add(keyOf(place));
  }

  /** Ends for readers of committed records (the last stable offset), in the order of `places`. As they are now, without waiting. */
  async ends(places: readonly TopicPartition[]): Promise<readonly number[]> {
    return this.#ask(await this.#readCommitted(), places, atEnd);
  }

  /** The same, once all that this log has committed there is to be seen. */
  async settledEnds(places: readonly TopicPartition[]): Promise<readonly number[]> {
    let ends = await this.ends(places);
    const open = [...places.entries()].filter(([, place]) => this.#unsettled.has(keyOf(place)));
    if (open.length === 0) return ends;
    const highs = await this.highs(open.map(([, place]) => place));
    const isBehind = () => open.some(([at], i) => ends[at]! < highs[i]!);
    for (let waited = 0, pause = 1; isBehind(); waited += pause, pause = Math.min(pause * 2, 50)) {
      if (waited > unsettledWaitMs)
        throw kafkaFault(null, `Waiting for a transaction that is open in ${keyOf(open[0]![1])}`);
      await this.#clients.clock.sleep(pause);
      ends = await this.ends(places);
    }
    for (const [, place] of open) this.#unsettled.delete(keyOf(place));
    return ends;
  }

  /** Ends whatever is still in doubt below them (the high watermarks): all that was committed before the call lies below. */
  async highs(places: readonly TopicPartition[]): Promise<readonly number[]> {
    return this.#ask(await this.#readAll(), places, atEnd);
  }

  async starts(places: readonly TopicPartition[]): Promise<readonly number[]> {
    return this.#ask(await this.#readCommitted(), places, atStart);
  }

  async ranges(places: readonly TopicPartition[]): Promise<readonly PartitionRange[]> {
    const [starts, ends] = await Promise.all([this.starts(places), this.settledEnds(places)]);
    return starts.map((start, i) => ({ start, end: Math.max(start, ends[i]!) }));
  }

  async #ask(
    client: NativeConsumer,
    places: readonly TopicPartition[],
    offset: number,
  ): Promise<readonly number[]> {
    if (places.length === 0) return [];
    const { names, options } = this.#clients;
    const asked = places.map(({ topic, partition }) => ({ topic: names.topic(topic), partition, offset }));
    const until = this.#clients.clock.now() + leaderWaitMs;
    for (;;) {
      try {
        const found = await answered<readonly NativePlace[]>((done) =>
          client.offsetsForTimes(asked, options.requestTimeoutMs, done),
        );
        const byPlace = new Map(found.map((place) => [keyOf(place), place.offset ?? -1]));
        const offsets = asked.map((place) => byPlace.get(keyOf(place)) ?? -1);
        if (offsets.every((one) => one >= 0)) return offsets;
        throw Object.assign(new Error('some partitions have no answer'), { code: leaderNotAvailable });
      } catch (thrown) {
        const { code } = thrown as Partial<NativeError>;
        if (!leaderless.has(code ?? 0) || this.#clients.clock.now() > until)
          throw kafkaFault(thrown, `Asking for the offsets of ${asked[0]!.topic}`);
      }
      await this.#clients.clock.sleep(50);
    }
  }

  #readCommitted(): Promise<NativeConsumer> {
    this.#committed ??= this.#open('offsets', {});
    return this.#committed;
  }

  #readAll(): Promise<NativeConsumer> {
    this.#all ??= this.#open('ends', { 'isolation.level': 'read_uncommitted' });
    return this.#all;
  }

  #open(role: string, settings: Readonly<Record<string, string>>): Promise<NativeConsumer> {
    const { names } = this.#clients;
    return this.#clients.consumer(role, { ...readSettings, 'group.id': names.group('reader'), ...settings });
  }
}

const keyOf = ({ topic, partition }: TopicPartition): string => `${partition}/${topic}`;
