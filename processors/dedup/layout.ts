import { maxFeatureBytes } from '../../runtime/dedup-index/index.ts';
import type { ItemKind, ReporterKind } from '../../schemas/types.ts';
import type { Premise } from './premise.ts';
import { shortHash, type TextSketch } from './text-sketch.ts';
import type { Vessel } from './vessels.ts';

/**
 * What the index keeps of an item: all that a pair's score needs, in at most 112 bytes, little endian.
 *
 * ```text
 *  0 u8   layout, 2                          10 u32  own number `system:recordId`, hashed
 *  1 u8   which optional parts follow        14 u32  whole text, hashed; 0 = no text
 *  2 u8   kind << 4 | reporter's kind        18 u16  characters of the text
 *  3 u8   marks 0–7                          20 u16  distinct 4-grams
 *  4 u8   category group, 0 = unknown        22 u8   quoted numbers << 4 | place words
 *  5 u8   system, hashed                     23 u8   closed << 7 | topics
 *  6 u16  category, hashed
 *  8 u16  town, hashed; 0 = unknown
 * 24 u8   marks 8–15
 * 25 optional parts, in this order:
 *    point    i32 latitude, i32 longitude (1e-6 degrees), u8 accuracy in 10 m
 *    grid     u32 scheme and code, hashed
 *    ref      u64 reporter.ref, hashed
 *    contact  u32 phone as a source masks it, hashed; u16 name, hashed; 0 = unknown
 *    premise  u16 building, u16 unit, u16 room, hashed; 0 = unknown
 *    subject  u32 the source's subject, u16 a firm that the text names, hashed; 0 = unknown
 *    asset    u32 hashed
 *    vessel   u32 MMSI, u16 number, u16 its last three digits, hashed; 0 = unknown
 *    closed   u32 minutes since epoch
 * then u32 a quoted number, u24 a place word, u8 a topic, and u16 hashes of the text's 4-grams, ascending, to the end.
 * ```
 *
 * Nobody can be read out of it, yet the hashes carry no key: who has a list of phones can test which of them is in here.
 * `reporter.ref` is an HMAC already; the masked phone and the name are what a masked record shows anyway. The index is
 * internal and restricted as `hub.state` is; a key of its own would be better and needs the vault.
 */
export interface Features {
  kind: ItemKind;
  reporterKind: ReporterKind;
  marks: Marks;
  group: number;
  system: number;
  category: number;
  town: number;
  own: number;
  point: { lat: number; lon: number; accuracyM: number } | null;
  grid: number;
  /** Two halves; both 0 = unknown. */
  ref: readonly [number, number];
  phone: number;
  name: number;
  premise: Premise;
  subject: number;
  firm: number;
  asset: number;
  vessel: Vessel;
  closedMinute: number;
  quoted: readonly number[];
  words: readonly number[];
  topics: readonly number[];
  text: TextSketch;
}

export type Marks = Readonly<Record<(typeof markNames)[number], boolean>>;

export const maxQuoted = 2;
export const maxWords = 6;
export const maxTopics = 5;

const layout = 2;
const headBytes = 25;

const kinds = [
  'CONSULTATION',
  'HELP',
  'COMPLAINT',
  'REPORT',
  'SUGGESTION',
  'PRAISE',
  'DISPUTE',
  'HAZARD',
  'ALERT',
  'COURT_SERVICE',
  'OTHER',
] as const satisfies readonly ItemKind[];

const reporterKinds = [
  'CITIZEN',
  'ENTERPRISE',
  'GRID_WORKER',
  'OFFICIAL',
  'SENSOR',
  'VESSEL',
  'ANONYMOUS',
  'UNKNOWN',
] as const satisfies readonly ReporterKind[];

/**
 * centroid: the point is a grid's middle. mirrors, siblings, ownCase: what its system does (tables). certain: the category
 * is the source's own or found beyond doubt. known: a ref, phone or name of the reporter. event: one happening told by
 * many (tables). sea: a matter at sea. life: lives may be at stake. market: somebody
 * bought something. placed: the source says where, nearer than the town.
 * ownRight: a claim of one's own against a firm.
 * afar: seen and felt from afar. again: says that it was told before. confidential: its reporter asked for secrecy.
 * conduct: it is about an official's conduct.
 */
export const markNames = [
  'centroid',
  'mirrors',
  'siblings',
  'ownCase',
  'certain',
  'known',
  'event',
  'sea',
  'life',
  'market',
  'placed',
  'ownRight',
  'afar',
  'again',
  'confidential',
  'conduct',
] as const;

