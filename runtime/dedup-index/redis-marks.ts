import { randomBytes } from 'node:crypto';
import type { Mark, Reach } from './index.ts';

/** The mark of a partition in one bucket; see `putScript`. */
export interface BucketMark {
  readonly from: number;
  readonly isWhole: boolean;
  readonly to: number;
  /** Null: the bucket was never whole. */
  readonly stateOffset: number | null;
}

export type BucketMarks = ReadonlyMap<number, BucketMark>;

const markBytes = 26;

export function readMarks(bytes: Buffer): BucketMarks {
  const marks = new Map<number, BucketMark>();
  for (let at = 0; at < bytes.length; at += markBytes) {
    const state = bytes.readUIntBE(at + 20, 6);
    marks.set(bytes.readUInt16BE(at), {
      from: bytes.readUIntBE(at + 2, 6),
      isWhole: bytes.readUIntBE(at + 8, 6) === 0,
      to: bytes.readUIntBE(at + 14, 6),
      stateOffset: state === 0 ? null : state - 1,
    });
  }
  return marks;
}

export function reachBytes({ partition, from, to, stateOffset }: Reach): Buffer {
  const bytes = Buffer.allocUnsafe(20);
  bytes.writeUInt16BE(partition);
  bytes.writeUIntBE(from, 2, 6);
  bytes.writeUIntBE(to, 8, 6);
  bytes.writeUIntBE(stateOffset, 14, 6);
  return bytes;
}

/** The index is as whole as its poorest bucket. */
export function joinMarks(buckets: readonly BucketMarks[]): Mark[] {
  const partitions = new Set(buckets.flatMap((marks) => [...marks.keys()]));
  return [...partitions].map((partition) => {
    const marks = buckets.flatMap((bucket) => bucket.get(partition) ?? []);
    const isEverywhere = marks.length === buckets.length;
    const offsets = marks.flatMap(({ stateOffset }) => stateOffset ?? []);
    const missedFrom = offsets.length === 0 ? null : Math.min(...offsets);
    return {
      partition,
      from: Math.max(...marks.map(({ from }) => from)),
      isWhole: isEverywhere && marks.every(({ isWhole }) => isWhole),
      to: Math.min(...marks.map(({ to }) => to)),
      stateOffset: isEverywhere && offsets.length === marks.length ? missedFrom! : 0,
      missedFrom,
    };
  });
}

/** How far a refill has come, as buckets keep it. */
export class RefillStep {
  readonly #bytes = Buffer.alloc(14);

  constructor(partition: number) {
    this.#bytes.writeUInt16BE(partition);
    randomBytes(8).copy(this.#bytes, 2);
  }

  next(): void {
    this.#bytes.writeUInt32BE(this.#bytes.readUInt32BE(10) + 1, 10);
  }

  get argument(): Buffer {
    return this.#bytes;
  }

  get stored(): Buffer {
    return this.#bytes.subarray(2);
  }
}
