/**
 * The log port: topics of partitions of records, transactions that join records and consumed offsets, consumer groups.
 * Two forms (embedded: one SQLite file; later Kafka) and the simulated one pass `test/contract/log.ts`; a difference is a bug.
 *
 * Every read is `read_committed`. Every write goes through a transaction: there is no other way to append.
 */

/** Bytes throughout; `null` is a tombstone (value) or "no key". */
export interface NewRecord {
  readonly key: string | null;
  readonly value: Uint8Array | null;
  /** Short ASCII names; values are UTF-8 text. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Milliseconds since epoch, set by the caller from its clock. */
  readonly timestamp: number;
}

export interface LogRecord extends NewRecord {
  readonly topic: string;
  readonly partition: number;
  /** Ascending within a partition; gaps are allowed (compaction, aborted transactions). */
  readonly offset: number;
  readonly headers: Readonly<Record<string, string>>;
}

export interface TopicSpec {
  readonly name: string;
  /** Frozen at creation: HUB_LOG_PARTITIONS_FROZEN when a topic exists with another number. */
  readonly partitions: number;
  /** Keep only the last record of each key (a null value removes the key). Default false. */
  readonly compacted?: boolean;
  /** Records older than this may go; `null` keeps them for ever. Applied by `Log.trim(now)`. Default null. */
  readonly retentionMs?: number | null;
}

export interface TopicPartition {
  readonly topic: string;
  readonly partition: number;
}

export interface PartitionRange {
  /** Lowest offset still readable. */
  readonly start: number;
  /** Offset that the next committed record will have at least (the high watermark). */
  readonly end: number;
}

export interface Log {
  /** Creates what is missing; an existing topic must have the same number of partitions. */
  ensureTopics(specs: readonly TopicSpec[]): Promise<void>;
  /** All topics of this instance, by name. */
  topics(): Promise<readonly TopicSpec[]>;
  /** Throws HUB_LOG_UNKNOWN_TOPIC. */
  range(topic: string, partition: number): Promise<PartitionRange>;
  /**
   * At most `max` committed records from `offset` on, ascending; empty at the end. An offset below the start reads
   * from the start. Never touches a group's offsets.
   */
  read(topic: string, partition: number, offset: number, max: number): Promise<readonly LogRecord[]>;
  /**
   * murmur2 hashes of the keys from `offset` on, without their values: what a look-ahead over a backlog needs.
   * `hashes[i]` belongs to `offsets[i]`; a record without a key has hash 0.
   */
  readKeys(topic: string, partition: number, offset: number, max: number): Promise<KeyHashes>;
  /** Last committed record of each key in one partition of a compacted topic; keys without a record are absent. */
  latest(topic: string, partition: number, keys: readonly string[]): Promise<ReadonlyMap<string, LogRecord>>;
  /** Offset up to which a group has consumed (the next one to read), or null when it has never committed. */
  committed(group: string, partitions: readonly TopicPartition[]): Promise<readonly (number | null)[]>;
  /** Opens a producer and fences every earlier one of the same transactional id: their commits fail with HUB_LOG_FENCED. */
  producer(transactionalId: string): Promise<Producer>;
  /** Joins a group. See `Consumer`. */
  consumer(options: ConsumerOptions): Promise<Consumer>;
  /** Removes records older than their topic's retention. Returns how many. */
  trim(now: number): Promise<number>;
  close(): Promise<void>;
}

export interface KeyHashes {
  readonly offsets: readonly number[];
  /** 32-bit, as murmur2 gives them (unsigned). */
  readonly hashes: readonly number[];
}

export interface Producer {
  /** At most one open transaction per producer. */
  begin(): Transaction;
  close(): Promise<void>;
}

/** Nothing is visible to any reader before `commit` resolves; after `abort`, or a failed commit, nothing ever is. */
export interface Transaction {
  /** Buffered; the topic's existence is checked at commit. Order within a partition is the order of the calls. */
  append(topic: string, partition: number, records: readonly NewRecord[]): void;
  /**
   * Binds what a consumer has read to this transaction. `next` = the offset to read next. The assignment epoch is the one
   * of the poll that read it: when the partition has been revoked since, commit fails with HUB_LOG_FENCED.
   */
  sendOffsets(consumer: Consumer, offsets: readonly (TopicPartition & { readonly next: number })[]): void;
  /**
   * Durable when it resolves, and seen by what this log reads from then on; by a poll, and in other processes, soon after. Rejects with HUB_LOG_FENCED, HUB_DATA_WRITE or HUB_KAFKA_UNREACHABLE (retriable: begin anew),
   * HUB_LOG_RECORD_TOO_LARGE or HUB_LOG_CLOSED.
   */
  commit(): Promise<void>;
  abort(): Promise<void>;
}

export interface ConsumerOptions {
  readonly group: string;
  /** In order of priority: a poll returns records of an earlier topic before those of a later one. */
  readonly topics: readonly string[];
  /**
   * Records of the first topic share a poll with no others, so that what must be quick is not held up by what fills the batch; but
   * never in two polls running: a stream of them that does not end would starve the other topics.
   */
  readonly firstAlone?: boolean;
  /**
   * Compacted topics whose partitions only the holder of the same number writes, in transactions with what it has consumed: its memory. The Kafka
   * form keeps them at hand, so that `latest` of them asks no broker.
   */
  readonly changelogs?: readonly string[];
  /** Stable name of this member; a second member of the same name fences the first. */
  readonly memberId: string;
}

export interface Polled {
  /** Highest-priority topic first; within one partition ascending, without a hole. */
  readonly records: readonly LogRecord[];
}

/**
 * A member of a group. Partitions of equal number are assigned together over all topics of the consumer (co-partitioned),
 * each to exactly one member. A member learns of a change at its next `poll`; whatever it had read of a revoked partition
 * before can no longer be committed.
 */
export interface Consumer {
  /**
   * Waits up to `waitMs` for records; returns early with none when `signal` aborts. Starts at the committed offset, or at the
   * start of the log. Records are not handed out twice unless `rewind` is called or the partition comes back.
   */
  poll(options: {
    readonly max: number;
    readonly waitMs: number;
    readonly signal?: AbortSignal;
  }): Promise<Polled>;
  /** Partition numbers held as of the last poll. */
  assigned(): readonly number[];
  /** Changes with every assignment; caches kept for a partition are void when it differs. */
  epoch(): number;
  /** The offset the next poll reads from. */
  position(topic: string, partition: number): number;
  /**
   * Of a partition held: all that was committed before anything that the last poll handed out lies below this offset. Asks nobody; the
   * log itself may have gone on since.
   */
  end(topic: string, partition: number): number;
  /** After an abort: the next poll starts again at the committed offsets. */
  rewind(): Promise<void>;
  /**
   * Holds back these partition numbers (over all topics) from the next polls until `resume`; they stay assigned and their
   * positions stand. Survives `rewind`, ends with the assignment.
   */
  pause(partitions: readonly number[]): void;
  /** Ends every pause. */
  resume(): void;
  /** Commits outside a producer's transaction; for consumers whose repeat is harmless. Fenced like a transaction. */
  commit(offsets: readonly (TopicPartition & { readonly next: number })[]): Promise<void>;
  /** Leaves the group; its partitions go to others. */
  close(): Promise<void>;
}
