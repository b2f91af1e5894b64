import type { Clock } from '../clock.ts';
import type { Reach } from '../dedup-index/index.ts';
import type { Consumer, Log } from '../log/index.ts';
import { topics } from '../topics.ts';
import { committedPositions, positionOf } from './lane-positions.ts';

/** How old an end of hub.state may be: what was written since is read twice after a loss, no more. */
const stateEndMs = 10_000;

/** How far the turns of one item writer go, for the marks of the dedup index. */
export class Reaches {
  readonly #log: Log;
  readonly #clock: Clock;
  readonly #partitions: number;
  /** Where the last turn that was committed ended. */
  readonly #ends = new Map<number, number>();
  readonly #stateEnds = new Map<number, { readonly offset: number; readonly at: number }>();

  constructor({ log, clock, partitions }: { log: Log; clock: Clock; partitions: number }) {
    this.#log = log;
    this.#clock = clock;
    this.#partitions = partitions;
  }

  /** After a turn that was not committed, or a new assignment: what is committed is asked for anew. */
  clear(): void {
    this.#ends.clear();
    this.#stateEnds.clear();
  }

  /** Of the turn that has just polled records of these partitions. */
  async of(consumer: Consumer, partitions: Iterable<number>): Promise<Reach[]> {
    const reaches: Reach[] = [];
    let committed: readonly number[] | null = null;
    for (const partition of partitions) {
      const stateOffset = await this.#stateEnd(partition);
      let from = this.#ends.get(partition);
      if (from === undefined) {
        committed ??= await committedPositions(this.#log, this.#partitions);
        from = committed[partition]!;
      }
      reaches.push({ partition, from, to: positionOf(consumer, partition), stateOffset });
    }
    return reaches;
  }

  committed(reaches: readonly Reach[]): void {
    for (const { partition, to } of reaches) this.#ends.set(partition, to);
  }

  async #stateEnd(partition: number): Promise<number> {
    const known = this.#stateEnds.get(partition);
    if (known !== undefined && this.#clock.now() - known.at < stateEndMs) return known.offset;
    const { end } = await this.#log.range(topics.state, partition);
    this.#stateEnds.set(partition, { offset: end, at: this.#clock.now() });
    return end;
  }
}
