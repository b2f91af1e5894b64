import { setImmediate } from 'node:timers/promises';
import { HubError } from '../errors.ts';
import type { LogStore } from './embedded-store.ts';
import type { Topic } from './embedded-topics.ts';
import type { GroupCoordinator, Member } from './group.ts';
import type { Consumer, ConsumerOptions, LogRecord, Polled, TopicPartition } from './index.ts';

type NextOffset = TopicPartition & { readonly next: number };

export class EmbeddedConsumer implements Consumer {
  readonly #store: LogStore;
  readonly #group: string;
  readonly #coordinator: GroupCoordinator;
  readonly #member: Member;
  readonly #topics: readonly Topic[];
  readonly #firstAlone: boolean;
  /** The last poll gave records of the first topic by themselves. */
  #wasAlone = false;
  /** By partition number, then topic; absent = at the committed offset. */
  readonly #positions = new Map<number, Map<string, number>>();
  readonly #paused = new Set<number>();
  #assigned: readonly number[] = [];
  #epoch = 0;
  /** Turns the order of the partitions, so that each is the first now and then. */
  #turn = 0;
  #isClosed = false;

  constructor(store: LogStore, coordinator: GroupCoordinator, options: ConsumerOptions) {
    const { group, topics, memberId, firstAlone = false } = options;
    this.#store = store;
    this.#firstAlone = firstAlone;
    this.#group = group;
    this.#coordinator = coordinator;
    this.#topics = topics.map((name) => store.topics.get(name));
    this.#member = coordinator.join(memberId, Math.max(...this.#topics.map((topic) => topic.partitions)));
    store.changes.announce();
  }

  async poll(options: {
    readonly max: number;
    readonly waitMs: number;
    readonly signal?: AbortSignal;
  }): Promise<Polled> {
    const { max, waitMs, signal } = options;
    // Reads and commits are synchronous: without this turn a busy reader would keep timers, signals and messages out.
    await setImmediate();
    let records = this.#next(max);
    if (records.length > 0 || waitMs <= 0 || max <= 0) return { records };
    const waiter = this.#store.changes.waiter(this.#store.clock, waitMs, signal);
    try {
      while (records.length === 0 && (await waiter.next())) records = this.#next(max);
      return { records };
    } finally {
      waiter.end();
    }
  }

  #next(max: number): LogRecord[] {
    if (this.#isClosed) throw new HubError('HUB_LOG_CLOSED', `Consumer ${this.#member.id} is closed`);
    this.#store.assertOpen();
    this.#adopt();
    const records: LogRecord[] = [];
    const numbers = this.#assigned.filter((partition) => !this.#paused.has(partition));
    this.#turn += 1;
    for (const topic of this.#topics) {
      let open = numbers.map((_, i) => numbers[(i + this.#turn) % numbers.length]!);
      open = open.filter((partition) => partition < topic.partitions);
      // Alike of each: what was written together is read together, however little is asked for.
      while (open.length > 0 && records.length < max) {
        const share = Math.ceil((max - records.length) / open.length);
        open = open.filter((partition) => {
          const wanted = Math.min(share, max - records.length);
          const read = this.#store.reading.read(
            topic,
            partition,
            this.position(topic.name, partition),
            wanted,
          );
          for (const record of read) records.push(record);
          if (read.length > 0) this.#moveTo(topic.name, partition, read.at(-1)!.offset + 1);
          return read.length > 0 && read.length === wanted;
        });
      }
      this.#wasAlone = this.#firstAlone && !this.#wasAlone && topic === this.#topics[0] && records.length > 0;
      if (this.#wasAlone) break;
    }
    return records;
  }

  #adopt(): void {
    if (!this.#coordinator.isStale(this.#member)) return;
    const { epoch, partitions, taken } = this.#coordinator.adopt(this.#member);
    const kept = partitions.filter((partition) => !taken.includes(partition));
    for (const partition of this.#positions.keys()) {
      if (!kept.includes(partition)) this.#positions.delete(partition);
    }
    for (const partition of this.#paused) {
      if (!kept.includes(partition)) this.#paused.delete(partition);
    }
    this.#assigned = partitions;
    this.#epoch = epoch;
  }

  #moveTo(topic: string, partition: number, offset: number): void {
    const positions = this.#positions.get(partition) ?? new Map<string, number>();
    this.#positions.set(partition, positions.set(topic, offset));
  }

  assigned(): readonly number[] {
    return this.#assigned;
  }

  epoch(): number {
    return this.#epoch;
  }

  position(topic: string, partition: number): number {
    const position = this.#positions.get(partition)?.get(topic);
    if (position !== undefined) return position;
    const known = this.#store.topics.at(topic, partition);
    const committed = this.#store.reading.committed(this.#group, known, partition) ?? 0;
    return Math.max(committed, this.#store.reading.range(known, partition).start);
  }

  end(topic: string, partition: number): number {
    return this.#store.reading.range(this.#store.topics.at(topic, partition), partition).end;
  }

  async rewind(): Promise<void> {
    this.#positions.clear();
  }

  pause(partitions: readonly number[]): void {
    for (const partition of partitions) this.#paused.add(partition);
  }

  resume(): void {
    this.#paused.clear();
    this.#store.changes.announce();
  }

  async commit(offsets: readonly NextOffset[]): Promise<void> {
    this.#store.transact(() => this.storeOffsets(offsets));
  }

  /**
   * Commits within a transaction of the caller, who has begun it on this log's database with `inTransaction`: so that rows derived
   * from the log and the offset they reach stand or fall together. Throws HUB_LOG_FENCED, as `commit` does.
   *
   * @param epoch of the poll that read the records
   */
  storeOffsets(offsets: readonly NextOffset[], epoch: number = this.#epoch): void {
    for (const { topic, partition, next } of offsets) {
      this.#coordinator.assertMayCommit(this.#member, partition, epoch);
      this.#store.writing.storeOffset(this.#group, this.#store.topics.at(topic, partition), partition, next);
    }
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#coordinator.leave(this.#member);
    this.#store.changes.announce();
  }
}
