import { HubError } from '../../runtime/errors.ts';
import { GroupCoordinator, type Member } from '../../runtime/log/group.ts';
import type { Log, NewRecord, TopicPartition, TopicSpec } from '../../runtime/log/index.ts';
import { Faults, noFaults } from './faults.ts';
import { SimLog } from './log.ts';
import { type Random, seededRandom } from './random.ts';
import type { Parked, Process, Scheduler } from './scheduler.ts';
import { StoredPartition } from './stored-partition.ts';

export type GroupOffset = TopicPartition & { readonly group: string; readonly next: number };

/** A consumer as the broker knows it: whose it is, and how to wake its waiting poll. */
export interface Session {
  readonly process: Process;
  readonly group: string;
  readonly member: Member;
  /** Largest number of partitions among its topics. */
  readonly partitions: number;
  waiting: Parked | null;
  /** Is there anything to answer a waiting poll with? */
  hasNews(): boolean;
}

export interface Batch {
  readonly topic: string;
  readonly partition: number;
  readonly records: readonly NewRecord[];
}

interface StoredTopic {
  readonly spec: TopicSpec;
  readonly partitions: readonly StoredPartition[];
}

/**
 * The one log of a simulated world: what every process sees through its own handle (`connect`). Its methods are synchronous and
 * whole; where a process may be overtaken or die is the handle's business.
 */
export class SimBroker {
  readonly scheduler: Scheduler;
  readonly faults: Faults;
  readonly #topics = new Map<string, StoredTopic>();
  readonly #groups = new Map<string, GroupCoordinator>();
  readonly #committed = new Map<string, number>();
  readonly #producers = new Map<string, number>();
  readonly #sessions = new Set<Session>();
  /** Crashes a process in the middle of its commit; set by the world. */
  onCommitted: ((process: Process) => void) | null = null;

  constructor(scheduler: Scheduler, faults = new Faults(seededRandom(0, 'no faults'), noFaults, 0)) {
    this.scheduler = scheduler;
    this.faults = faults;
  }

  connect(process: Process): Log {
    return new SimLog(this, process);
  }

  ensureTopics(specs: readonly TopicSpec[]): void {
    for (const spec of specs) {
      const existing = this.#topics.get(spec.name);
      if (existing && existing.spec.partitions !== spec.partitions)
        throw new HubError(
          'HUB_LOG_PARTITIONS_FROZEN',
          `${spec.name}: has ${existing.spec.partitions} partitions, not ${spec.partitions}`,
        );
    }
    for (const { name, partitions: count, compacted = false, retentionMs = null } of specs) {
      const partitions =
        this.#topics.get(name)?.partitions ??
        Array.from({ length: count }, (_, partition) => new StoredPartition(name, partition, compacted));
      this.#topics.set(name, { spec: { name, partitions: count, compacted, retentionMs }, partitions });
    }
  }

  topics(): readonly TopicSpec[] {
    return [...this.#topics.values()].map(({ spec }) => spec).sort((a, b) => (a.name < b.name ? -1 : 1));
  }

  /** Throws HUB_LOG_UNKNOWN_TOPIC, for a partition that does not exist too. */
  partition(topic: string, partition: number): StoredPartition {
    const stored = this.partitionsOf(topic)[partition];
    if (!stored) throw new HubError('HUB_LOG_UNKNOWN_TOPIC', `${topic} has no partition ${partition}`);
    return stored;
  }

  partitionsOf(topic: string): readonly StoredPartition[] {
    const stored = this.#topics.get(topic);
    if (!stored) throw new HubError('HUB_LOG_UNKNOWN_TOPIC', `There is no topic ${topic}`);
    return stored.partitions;
  }

  committed(group: string, topic: string, partition: number): number | null {
    return this.#committed.get(`${group}/${topic}/${partition}`) ?? null;
  }

  /** Records not yet consumed by the group, over the given topics. */
  lag(group: string, topics: readonly string[]): number {
    let lag = 0;
    for (const topic of topics)
      for (const stored of this.partitionsOf(topic))
        lag += stored.countFrom(this.committed(group, topic, stored.partition) ?? 0);
    return lag;
  }

  /** Gives the epoch of a new producer; all earlier ones of this id are fenced. */
  initProducer(transactionalId: string): number {
    const epoch = (this.#producers.get(transactionalId) ?? 0) + 1;
    this.#producers.set(transactionalId, epoch);
    return epoch;
  }

  assertProducer(transactionalId: string, epoch: number): void {
    if (this.#producers.get(transactionalId) === epoch) return;
    throw new HubError('HUB_LOG_FENCED', `Producer ${transactionalId} was replaced by a newer one`);
  }

  group(name: string): GroupCoordinator {
    let group = this.#groups.get(name);
    if (!group) {
      group = new GroupCoordinator(name);
      this.#groups.set(name, group);
    }
    return group;
  }

  groups(): readonly string[] {
    return [...this.#groups.keys()];
  }

  /** A rebalance of `group` for some other reason than its known members: one that nobody sees comes, and goes after `ms`. */
  disturb(group: string, ms: number): void {
    const partitions = [...this.#sessions].find((session) => session.group === group)?.partitions;
    if (partitions === undefined) return;
    const member = this.group(group).join('a passing member', partitions);
    this.wakePolls();
    this.scheduler.at(this.scheduler.now + ms, `${group} rebalances`, () => {
      this.group(group).leave(member);
      this.wakePolls();
    });
  }

  /** Lets some partition of some compacted topic forget what was replaced. */
  compact(random: Random): void {
    const compacted = [...this.#topics.values()].filter(({ spec }) => spec.compacted);
    if (compacted.length === 0) return;
    const stored = random.pick(random.pick(compacted).partitions);
    stored.compact(random.below(stored.range().end + 1));
  }

  open(session: Session): void {
    this.#sessions.add(session);
    this.wakePolls();
  }

  leave(session: Session): void {
    if (!this.#sessions.delete(session)) return;
    this.group(session.group).leave(session.member);
    session.waiting?.wake();
    this.wakePolls();
  }

  /** Session time-out: all that a silent process was a member of goes on without it. */
  evict(process: Process): void {
    for (const session of [...this.#sessions]) if (session.process === process) this.leave(session);
  }

  /** All or nothing. That the caller may, it has checked before. Throws HUB_LOG_UNKNOWN_TOPIC. */
  apply(batches: readonly Batch[], offsets: readonly GroupOffset[]): void {
    const targets = batches.map(({ topic, partition, records }) => {
      const target = this.partition(topic, partition);
      if (target.compacted && records.some(({ key }) => key === null))
        throw new HubError('HUB_INTERNAL', `${topic} is compacted: a record needs a key`);
      return target;
    });
    const skip = () => (this.faults.strikes('offsetGap') ? 1 : 0);
    for (const [index, target] of targets.entries())
      target.append(batches[index]!.records, { before: skip(), behind: skip() });
    for (const { group, topic, partition, next } of offsets)
      this.#committed.set(`${group}/${topic}/${partition}`, next);
    if (batches.length > 0) this.wakePolls();
  }

  wakePolls(): void {
    for (const session of this.#sessions) {
      if (session.waiting && session.hasNews()) {
        session.waiting.wake();
        session.waiting = null;
      }
    }
  }
}
