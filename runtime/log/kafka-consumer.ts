import { HubError } from '../errors.ts';
import type { KafkaClients } from '../kafka/clients.ts';
import type { Consumer, ConsumerOptions, LogRecord, Polled, TopicPartition } from './index.ts';
import { KafkaLane } from './kafka-lane.ts';
import { KafkaMember } from './kafka-member.ts';
import type { KafkaOffsets } from './kafka-offsets.ts';
import type { KafkaTables } from './kafka-tables.ts';
import type { KnownTopic } from './kafka-topics.ts';

type NextOffset = TopicPartition & { readonly next: number };

/** Longest wait of a client's thread at once: how long a change of assignment, or the closing, may have to wait. */
const sliceMs = 100;
/** How often a group's offsets are moved behind the markers of transactions, where nothing else moves them. */
const tidyMs = 1_000;

/** What a consumer needs of the log it belongs to. */
export interface ConsumerLog {
  readonly clients: KafkaClients;
  readonly offsets: KafkaOffsets;
  readonly tables: KafkaTables;
  readonly sessionTimeoutMs: number;
  /** Aborts when the log is closed. */
  readonly closed: AbortSignal;
}

/**
 * A member of a group that reads the same partition numbers of several topics: the group shares out the numbers of the topic with most
 * of them, the others go along. Each topic has a client of its own, so that the backlog of one never stands before another.
 *
 * A poll first asks where the partitions end, so that what was committed before it is handed out by priority, as from a log in this
 * process; that is one request a broker.
 */
export class KafkaConsumer implements Consumer {
  readonly member: KafkaMember;
  readonly #log: ConsumerLog;
  readonly group: string;
  readonly #lanes: readonly KafkaLane[];
  readonly #firstAlone: boolean;
  readonly #closed = new AbortController();
  readonly #paused = new Set<number>();
  readonly #changelogs: readonly KnownTopic[];
  /** Number → epoch since which it is held, as of the last poll. */
  #assigned: ReadonlyMap<number, number> = new Map();
  #epoch = 0;
  /** By topic and partition: what the group has committed, as far as it is known here. */
  readonly #committed = new Map<string, number | null>();
  /** By topic and partition: where the next record to be handed out is read from. */
  readonly #positions = new Map<string, number>();
  /** By topic and partition: where the last poll found the end. */
  readonly #ends = new Map<string, number>();
  #wake = Promise.withResolvers<void>();
  #wasAlone = false;
  #turn = 0;
  #tidiedAt = 0;

  private constructor(
    log: ConsumerLog,
    options: ConsumerOptions,
    member: KafkaMember,
    lanes: readonly KafkaLane[],
    changelogs: readonly KnownTopic[],
  ) {
    this.#changelogs = changelogs;
    this.#log = log;
    this.group = options.group;
    this.#firstAlone = options.firstAlone ?? false;
    this.member = member;
    this.#lanes = lanes;
    member.onChange(() => this.#wakeUp());
    log.closed.addEventListener('abort', () => this.#wakeUp(), { once: true });
  }

  /** @param topics of `options.topics`, in that order; changelogs likewise */
  static async open(
    log: ConsumerLog,
    options: ConsumerOptions,
    topics: readonly KnownTopic[],
    changelogs: readonly KnownTopic[],
  ): Promise<KafkaConsumer> {
    const { clients, sessionTimeoutMs } = log;
    const { group, memberId } = options;
    const lanes = await Promise.all(
      topics.map((topic, i) => KafkaLane.open(clients, topic, `${group}-${memberId}-${i}`, group)),
    );
    const leading = topics.reduce((most, topic) => (topic.partitions > most.partitions ? topic : most));
    const member = await KafkaMember.join(clients, {
      group,
      memberId,
      topic: leading.name,
      partitions: leading.partitions,
      sessionTimeoutMs,
    });
    return new KafkaConsumer(log, options, member, lanes, changelogs);
  }

  async poll(options: {
    readonly max: number;
    readonly waitMs: number;
    readonly signal?: AbortSignal;
  }): Promise<Polled> {
    try {
      return await this.#poll(options);
    } catch (thrown) {
      // What it says when its clients are taken away in the middle is of no interest.
      this.#assertOpen();
      throw thrown;
    }
  }

  async #poll({
    max,
    waitMs,
    signal,
  }: {
    readonly max: number;
    readonly waitMs: number;
    readonly signal?: AbortSignal;
  }): Promise<Polled> {
    const { clock } = this.#log.clients;
    const until = clock.now() + waitMs;
    for (;;) {
      this.#assertOpen();
      await this.#adopt();
      const records = max > 0 ? await this.#collect(max) : [];
      const leftMs = until - clock.now();
      if (records.length > 0 || max <= 0 || leftMs <= 0 || signal?.aborted) return { records };
      await this.#news(leftMs, signal);
    }
  }

