import type { ItemKind, ReporterKind } from '../../schemas/types.ts';
import {
  accuracyUnitM,
  closedBit,
  headBytes,
  kinds,
  layout,
  markNames,
  part,
  reporterKinds,
} from './layout.ts';

/** Where an optional part begins, by the byte that tells which of them follow; and, by the same, where all of them end. */
const startOf = (bit: number): Uint8Array =>
  Uint8Array.from({ length: 256 }, (_, parts) =>
    partSizes.reduce(
      (at, [other, size]) => (other < bit && (parts & other) !== 0 ? at + size : at),
      headBytes,
    ),
  );
const partSizes: readonly (readonly [bit: number, bytes: number])[] = [
  [part.point, 9],
  [part.grid, 4],
  [part.ref, 8],
  [part.contact, 6],
  [part.premise, 6],
  [part.subject, 8],
  [part.asset, 4],
  [part.vessel, 8],
];
const starts = {
  grid: startOf(part.grid),
  ref: startOf(part.ref),
  contact: startOf(part.contact),
  premise: startOf(part.premise),
  subject: startOf(part.subject),
  asset: startOf(part.asset),
  vessel: startOf(part.vessel),
  end: startOf(256),
} as const;

/**
 * Shows features where they lie, decoding only what is asked for: most pairs are told apart by a few bytes. One reader is used for
 * many items; what it shows holds until the next `read`. 0 = not known.
 */
export class FeatureReader {
  #bytes: Uint8Array = new Uint8Array(headBytes);
  #parts = 0;
  #end = headBytes;
  #words = headBytes;
  #topics = headBytes;
  #hashes = headBytes;
  marks = 0;
  quoteds = 0;
  wordCount = 0;
  topicCount = 0;
  hashCount = 0;

  /** False for bytes of another layout: they are not comparable. */
  read(bytes: Uint8Array): boolean {
    if (bytes[0] !== layout || bytes.length < headBytes) return false;
    this.#bytes = bytes;
    this.#parts = bytes[1]!;
    this.marks = bytes[3]! | (bytes[24]! << 8) | ((bytes[25]! & 15) << 16);
    this.quoteds = bytes[22]! >> 4;
    this.wordCount = bytes[22]! & 15;
    this.topicCount = bytes[23]! & ~closedBit;
    this.#end = starts.end[this.#parts]!;
    const isClosed = (bytes[23]! & closedBit) !== 0;
    this.#words = this.#end + (isClosed ? 4 : 0) + 4 * this.quoteds;
    this.#topics = this.#words + 3 * this.wordCount;
    this.#hashes = this.#topics + this.topicCount;
    this.hashCount = (bytes.length - this.#hashes) >> 1;
    return true;
  }

  get kind(): ItemKind {
    return kinds[this.#bytes[2]! >> 4]!;
  }
  get reporterKind(): ReporterKind {
    return reporterKinds[this.#bytes[2]! & 15]!;
  }
  get group(): number {
    return this.#bytes[4]!;
  }
  get system(): number {
    return this.#bytes[5]!;
  }
  get category(): number {
    return u16(this.#bytes, 6);
  }
  get town(): number {
    return u16(this.#bytes, 8);
  }
  get own(): number {
    return u32(this.#bytes, 10);
  }
  get exact(): number {
    return u32(this.#bytes, 14);
  }
  get length(): number {
    return u16(this.#bytes, 18);
  }
  get grams(): number {
    return u16(this.#bytes, 20);
  }
  get hasPoint(): boolean {
    return (this.#parts & part.point) !== 0;
  }
  /** Millionths of a whole. */
  get latMicro(): number {
    return this.hasPoint ? u32(this.#bytes, headBytes) | 0 : 0;
  }
  get lonMicro(): number {
    return this.hasPoint ? u32(this.#bytes, headBytes + 4) | 0 : 0;
  }
  get accuracyM(): number {
    return this.hasPoint ? this.#bytes[headBytes + 8]! * accuracyUnitM : 0;
  }
  get grid(): number {
    return this.#u32(part.grid, starts.grid, 0);
  }
  get refLow(): number {
    return this.#u32(part.ref, starts.ref, 0);
  }
  get refHigh(): number {
    return this.#u32(part.ref, starts.ref, 4);
  }
  get phone(): number {
    return this.#u32(part.contact, starts.contact, 0);
  }
  get name(): number {
    return this.#u16(part.contact, starts.contact, 4);
  }
  get building(): number {
    return this.#u16(part.premise, starts.premise, 0);
  }
  get unit(): number {
    return this.#u16(part.premise, starts.premise, 2);
  }
  get room(): number {
    return this.#u16(part.premise, starts.premise, 4);
  }
  get subject(): number {
    return this.#u32(part.subject, starts.subject, 0);
  }
  get firm(): number {
    return this.#u16(part.subject, starts.subject, 4);
  }
  get thing(): number {
    return this.#u16(part.subject, starts.subject, 6);
  }
  get sides(): number {
    return this.#bytes[25]! >> 4;
  }
  get asset(): number {
    return this.#u32(part.asset, starts.asset, 0);
  }
  get hasVessel(): boolean {
    return (this.#parts & part.vessel) !== 0;
  }
  get mmsi(): number {
    return this.#u32(part.vessel, starts.vessel, 0);
  }
  get vessel(): number {
    return this.#u16(part.vessel, starts.vessel, 4);
  }
  get vesselDigits(): number {
    return this.#u16(part.vessel, starts.vessel, 6);
  }
  get closedMinute(): number {
    return (this.#bytes[23]! & closedBit) === 0 ? 0 : u32(this.#bytes, this.#end);
  }

  quoted(i: number): number {
    return u32(this.#bytes, this.#words - 4 * (this.quoteds - i));
  }
  word(i: number): number {
    const at = this.#words + 3 * i;
    return u16(this.#bytes, at) | (this.#bytes[at + 2]! << 16);
  }
  topic(i: number): number {
    return this.#bytes[this.#topics + i]!;
  }
  hash(i: number): number {
    return u16(this.#bytes, this.#hashes + 2 * i);
  }

  tells(topic: number): boolean {
    for (let i = 0; i < this.topicCount; i++) if (this.topic(i) === topic) return true;
    return false;
  }

  is(mark: (typeof markNames)[number]): boolean {
    return (this.marks & markBits[mark]) !== 0;
  }

  #u32(bit: number, start: Uint8Array, offset: number): number {
    return (this.#parts & bit) === 0 ? 0 : u32(this.#bytes, start[this.#parts]! + offset);
  }

  #u16(bit: number, start: Uint8Array, offset: number): number {
    return (this.#parts & bit) === 0 ? 0 : u16(this.#bytes, start[this.#parts]! + offset);
  }
}

const markBits = Object.fromEntries(markNames.map((name, i) => [name, 1 << i])) as Record<
  (typeof markNames)[number],
  number
>;

const u16 = (bytes: Uint8Array, at: number): number => bytes[at]! | (bytes[at + 1]! << 8);
const u32 = (bytes: Uint8Array, at: number): number =>
  (bytes[at]! | (bytes[at + 1]! << 8) | (bytes[at + 2]! << 16) | (bytes[at + 3]! << 24)) >>> 0;
