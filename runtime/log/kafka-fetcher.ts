import { answered } from '../kafka/clients.ts';
import { kafkaFault } from '../kafka/faults.ts';
import type { KafkaNames } from '../kafka/names.ts';
import type { NativeConsumer, NativePlace, NativeRecord } from '../kafka/native.ts';
import type { LogRecord, TopicPartition } from './index.ts';

/** Records taken over from the client at once. */
const takenAtOnce = 2_000;

/** What has come of one partition and was not handed out yet. */
export interface Stream extends TopicPartition {
  /** Everything below was handed out, or holds no record. */
  readonly position: number;
  /** Everything below has come, or holds no record. */
  readonly next: number;
  /** Records that wait. */
  readonly waiting: number;
  readonly waitingBytes: number;
  /** At most `max` of them, below the offset `before`, and of at most `maxBytes` but for the first. */
  take(max: number, before: number, maxBytes?: number): readonly LogRecord[];
  /** The last end that the client told of: no record lies between `next` and it. -1 for none. */
  readonly reached: number;
  /** Has everything below `end` come? Also true where one offset is missing: that is the marker of the transaction before the end, almost always. */
  hasReached(end: number): boolean;
  /** The same without taking anything for granted. */
  hasSurelyReached(end: number): boolean;
  /** Moves the position over what holds no record. */
  skipTo(offset: number): void;
}

/**
 * One client that reads the partitions it is told to, from the offsets it is told: it is in no group and commits nothing. What
 * comes is kept by partition until it is taken; nothing comes but while somebody waits in `fill`.
 */
export class KafkaFetcher {
  readonly #client: NativeConsumer;
  readonly #names: KafkaNames;
  readonly #streams = new Map<string, BufferedStream>();
  /** Told before the records that have come with them. */
  #ends: Required<NativePlace>[] = [];
  #filling: Promise<void> | null = null;
  #changing: Promise<void> = Promise.resolve();
  #pendingChanges = 0;

  constructor(client: NativeConsumer, names: KafkaNames) {
    this.#client = client;
    this.#names = names;
    client.on('partition.eof', (end) => this.#ends.push(end));
  }

  /** @param topic the hub's name of it */
  stream(topic: string, partition: number): Stream | undefined {
    return this.#streams.get(placeOf(this.#names.topic(topic), partition));
  }

  /** Does it read anything at all? `fill` returns at once where it does not. */
  get isIdle(): boolean {
    return this.#streams.size === 0 && this.#pendingChanges === 0;
  }

  streams(): readonly Stream[] {
    return [...this.#streams.values()];
  }

  /** Reads these from their offsets on, and no more those in `leave`; what was kept of both is dropped. */
  change(
    seat: readonly (TopicPartition & { readonly offset: number })[],
    leave: readonly TopicPartition[] = [],
  ): Promise<void> {
    // What is under way in the client's thread may still bring records of the assignment before.
    this.#pendingChanges += 1;
    const changed = this.#changing.then(async () => {
      await this.#filling?.catch(() => {});
      this.#apply(seat, leave);
    });
    this.#changing = changed
      .catch(() => {})
      .finally(() => {
        this.#pendingChanges -= 1;
      });
    return changed;
  }