  assigned(): readonly number[] {
    return [...this.#assigned.keys()].sort((a, b) => a - b);
  }

  epoch(): number {
    return this.#epoch;
  }

  position(topic: string, partition: number): number {
    return this.#positions.get(keyOf({ topic, partition })) ?? 0;
  }

  end(topic: string, partition: number): number {
    return this.#ends.get(keyOf({ topic, partition })) ?? 0;
  }

  async rewind(): Promise<void> {
    this.#assertOpen();
    const places = this.#places([...this.#assigned.keys()]);
    const before = new Map(this.#positions);
    await this.#lookUp(places);
    const moved = places.filter((place) => before.get(keyOf(place)) !== this.#positions.get(keyOf(place)));
    await this.#seat(moved);
  }

  pause(partitions: readonly number[]): void {
    for (const partition of partitions) this.#paused.add(partition);
    void this.#leave(partitions).catch(() => {});
  }

  resume(): void {
    const paused = [...this.#paused];
    this.#paused.clear();
    void this.#seat(this.#places(paused.filter((partition) => this.#assigned.has(partition)))).catch(
      () => {},
    );
    this.#wakeUp();
  }

  async commit(offsets: readonly NextOffset[]): Promise<void> {
    this.#assertOpen();
    if (offsets.length === 0) return;
    const release = this.member.hold(
      offsets.map(({ partition }) => partition),
      this.#epoch,
    );
    try {
      await this.member.commit(offsets);
      this.hasCommitted(offsets);
    } finally {
      release();
    }
  }

  /** To be called when a transaction with these offsets is committed. */
  hasCommitted(offsets: readonly NextOffset[]): void {
    for (const place of offsets) this.#committed.set(keyOf(place), place.next);
  }

  async close(): Promise<void> {
    if (this.#closed.signal.aborted) return;
    this.#closed.abort();
    this.#wakeUp();
    await this.member.close();
    await Promise.all(this.#lanes.map((lane) => lane.close()));
  }

  get isMember(): boolean {
    return !this.#closed.signal.aborted && this.member.isMember;
  }

  whenClosed(listener: () => void): void {
    this.#closed.signal.addEventListener('abort', listener, { once: true });
  }

  /** Takes over what has changed in the group. */
  async #adopt(): Promise<void> {
    while (this.#epoch !== this.member.epoch) {
      const epoch = this.member.epoch;
      const held = new Map(this.member.held());
      const changed = (one: ReadonlyMap<number, number>, other: ReadonlyMap<number, number>) =>
        [...one].filter(([number, since]) => other.get(number) !== since).map(([number]) => number);
      const gone = changed(this.#assigned, held);
      const taken = changed(held, this.#assigned);
      for (const number of gone) this.#paused.delete(number);
      await this.#leave(gone);
      for (const place of this.#places(gone)) this.#positions.delete(keyOf(place));
      await this.#lookUp(this.#places(taken));
      await this.#seat(this.#places(taken));
      // Only now: whoever held them before has nothing under way any more.
      this.#log.tables.disown(this.#changelogPlaces(gone));
      await this.#log.tables.own(this.#changelogPlaces(taken));
      this.#assigned = held;
      this.#epoch = epoch;
    }
  }

  #places(numbers: readonly number[]): TopicPartition[] {
    return placesOf(
      this.#lanes.map(({ topic }) => topic),
      numbers,
    );
  }

  #changelogPlaces(numbers: readonly number[]): TopicPartition[] {
    return placesOf(this.#changelogs, numbers);
  }

  /** Sets the positions to what the group has committed, or to the start of the log. */
  async #lookUp(places: readonly TopicPartition[]): Promise<void> {
    const committed = await this.member.committed(places);
    const starts = await this.#log.offsets.starts(places);
    for (const [i, place] of places.entries()) {
      const next = committed[i] ?? null;
      this.#committed.set(keyOf(place), next);
      this.#positions.set(keyOf(place), Math.max(next ?? 0, starts[i]!));
    }
  }

  async #seat(places: readonly TopicPartition[]): Promise<void> {
    const seats = places
      .filter(({ partition }) => !this.#paused.has(partition))
      .map((place) => ({ ...place, offset: this.#positions.get(keyOf(place)) ?? 0 }));
    for (const lane of this.#lanes) await lane.seat(seats);
  }

  async #leave(numbers: readonly number[]): Promise<void> {
    if (numbers.length === 0) return;
    for (const lane of this.#lanes) await lane.leave(numbers);
  }

  /** What was committed before the call, highest priority first. */
  async #collect(max: number): Promise<readonly LogRecord[]> {
    const numbers = this.assigned().filter((number) => !this.#paused.has(number));
    const places = this.#places(numbers);
    if (places.length === 0) return [];
    const changelogs = this.#changelogPlaces(this.assigned());
    const ends = await this.#log.offsets.ends([...places, ...changelogs]);
    this.#log.tables.settle(changelogs, ends.slice(places.length));
    for (const [i, place] of places.entries()) this.#ends.set(keyOf(place), ends[i]!);
    const records: LogRecord[] = [];
    this.#turn += 1;
    const inTurn = numbers.map((_, i) => numbers[(i + this.#turn) % numbers.length]!);
    const endOf = (topic: string, partition: number) => this.end(topic, partition);
    for (const lane of this.#lanes) {
      await lane.ready(numbers, endOf, max - records.length);
      for (const record of lane.take(inTurn, endOf, max - records.length)) {
        records.push(record);
        this.#positions.set(keyOf(record), record.offset + 1);
      }
      const isAlone = lane === this.#lanes[0] && records.length > 0;
      this.#wasAlone = this.#firstAlone && !this.#wasAlone && isAlone;
      if (this.#wasAlone || records.length >= max) break;
    }
    if (records.length === 0 && this.#changelogs.length === 0) await this.#tidy(places);
    return records;
  }

  /**
   * Behind the last record of a transaction lies its marker, so that a group which has consumed everything would stand below the end
   * for ever. Where all that was handed out is committed, the offset is moved behind it. Not of a group with a memory: what it has
   * committed says how far its turns went, and the marks of the dedup index are held against that.
   */
  async #tidy(places: readonly TopicPartition[]): Promise<void> {
    const { clock } = this.#log.clients;
    if (clock.now() - this.#tidiedAt < tidyMs) return;
    this.#tidiedAt = clock.now();
    const moved: NextOffset[] = [];
    for (const place of places) {
      const lane = this.#lanes.find(({ topic }) => topic.name === place.topic);
      const stream = lane?.stream(place.partition);
      const committed = this.#committed.get(keyOf(place));
      if (!stream || committed !== stream.position || stream.reached <= committed) continue;
      stream.skipTo(stream.reached);
      moved.push({ ...place, next: stream.position });
      this.#positions.set(keyOf(place), stream.position);
    }
    if (moved.length === 0) return;
    try {
      await this.commit(moved);
    } catch (thrown) {
      // Nothing depends on it; what is wrong with the group shows where it does.
      this.#log.clients.log.debug('offsets were not moved behind the markers', {
        message: (thrown as Error).message,
      });
    }
  }

  /** Until a lane has something, the group has changed, `signal` aborts or the time is up. */
  async #news(waitMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock } = this.#log.clients;
    const until = clock.now() + waitMs;
    const over = new AbortController();
    const aborted = new Promise<void>((resolve) => {
      signal?.addEventListener('abort', () => resolve(), { once: true, signal: over.signal });
    });
    let isWoken = false;
    const woken = this.#wake.promise.then(() => {
      isWoken = true;
    });
    try {
      while (!isWoken && !signal?.aborted && clock.now() < until) {
        if (this.#lanes.some((lane) => lane.hasWaiting())) return;
        const slice = Math.min(sliceMs, until - clock.now());
        const fills = this.#lanes.map((lane) => lane.fill(slice)).filter((fill) => fill !== null);
        const next = fills.length > 0 ? fills : [clock.sleep(slice, over.signal)];
        await Promise.race([woken, aborted, ...next]);
        // The others go on; what fails of them fails again.
        for (const fill of fills) fill.catch(() => {});
      }
    } finally {
      over.abort();
    }
  }

  #wakeUp(): void {
    this.#wake.resolve();
    this.#wake = Promise.withResolvers();
  }

  #assertOpen(): void {
    if (this.#closed.signal.aborted || this.#log.closed.aborted)
      throw new HubError('HUB_LOG_CLOSED', `A consumer of group ${this.group} is closed`);
    this.member.held();
  }
}

const placesOf = (topics: readonly KnownTopic[], numbers: readonly number[]): TopicPartition[] =>
  topics.flatMap(({ name: topic, partitions }) =>
    numbers.filter((partition) => partition < partitions).map((partition) => ({ topic, partition })),
  );

const keyOf = ({ topic, partition }: TopicPartition): string => `${partition}/${topic}`;
