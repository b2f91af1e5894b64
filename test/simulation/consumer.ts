import { HubError } from '../../runtime/errors.ts';
import type {
  Consumer,
  ConsumerOptions,
  LogRecord,
  Polled,
  TopicPartition,
} from '../../runtime/log/index.ts';
import type { Session } from './broker.ts';
import type { SimLog } from './log.ts';
import type { Parked } from './scheduler.ts';

type Offset = TopicPartition & { readonly next: number };

export class SimConsumer implements Consumer, Session {
  readonly group: string;
  readonly member: Session['member'];
  readonly partitions: number;
  waiting: Parked | null = null;
  readonly #log: SimLog;
  readonly #topics: readonly string[];
  readonly #firstAlone: boolean;
  #wasAlone = false;
  readonly #positions = new Map<string, number>();
  /** As of the last poll: what came since is not told. */
  readonly #ends = new Map<string, number>();
  readonly #paused = new Set<number>();
  #assigned: readonly number[] = [];
  #epoch = 0;
  #closed = false;

  /** Joins the group at once. Throws HUB_LOG_UNKNOWN_TOPIC. */
  constructor(log: SimLog, { group, topics, memberId, firstAlone = false }: ConsumerOptions) {
    const { broker } = log;
    this.#log = log;
    this.#topics = topics;
    this.#firstAlone = firstAlone;
    this.group = group;
    this.partitions = Math.max(...topics.map((topic) => broker.partitionsOf(topic).length));
    this.member = broker.group(group).join(memberId, this.partitions);
    broker.open(this);
  }

  get process() {
    return this.#log.process;
  }

  async poll(options: { max: number; waitMs: number; signal?: AbortSignal }): Promise<Polled> {
    const { scheduler } = this.#log.broker;
    const deadline = scheduler.now + options.waitMs;
    for (;;) {
      const records = await this.#log.request('poll', () => this.#take(options.max));
      if (records.length > 0 || options.signal?.aborted || scheduler.now >= deadline) return { records };
      await this.#wait(deadline, options.signal);
      if (options.signal?.aborted) return { records: [] };
    }
  }

  assigned(): readonly number[] {
    return this.#assigned;
  }

  epoch(): number {
    return this.#epoch;
  }

  position(topic: string, partition: number): number {
    return this.#positions.get(`${topic}/${partition}`) ?? this.#committed(topic, partition);
  }

  end(topic: string, partition: number): number {
    return this.#ends.get(`${topic}/${partition}`) ?? 0;
  }

  rewind(): Promise<void> {
    return this.#log.request('rewind', () => this.#positions.clear());
  }

  pause(partitions: readonly number[]): void {
    for (const partition of partitions) if (this.#assigned.includes(partition)) this.#paused.add(partition);
  }

  resume(): void {
    this.#paused.clear();
  }

  commit(offsets: readonly Offset[]): Promise<void> {
    const epoch = this.#epoch;
    return this.#log.request('commit offsets', () => {
      if (this.#log.broker.faults.strikes('commitFails'))
        throw new HubError('HUB_DATA_WRITE', 'The simulated disk is full');
      this.assertMayCommit(offsets, epoch);
      this.#log.broker.apply(
        [],
        offsets.map((offset) => ({ ...offset, group: this.group })),
      );
      this.#log.broker.onCommitted?.(this.process);
    });
  }

  close(): Promise<void> {
    return this.#log.request('leave', () => {
      this.#closed = true;
      this.#log.broker.leave(this);
    });
  }

  /** Throws HUB_LOG_FENCED when a partition was revoked since `epoch`. */
  assertMayCommit(offsets: readonly Offset[], epoch: number): void {
    const group = this.#log.broker.group(this.group);
    for (const { topic, partition } of offsets) {
      this.#log.broker.partition(topic, partition);
      group.assertMayCommit(this.member, partition, epoch);
    }
  }

  /** Fenced is news too: the poll is to fail. */
  hasNews(): boolean {
    try {
      if (this.#log.broker.group(this.group).isStale(this.member)) return true;
    } catch {
      return true;
    }
    return this.#topics.some((topic) => this.#readable(topic).some((stored) => this.#isBehind(stored)));
  }

  async #wait(deadline: number, signal: AbortSignal | undefined): Promise<void> {
    if (this.hasNews()) return;
    const waiting = this.#log.broker.scheduler.park(this.process, 'poll waits', deadline);
    this.waiting = waiting;
    signal?.addEventListener('abort', waiting.wake, { once: true });
    await waiting.woken;
    signal?.removeEventListener('abort', waiting.wake);
    this.waiting = null;
  }

  #take(max: number): readonly LogRecord[] {
    const { broker } = this.#log;
    const { faults } = broker;
    if (this.#closed) throw new HubError('HUB_LOG_CLOSED', 'The consumer was closed');
    const { epoch, partitions, taken } = broker.group(this.group).adopt(this.member);
    this.#epoch = epoch;
    this.#assigned = partitions;
    for (const partition of taken)
      for (const topic of this.#topics) this.#positions.delete(`${topic}/${partition}`);
    for (const partition of this.#paused)
      if (taken.includes(partition) || !partitions.includes(partition)) this.#paused.delete(partition);

    for (const topic of this.#topics)
      for (const stored of broker.partitionsOf(topic))
        this.#ends.set(`${topic}/${stored.partition}`, stored.range().end);

    let room = max > 1 && faults.strikes('shortPoll') ? 1 + faults.random.below(Math.min(max, 8)) : max;
    const records: LogRecord[] = [];
    for (const topic of this.#topics) {
      const held = this.#readable(topic);
      const first = held.length > 1 ? faults.random.below(held.length) : 0;
      for (let i = 0; i < held.length && room > 0; i++) {
        const stored = held[(first + i) % held.length]!;
        const got = stored.read(this.position(topic, stored.partition), room);
        if (got.length === 0) continue;
        this.#positions.set(`${topic}/${stored.partition}`, got.at(-1)!.offset + 1);
        records.push(...got);
        room -= got.length;
      }
      this.#wasAlone = this.#firstAlone && !this.#wasAlone && topic === this.#topics[0] && records.length > 0;
      if (this.#wasAlone) break;
    }
    return records;
  }

  #readable(topic: string) {
    const all = this.#log.broker.partitionsOf(topic);
    return this.#assigned.flatMap((partition) => (this.#paused.has(partition) ? [] : (all[partition] ?? [])));
  }

  #isBehind(stored: {
    readonly topic: string;
    readonly partition: number;
    countFrom(offset: number): number;
  }) {
    return stored.countFrom(this.position(stored.topic, stored.partition)) > 0;
  }

  #committed(topic: string, partition: number): number {
    return this.#log.broker.committed(this.group, topic, partition) ?? 0;
  }
}