/** Bits of byte 1, and of byte 23. */
const part = {
  point: 1,
  grid: 2,
  ref: 4,
  contact: 8,
  premise: 16,
  subject: 32,
  asset: 64,
  vessel: 128,
} as const;
const closedBit = 0x80;

const degree = 1e6;
const accuracyUnitM = 10;
const biggest = { u8: 0xff, u16: 0xffff } as const;

export function encode(features: Features): Uint8Array {
  const { marks, point, ref, premise, vessel, text } = features;
  const bytes = new Uint8Array(maxFeatureBytes);
  const view = new DataView(bytes.buffer);
  const quoted = features.quoted.slice(0, maxQuoted);
  const words = features.words.slice(0, maxWords);
  const topics = features.topics.slice(0, maxTopics);
  let parts = 0;
  let at = headBytes;
  const u8 = (value: number): void => void view.setUint8(at++, Math.min(value, biggest.u8));
  const u16 = (value: number): void => {
    view.setUint16(at, value, true);
    at += 2;
  };
  const u32 = (value: number): void => {
    view.setUint32(at, value, true);
    at += 4;
  };
  const u24 = (value: number): void => {
    view.setUint16(at, value & biggest.u16, true);
    view.setUint8(at + 2, value >>> 16);
    at += 3;
  };
  const optional = (bit: number, isKnown: boolean, write: () => void): void => {
    if (!isKnown) return;
    parts |= bit;
    write();
  };
  optional(part.point, point !== null, () => {
    u32(Math.round(point!.lat * degree) >>> 0);
    u32(Math.round(point!.lon * degree) >>> 0);
    u8(Math.round(point!.accuracyM / accuracyUnitM));
  });
  optional(part.grid, features.grid !== 0, () => u32(features.grid));
  optional(part.ref, ref[0] !== 0 || ref[1] !== 0, () => ref.forEach(u32));
  optional(part.contact, features.phone !== 0 || features.name !== 0, () => {
    u32(features.phone);
    u16(features.name);
  });
  optional(part.premise, premise.building + premise.unit + premise.room !== 0, () => {
    u16(premise.building);
    u16(premise.unit);
    u16(premise.room);
  });
  optional(part.subject, features.subject !== 0 || features.firm !== 0, () => {
    u32(features.subject);
    u16(features.firm);
  });
  optional(part.asset, features.asset !== 0, () => u32(features.asset));
  optional(part.vessel, vessel.mmsi !== 0 || vessel.lastDigits !== 0, () => {
    u32(vessel.mmsi);
    u16(vessel.number);
    u16(vessel.lastDigits);
  });
  const isClosed = features.closedMinute !== 0;
  if (isClosed) u32(features.closedMinute);
  quoted.forEach(u32);
  words.forEach(u24);
  topics.forEach(u8);
  const kept = Math.min(text.hashes.length, (maxFeatureBytes - at) >> 1);
  for (let i = 0; i < kept; i++) u16(shortHash(text.hashes[i]!));
  const end = at;

  view.setUint8(0, layout);
  view.setUint8(1, parts);
  view.setUint8(2, (kinds.indexOf(features.kind) << 4) | reporterKinds.indexOf(features.reporterKind));
  const markBits = markNames.reduce((bits, name, i) => bits | (marks[name] ? 1 << i : 0), 0);
  view.setUint8(3, markBits & biggest.u8);
  view.setUint8(4, features.group);
  view.setUint8(5, features.system & biggest.u8);
  view.setUint16(6, features.category, true);
  view.setUint16(8, features.town, true);
  view.setUint32(10, features.own, true);
  view.setUint32(14, text.exact, true);
  view.setUint16(18, Math.min(text.length, biggest.u16), true);
  view.setUint16(20, Math.min(text.grams, biggest.u16), true);
  view.setUint8(22, (quoted.length << 4) | words.length);
  view.setUint8(23, (isClosed ? closedBit : 0) | topics.length);
  view.setUint8(24, markBits >> 8);
  return bytes.slice(0, end);
}

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
  [part.subject, 6],
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
    this.marks = bytes[3]! | (bytes[24]! << 8);
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
  get lat(): number {
    return this.hasPoint ? (u32(this.#bytes, headBytes) | 0) / degree : 0;
  }
  get lon(): number {
    return this.hasPoint ? (u32(this.#bytes, headBytes + 4) | 0) / degree : 0;
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
