import { HubError } from '../errors.ts';
import { answered, type KafkaClients, readSettings } from '../kafka/clients.ts';
import { kafkaFault } from '../kafka/faults.ts';
import {
  assignPartitions,
  type NativeConsumer,
  type NativeError,
  type NativePlace,
  revokePartitions,
} from '../kafka/native.ts';
import type { TopicPartition } from './index.ts';

export interface MemberOptions {
  readonly group: string;
  /** Stable, `group.instance.id`: a second one of this name fences the first. */
  readonly memberId: string;
  /** The topic whose partitions the group shares out. */
  readonly topic: string;
  /** Partitions beyond were added behind our back and are left alone. */
  readonly partitions: number;
  /** A member that was not heard of for so long loses its partitions. */
  readonly sessionTimeoutMs: number;
}

/** How late a member learns that the group wants something of it. */
const listenMs = 50;
/** The same while a commit of its own waits for its answer. */
const answerMs = 2;
/** REBALANCE_IN_PROGRESS: the group will take the commit when it has agreed. */
const rebalanceInProgress = 27;
/** _FATAL and FENCED_INSTANCE_ID. */
const fatal = -150;
const fencedInstanceId = 82;
/** A process whose main loop stands still for so long gives its partitions up. */
const maxSilenceMs = 60_000;
/** Longest wait for the first assignment; after that polls wait for it. */
const joinWaitMs = 15_000;

/**
 * A place in a consumer group of Kafka, and nothing else: it reads nothing, so that the group is answered at once whatever waits to be
 * read or is being worked on. The group shares out the partition numbers of one topic; what has the same numbers goes along.
 *
 * A revoked number cannot be committed from that moment on. Only when the commit that was under way is over does the group hear that it
 * may be given away.
 */
export class KafkaMember {
  readonly #clients: KafkaClients;
  readonly #options: MemberOptions;
  readonly #held = new Map<number, number>();
  readonly #listeners = new Set<() => void>();
  readonly #stop = new AbortController();
  readonly #joined = Promise.withResolvers<void>();
  #client: NativeConsumer | null = null;
  #isClosing = false;
  #epoch = 0;
  #commits = 0;
  #commitsOver: (() => void)[] = [];
  /** Commits of their own that the broker has not answered; the client tells of the answer within `consume`. */
  readonly #unanswered: { readonly offsets: string; readonly answer: (code: number) => void }[] = [];
  #hurry = Promise.withResolvers<void>();
  #answering: Promise<void> = Promise.resolve();
  #lost: HubError | null = null;

  private constructor(clients: KafkaClients, options: MemberOptions) {
    this.#clients = clients;
    this.#options = options;
  }

  /** Resolves with the first assignment, which may be none. Throws HUB_KAFKA_UNREACHABLE, HUB_KAFKA_REFUSED. */
  static async join(clients: KafkaClients, options: MemberOptions): Promise<KafkaMember> {
    const member = new KafkaMember(clients, options);
    await member.#join();
    return member;
  }

  /** Rises with each change of what is held. */
  get epoch(): number {
    return this.#epoch;
  }

  get isMember(): boolean {
    return !this.#lost && !this.#isClosing;
  }

