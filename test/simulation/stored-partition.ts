import type { KeyHashes, LogRecord, NewRecord, PartitionRange } from '../../runtime/log/index.ts';
import { murmur2 } from '../../runtime/log/partition.ts';

/** The committed records of one partition, in memory. */
export class StoredPartition {
  readonly topic: string;
  readonly partition: number;
  readonly compacted: boolean;
  #records: LogRecord[] = [];
  #start = 0;
  #end = 0;
  readonly #latest = new Map<string, LogRecord>();
  readonly #hashes = new Map<string, number>();

  constructor(topic: string, partition: number, compacted: boolean) {
    this.topic = topic;
    this.partition = partition;
    this.compacted = compacted;
  }

  /** @param gap offsets skipped before and behind the records, as the markers of transactions do: the end is then beyond the last record. */
  append(records: readonly NewRecord[], gap: { readonly before: number; readonly behind: number }): void {
    if (this.#records.length > 0) this.#end += gap.before;
    for (const { key, value, headers, timestamp } of records) {
      const { topic, partition } = this;
      const stored = { key, value, headers: headers ?? {}, timestamp, topic, partition, offset: this.#end++ };
      this.#records.push(stored);
      if (!this.compacted || key === null) continue;
      if (value === null) this.#latest.delete(key);
      else this.#latest.set(key, stored);
    }
    this.#end += gap.behind;
  }

  range(): PartitionRange {
    return { start: this.#start, end: this.#end };
  }

  read(offset: number, max: number): readonly LogRecord[] {
    const from = this.#indexOf(offset);
    return this.#records.slice(from, from + max);
  }

  /** How many records lie at `offset` or after it: a lag that gaps do not blur. */
  countFrom(offset: number): number {
    return this.#records.length - this.#indexOf(offset);
  }

  readKeys(offset: number, max: number): KeyHashes {
    const records = this.read(offset, max);
    return {
      offsets: records.map((record) => record.offset),
      hashes: records.map((record) => (record.key === null ? 0 : this.#hashOf(record.key))),
    };
  }

  latest(keys: readonly string[]): ReadonlyMap<string, LogRecord> {
    const found = new Map<string, LogRecord>();
    for (const key of keys) {
      const record = this.#latest.get(key);
      if (record) found.set(key, record);
    }
    return found;
  }

  /** Drops what a later record of the same key has replaced, below `before`. */
  compact(before: number): void {
    const last = new Map<string, number>();
    for (const { key, offset } of this.#records) if (key !== null) last.set(key, offset);
    this.#records = this.#records.filter(
      ({ key, offset, value }) =>
        offset >= before || key === null || (last.get(key) === offset && value !== null),
    );
  }

  /** Drops the records from the start that are older than `before` (ms). Returns how many. */
  trim(before: number): number {
    let count = 0;
    while (count < this.#records.length && this.#records[count]!.timestamp < before) count++;
    if (count === 0) return 0;
    this.#records.splice(0, count);
    this.#start = this.#records[0]?.offset ?? this.#end;
    return count;
  }

  #hashOf(key: string): number {
    let hash = this.#hashes.get(key);
    if (hash === undefined) {
      hash = murmur2(key);
      this.#hashes.set(key, hash);
    }
    return hash;
  }

  #indexOf(offset: number): number {
    let low = 0;
    let high = this.#records.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if (this.#records[middle]!.offset < offset) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}
