import { HubError } from '../errors.ts';
import { type KafkaClients, readSettings } from '../kafka/clients.ts';
import type { KeyHashes, LogRecord } from './index.ts';
import { KafkaFetcher, type Stream } from './kafka-fetcher.ts';
import type { KafkaOffsets } from './kafka-offsets.ts';
import { murmur2 } from './partition.ts';

/** A read ends here, whatever it was asked for, so that no partition of large records fills the memory. */
const maxReadBytes = 8 * 1024 * 1024;
/** Longest wait of the client's thread for the first of what is known to be there. */
const waitMs = 20;
/** A read that gets nothing for so long although there is something fails. */
const patienceMs = 30_000;
/** Partitions that are read ahead at once; the one that was not read for longest makes room. */
const keptStreams = 64;
/** Nobody reads: then nothing is read ahead either, for a client that waits at an end asks the broker all the time. */
const idleMs = 1_000;

/** Reading apart from groups. One client for all: the next read of a partition goes on where the last one ended. */
export class KafkaReading {
  readonly #clients: KafkaClients;
  readonly #offsets: KafkaOffsets;
  #fetcher: Promise<KafkaFetcher> | null = null;
  /** By partition and topic, the one read last at the end: reads of one partition wait for each other. */
  readonly #reads = new Map<string, Promise<unknown>>();
  readonly #active = new Set<Stream>();
  #lastReadAt = 0;
  #isResting = true;
  readonly #closed = new AbortController();

  constructor(clients: KafkaClients, offsets: KafkaOffsets) {
    this.#clients = clients;
    this.#offsets = offsets;
  }

  /** The partition exists. See `Log.read`. */
  async read(topic: string, partition: number, offset: number, max: number): Promise<readonly LogRecord[]> {
    if (max <= 0) return [];
    const [end = 0] = await this.#offsets.settledEnds([{ topic, partition }]);
    return this.#inTurn(topic, partition, async (fetcher) => {
      const stream = await this.#streamAt(fetcher, topic, partition, offset, end);
      if (stream === null) return [];
      this.#active.add(stream);
      try {
        await this.#filled(fetcher, stream, end, max);
      } finally {
        this.#active.delete(stream);
      }
      return stream.take(max, Number.POSITIVE_INFINITY, maxReadBytes);
    });
  }

  close(): void {
    this.#closed.abort();
  }

  async readKeys(topic: string, partition: number, offset: number, max: number): Promise<KeyHashes> {
    const offsets: number[] = [];
    const hashes: number[] = [];
    let next = offset;
    while (offsets.length < max) {
      const records = await this.read(topic, partition, next, max - offsets.length);
      for (const record of records) {
        offsets.push(record.offset);
        hashes.push(record.key === null ? 0 : murmur2(record.key));
      }
      const last = records.at(-1);
      if (!last) break;
      next = last.offset + 1;
    }
    return { offsets, hashes };
  }

  async #inTurn<T>(
    topic: string,
    partition: number,
    read: (fetcher: KafkaFetcher) => Promise<T>,
  ): Promise<T> {
    this.#fetcher ??= this.#open();
    const fetcher = await this.#fetcher;
    this.#lastReadAt = this.#clients.clock.now();
    if (this.#isResting) void this.#restWhenIdle(fetcher);
    const place = `${partition}/${topic}`;
    const before = this.#reads.get(place) ?? Promise.resolve();
    const result = before.catch(() => {}).then(() => read(fetcher));
    this.#reads.delete(place);
    this.#reads.set(place, result);
    return result;
  }

  /** Null where nothing is left before `end`. */
  async #streamAt(
    fetcher: KafkaFetcher,
    topic: string,
    partition: number,
    offset: number,
    end: number,
  ): Promise<Stream | null> {
    if (offset >= end) return null;
    const stream = fetcher.stream(topic, partition);
    if (stream && stream.position === offset) return stream;
    await fetcher.change([{ topic, partition, offset }], this.#tooMany(fetcher));
    return fetcher.stream(topic, partition) ?? null;
  }

  #tooMany(fetcher: KafkaFetcher): { topic: string; partition: number }[] {
    const streams = fetcher.streams();
    if (streams.length < keptStreams) return [];
    const oldest = [...this.#reads.keys()];
    const age = ({ topic, partition }: Stream) => oldest.indexOf(`${partition}/${topic}`);
    const left = [...streams].sort((a, b) => age(a) - age(b)).slice(0, keptStreams / 4);
    for (const { topic, partition } of left) this.#reads.delete(`${partition}/${topic}`);
    return left.map(({ topic, partition }) => ({ topic, partition }));
  }

  async #restWhenIdle(fetcher: KafkaFetcher): Promise<void> {
    const { clock } = this.#clients;
    this.#isResting = false;
    while (!this.#closed.signal.aborted) {
      await clock.sleep(idleMs, this.#closed.signal);
      if (this.#active.size > 0 || clock.now() - this.#lastReadAt < idleMs) continue;
      this.#isResting = true;
      if (!this.#closed.signal.aborted) await fetcher.change([], fetcher.streams());
      return;
    }
  }

  async #filled(fetcher: KafkaFetcher, stream: Stream, end: number, max: number): Promise<void> {
    const { clock } = this.#clients;
    const startedAt = clock.now();
    let next = stream.next;
    let changedAt = startedAt;
    for (;;) {
      const isEnough = stream.waiting >= max || stream.waitingBytes > maxReadBytes;
      // With nothing in hand, "almost always" is not enough.
      if (isEnough || (stream.waiting > 0 ? stream.hasReached(end) : stream.hasSurelyReached(end))) return;
      await fetcher.fill(waitMs);
      const full = fetcher
        .streams()
        .filter((one) => one.waitingBytes > maxReadBytes && !this.#active.has(one));
      if (full.length > 0) await fetcher.change([], full);
      const now = clock.now();
      if (stream.next !== next) {
        next = stream.next;
        changedAt = now;
      } else if (now - changedAt > patienceMs) {
        throw new HubError(
          'HUB_KAFKA_UNREACHABLE',
          `Reading ${stream.topic}/${stream.partition}: nothing came for ${patienceMs / 1_000} s, though there is something up to ${end}`,
        );
      }
    }
  }

  async #open(): Promise<KafkaFetcher> {
    const { names } = this.#clients;
    const client = await this.#clients.consumer('reader', {
      ...readSettings,
      'group.id': names.group('reader'),
      // That a partition has no more is told by an answer that was waited for in vain.
      'fetch.wait.max.ms': 10,
      'fetch.queue.backoff.ms': 20,
      'queued.max.messages.kbytes': 16_384,
    });
    return new KafkaFetcher(client, names);
  }
}
