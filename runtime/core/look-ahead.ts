import type { Consumer, Log, LogRecord } from '../log/index.ts';
import { murmur2 } from '../log/partition.ts';
import { lanes } from '../topics.ts';

/** Keys read at once while looking ahead. */
const readAhead = 50_000;

interface Ahead {
  /** Everything in [position, to) of the lane is in `hashes`. */
  to: number;
  offsets: number[];
  hashes: number[];
}

/**
 * Finds what waits in the slower lanes for items that a faster lane is about to change, so that an overtaking input takes
 * its item's earlier inputs along (design.md §4 point 10). Keeps 4-byte key hashes of the waiting records, read
 * incrementally; nothing is read while the slower lanes are empty.
 */
export class LookAhead {
  readonly #log: Log;
  readonly #ahead = new Map<string, Ahead>();

  constructor(log: Log) {
    this.#log = log;
  }

  clear(): void {
    this.#ahead.clear();
  }

  /**
   * Records of `baseIds` that wait in lanes slower than `lane` (an index of `lanes`) beyond the consumer's position: in order
   * of lane and offset. They have not been polled yet and will be, in their turn.
   */
  async waiting(
    consumer: Consumer,
    partition: number,
    lane: number,
    baseIds: ReadonlySet<string>,
  ): Promise<readonly LogRecord[]> {
    const found: LogRecord[] = [];
    const wanted = new Set([...baseIds].map(murmur2));
    for (const topic of lanes.slice(lane + 1)) {
      const position = consumer.position(topic, partition);
      const ahead = await this.#extend(topic, partition, position, consumer.end(topic, partition));
      for (let index = 0; index < ahead.hashes.length; index++) {
        if (!wanted.has(ahead.hashes[index]!)) continue;
        const [record] = await this.#log.read(topic, partition, ahead.offsets[index]!, 1);
        if (record?.key && record.offset === ahead.offsets[index] && baseIds.has(record.key))
          found.push(record);
      }
    }
    return found;
  }

  async #extend(topic: string, partition: number, position: number, end: number): Promise<Ahead> {
    const key = `${topic}/${partition}`;
    let ahead = this.#ahead.get(key);
    if (ahead === undefined || ahead.to < position) {
      ahead = { to: position, offsets: [], hashes: [] };
      this.#ahead.set(key, ahead);
    }
    forget(ahead, position);
    while (ahead.to < end) {
      const keys = await this.#log.readKeys(topic, partition, ahead.to, readAhead);
      if (keys.offsets.length === 0) {
        // What is left below the end are gaps.
        ahead.to = end;
        break;
      }
      for (const offset of keys.offsets) ahead.offsets.push(offset);
      for (const hash of keys.hashes) ahead.hashes.push(hash);
      ahead.to = keys.offsets[keys.offsets.length - 1]! + 1;
    }
    return ahead;
  }
}

/** Drops what has been polled meanwhile. */
function forget(ahead: Ahead, position: number): void {
  let polled = 0;
  while (polled < ahead.offsets.length && ahead.offsets[polled]! < position) polled++;
  if (polled === 0) return;
  ahead.offsets = ahead.offsets.slice(polled);
  ahead.hashes = ahead.hashes.slice(polled);
}