  #apply(
    seat: readonly (TopicPartition & { readonly offset: number })[],
    leave: readonly TopicPartition[],
  ): void {
    const gone = [...seat, ...leave]
      .map(({ topic, partition }) => ({ topic: this.#names.topic(topic), partition }))
      .filter(({ topic, partition }) => this.#streams.delete(placeOf(topic, partition)));
    if (gone.length > 0) this.#client.incrementalUnassign(gone);
    if (seat.length === 0) return;
    for (const { topic, partition, offset } of seat) {
      const stream = new BufferedStream(topic, partition, offset);
      this.#streams.set(placeOf(this.#names.topic(topic), partition), stream);
    }
    this.#client.incrementalAssign(
      seat.map(({ topic, partition, offset }) => ({ topic: this.#names.topic(topic), partition, offset })),
    );
  }

  /** Takes over what has come; waits up to `waitMs` where that is nothing. Holds a thread of libuv meanwhile. */
  async fill(waitMs: number): Promise<void> {
    if (this.#pendingChanges > 0) await this.#changing;
    this.#filling ??= this.#fill(waitMs).finally(() => {
      this.#filling = null;
    });
    return this.#filling;
  }

  async #fill(waitMs: number): Promise<void> {
    if (this.#streams.size === 0) return;
    if ((await this.#consume(takenAtOnce, 0)) > 0 || waitMs <= 0) return;
    // The wait is for each record: so for one only, and then what has come with it.
    if ((await this.#consume(1, waitMs)) > 0) await this.#consume(takenAtOnce, 0);
  }

  async #consume(max: number, waitMs: number): Promise<number> {
    this.#client.setDefaultConsumeTimeout(waitMs);
    let records: readonly NativeRecord[];
    try {
      records = await answered<readonly NativeRecord[]>((done) => this.#client.consume(max, done));
    } catch (thrown) {
      throw kafkaFault(thrown, 'Reading from Kafka');
    }
    for (const record of records) this.#streams.get(placeOf(record.topic, record.partition))?.push(record);
    for (const { topic, partition, offset } of this.#ends.splice(0)) {
      const stream = this.#streams.get(placeOf(topic, partition));
      if (stream) stream.reached = Math.max(stream.reached, offset);
    }
    return records.length;
  }
}

const placeOf = (topic: string, partition: number): string => `${partition}/${topic}`;

class BufferedStream implements Stream {
  readonly topic: string;
  readonly partition: number;
  position: number;
  next: number;
  reached = -1;
  waitingBytes = 0;
  #records: NativeRecord[] = [];
  #first = 0;

  constructor(topic: string, partition: number, offset: number) {
    this.topic = topic;
    this.partition = partition;
    this.position = offset;
    this.next = offset;
  }

  get waiting(): number {
    return this.#records.length - this.#first;
  }

  push(record: NativeRecord): void {
    this.#records.push(record);
    this.waitingBytes += record.value?.length ?? 0;
    this.next = record.offset + 1;
  }

  take(max: number, before: number, maxBytes = Number.POSITIVE_INFINITY): readonly LogRecord[] {
    const taken: LogRecord[] = [];
    let bytes = 0;
    while (this.#first < this.#records.length && taken.length < max) {
      const record = this.#records[this.#first]!;
      bytes += record.value?.length ?? 0;
      if (record.offset >= before || (bytes > maxBytes && taken.length > 0)) break;
      this.#first += 1;
      this.waitingBytes -= record.value?.length ?? 0;
      this.position = record.offset + 1;
      taken.push(toLogRecord(record, this.topic));
    }
    if (this.#first === this.#records.length) {
      this.#records = [];
      this.#first = 0;
    } else if (this.#first > 10_000) {
      this.#records = this.#records.slice(this.#first);
      this.#first = 0;
    }
    return taken;
  }

  skipTo(offset: number): void {
    if (this.waiting > 0 || offset > Math.max(this.next, this.reached)) return;
    this.position = Math.max(this.position, offset);
    this.next = Math.max(this.next, offset);
  }

  hasReached(end: number): boolean {
    return this.hasSurelyReached(end) || (this.next > 0 && this.next + 1 === end);
  }

  hasSurelyReached(end: number): boolean {
    return this.next >= end || this.reached >= end;
  }
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

function toLogRecord(record: NativeRecord, topic: string): LogRecord {
  const { partition, offset, timestamp, key, value, headers } = record;
  return {
    topic,
    partition,
    offset,
    key: key === null ? null : key.toString(),
    value,
    headers:
      headers === undefined
        ? noHeaders
        : Object.fromEntries(
            headers.flatMap((header) =>
              Object.entries(header).map(([name, bytes]) => [name, bytes.toString()]),
            ),
          ),
    timestamp,
  };
}