  /** Partition number → the epoch since which it is held without a break. Throws HUB_LOG_FENCED when the place is lost. */
  held(): ReadonlyMap<number, number> {
    if (this.#lost) throw this.#lost;
    return this.#held;
  }

  /** Called with each change, until the returned function is called. */
  onChange(listener: () => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** For `sendOffsetsToTransaction`. */
  client(): NativeConsumer {
    if (this.#lost) throw this.#lost;
    if (!this.#client) throw this.#fenced('it has left the group');
    return this.#client;
  }

  /**
   * Throws HUB_LOG_FENCED unless all numbers have been held without a break since `epoch`, that of the poll which read what is to be committed. Until the
   * returned function is called no number is given up: the group would take offsets of a number that another member already reads, because
   * the client sends them in the name of the group's newest generation.
   */
  hold(partitions: Iterable<number>, epoch: number): () => void {
    this.client();
    if (this.#isClosing) throw this.#fenced('it has left the group');
    for (const partition of partitions) {
      const since = this.#held.get(partition);
      if (since === undefined || since > epoch)
        throw this.#fenced(`partition ${partition} was revoked after epoch ${epoch}`);
    }
    this.#commits += 1;
    let isHeld = true;
    return () => {
      if (!isHeld) return;
      isHeld = false;
      this.#commits -= 1;
      if (this.#commits > 0) return;
      for (const over of this.#commitsOver.splice(0)) over();
    };
  }

  /** Null where the group has committed nothing. Waits for what transactions under way have sent. */
  async committed(places: readonly TopicPartition[]): Promise<readonly (number | null)[]> {
    if (places.length === 0) return [];
    const { names, options } = this.#clients;
    const asked = places.map(({ topic, partition }) => ({ topic: names.topic(topic), partition }));
    try {
      const found = await answered<readonly NativePlace[]>((done) =>
        this.client().committed(asked, options.requestTimeoutMs, done),
      );
      const next = new Map(found.map(({ topic, partition, offset }) => [`${partition}/${topic}`, offset]));
      return asked.map(({ topic, partition }) => {
        const offset = next.get(`${partition}/${topic}`);
        return offset === undefined || offset < 0 ? null : offset;
      });
    } catch (thrown) {
      throw kafkaFault(thrown, `Asking what ${this.#options.group} has committed`);
    }
  }

  /** Commits by itself, in no transaction; the caller holds the numbers. Rejects with HUB_LOG_FENCED, HUB_KAFKA_UNREACHABLE. */
  async commit(offsets: readonly (TopicPartition & { readonly next: number })[]): Promise<void> {
    const { names } = this.#clients;
    const places = offsets.map(({ topic, partition, next }) => ({
      topic: names.topic(topic),
      partition,
      offset: next,
    }));
    for (let attempt = 0; ; attempt += 1) {
      const code = await new Promise<number>((answer) => {
        this.#unanswered.push({ offsets: fingerprint(places), answer });
        try {
          this.client().commit(places);
        } catch (thrown) {
          this.#unanswered.pop();
          answer((thrown as Partial<NativeError>).code ?? -196);
        }
        this.#hurry.resolve();
      });
      if (code === 0) return;
      if (code === fencedInstanceId) this.#lose('the broker refuses its commit');
      if (code === rebalanceInProgress && attempt < 50 && !this.#stop.signal.aborted) {
        await this.#clients.clock.sleep(100);
        continue;
      }
      throw kafkaFault(
        Object.assign(new Error(`the broker answers ${code}`), { code }),
        `Committing for ${this.#options.group}`,
      );
    }
  }

  /** A consumer's client has one reason never to work again (FENCED_INSTANCE_ID), and does not always tell it. */
  #lose(why: string): void {
    if (this.#lost || this.#stop.signal.aborted) return;
    this.#lost = this.#fenced(`another process has taken its name, and this one must end (${why})`);
    this.#change();
    this.#joined.resolve();
    for (const { answer } of this.#unanswered.splice(0)) answer(fencedInstanceId);
  }

  /**
   * A commit that is under way is waited for. As a static member it keeps its partitions for the session's time, so that a restart moves
   * nothing; then they go to others.
   */
  async close(): Promise<void> {
    if (this.#isClosing) return;
    this.#isClosing = true;
    await this.#commitsEnd();
    this.#stop.abort();
    const client = this.#client;
    if (client) await this.#clients.close(client);
    this.#client = null;
    this.#held.clear();
  }

  async #join(): Promise<void> {
    const { names } = this.#clients;
    const { group, memberId, topic, sessionTimeoutMs } = this.#options;
    const client = await this.#clients.consumer(
      `${group}-${memberId}`,
      {
        ...readSettings,
        'group.id': names.group(group),
        'group.instance.id': memberId,
        'partition.assignment.strategy': 'cooperative-sticky',
        'session.timeout.ms': sessionTimeoutMs,
        'heartbeat.interval.ms': Math.max(50, Math.round(sessionTimeoutMs / 10)),
        'max.poll.interval.ms': Math.max(maxSilenceMs, sessionTimeoutMs),
        offset_commit_cb: (error: NativeError | null, places: readonly NativePlace[]) => {
          const at = this.#unanswered.findIndex(({ offsets }) => offsets === fingerprint(places));
          if (at !== -1) this.#unanswered.splice(at, 1)[0]!.answer(error?.code ?? 0);
        },
        rebalance_cb: (error: NativeError, places: readonly NativePlace[]) => this.#rebalance(error, places),
      },
      (error) => this.#lose(error.message),
    );
    this.#client = client;
    client.subscribe([names.topic(topic)]);
    void this.#listen(client);
    const waited = new AbortController();
    await Promise.race([this.#joined.promise, this.#clients.clock.sleep(joinWaitMs, waited.signal)]);
    waited.abort();
  }

  /** Only within `consume` does the client hand over what the group wants. There are never records: all partitions are paused. */
  async #listen(client: NativeConsumer): Promise<void> {
    const { signal } = this.#stop;
    client.setDefaultConsumeTimeout(0);
    while (!signal.aborted) {
      try {
        await answered<unknown>((done) => client.consume(1, done));
      } catch (thrown) {
        const error = thrown as NativeError;
        if (signal.aborted) return;
        if (error.code === fatal || error.code === fencedInstanceId) this.#lose(error.message);
        else this.#clients.log.info('kafka group reports', { code: error.code, message: error.message });
        if (this.#lost) return;
      }
      const isAwaited = this.#unanswered.length > 0;
      this.#hurry = Promise.withResolvers();
      const waited = new AbortController();
      const sleep = this.#clients.clock.sleep(isAwaited ? answerMs : listenMs, waited.signal);
      await (isAwaited ? sleep : Promise.race([sleep, this.#hurry.promise]));
      waited.abort();
    }
  }

  #rebalance(error: NativeError, places: readonly NativePlace[]): void {
    if (error.code === revokePartitions) {
      for (const { partition } of places) this.#held.delete(partition);
      this.#change();
      this.#answer(async (client) => {
        await this.#commitsEnd();
        client.incrementalUnassign(places);
      });
    } else if (error.code === assignPartitions) {
      this.#answer(async (client) => {
        client.incrementalAssign(places);
        if (places.length > 0) client.pause(places);
        const since = this.#epoch + 1;
        for (const { partition } of places) {
          if (partition < this.#options.partitions) this.#held.set(partition, since);
          else
            this.#clients.log.warn('an extra partition stays unused', {
              topic: this.#options.topic,
              partition,
            });
        }
        this.#change();
        this.#joined.resolve();
      });
    } else {
      this.#lose(error.message);
    }
  }

  /** One after the other, as they came. */
  #answer(act: (client: NativeConsumer) => Promise<void>): void {
    const client = this.#client;
    if (!client) return;
    this.#answering = this.#answering
      .then(() => act(client))
      .catch((thrown: unknown) => {
        // While the client is being closed it knows its partitions no more.
        if (!this.#stop.signal.aborted) this.#lose((thrown as Error).message);
      });
  }

  async #commitsEnd(): Promise<void> {
    if (this.#commits === 0) return;
    await new Promise<void>((resolve) => this.#commitsOver.push(resolve));
  }

  #change(): void {
    this.#epoch += 1;
    for (const listener of this.#listeners) listener();
  }

  #fenced(why: string): HubError {
    const { group, memberId } = this.#options;
    return new HubError('HUB_LOG_FENCED', `Member ${memberId} of group ${group}: ${why}`, {
      context: { group, member: memberId },
    });
  }
}

const fingerprint = (places: readonly NativePlace[]): string =>
  places
    .map(({ topic, partition, offset }) => `${topic}/${partition}@${offset}`)
    .sort()
    .join();
