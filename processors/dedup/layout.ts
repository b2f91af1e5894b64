import { maxFeatureBytes } from '../../runtime/dedup-index/index.ts';
import type { ItemKind, ReporterKind } from '../../schemas/types.ts';
import type { Premise } from './premise.ts';
import { shortHash, type TextSketch } from './text-sketch.ts';
import type { Vessel } from './vessels.ts';

/**
 * What the index keeps of an item: all that a pair's score needs, in at most 112 bytes, little endian.
 *
 * ```text
 *  0 u8   layout, 3                          10 u32  own number `system:recordId`, hashed
 *  1 u8   which optional parts follow        14 u32  whole text, hashed; 0 = no text
 *  2 u8   kind << 4 | reporter's kind        18 u16  characters of the text
 *  3 u8   marks 0–7                          20 u16  distinct 4-grams
 *  4 u8   category group, 0 = unknown        22 u8   quoted numbers << 4 | place words
 *  5 u8   system, hashed                     23 u8   closed << 7 | topics
 *  6 u16  category, hashed
 *  8 u16  town, hashed; 0 = unknown
 * 24 u8   marks 8–15                          25 u8   sides << 4 | marks 16–19
 * 26 optional parts, in this order:
 *    point    i32 latitude, i32 longitude (1e-6 degrees), u8 accuracy in 10 m
 *    grid     u32 scheme and code, hashed
 *    ref      u64 reporter.ref, hashed
 *    contact  u32 phone as a source masks it, hashed; u16 name, hashed; 0 = unknown
 *    premise  u16 building, u16 unit, u16 room, hashed; 0 = unknown
 *    subject  u32 the source's subject, u16 a firm, u16 a thing with a number that the text names, hashed; 0 = unknown
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
  /** Bus route, number plate, lamp post (things.ts). */
  thing: number;
  /** Which sides of the place are named: 1 east, 2 west, 4 south, 8 north. */
  sides: number;
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

export const layout = 3;
export const headBytes = 26;

export const kinds = [
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

export const reporterKinds = [
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
 * conduct: it is about an official's conduct. acute: it is over within a day. another: says that this is another matter.
 * day: it ends with the day.
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
  'acute',
  'another',
  'day',
] as const;

/** Bits of byte 1, and of byte 23. */
export const part = {
  point: 1,
  grid: 2,
  ref: 4,
  contact: 8,
  premise: 16,
  subject: 32,
  asset: 64,
  vessel: 128,
} as const;
export const closedBit = 0x80;

export const degree = 1e6;
export const accuracyUnitM = 10;
const biggest = { u8: 0xff, u16: 0xffff } as const;

const bytes = new Uint8Array(maxFeatureBytes);
const view = new DataView(bytes.buffer);

export function encode(features: Features): Uint8Array<ArrayBuffer> {
  const { marks, point, ref, premise, vessel, text } = features;
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
  optional(part.subject, features.subject + features.firm + features.thing !== 0, () => {
    u32(features.subject);
    u16(features.firm);
    u16(features.thing);
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
  view.setUint8(24, (markBits >> 8) & biggest.u8);
  view.setUint8(25, (features.sides << 4) | (markBits >> 16));
  return bytes.slice(0, end);
}
