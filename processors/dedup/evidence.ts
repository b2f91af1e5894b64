import type { FeatureReader } from './layout.ts';
import { isRoadCode } from './place-words.ts';

/** What two items have in common, and what sets them apart. Symmetric but for `hours`, which is never negative. */
export interface Evidence {
  /** Estimated share of common 4-grams; 0 where a text is missing. */
  jaccard: number;
  /** Estimated share of the shorter text's 4-grams that the longer one has. */
  containment: number;
  /** 4-grams of the shorter text that the estimate rests on. */
  sample: number;
  /** Same text, letter for letter. */
  exact: boolean;
  shorter: number;

  /** Metres between the points; null without two points that may be compared. */
  metres: number | null;
  /** Metres that they may be apart although the place is one: what both points are inexact by. */
  tolerance: number;
  sameGrid: boolean;
  sameAsset: boolean;
  /** Common names of places that are no roads, and of roads. */
  sites: number;
  roads: number;
  /** Both name places, none in common. */
  namesDiffer: boolean;
  town: Same;

  hours: number;
  category: Same;
  group: Same;
  topics: number;
  topicsDiffer: boolean;

  person: Same;
  /** Same phone as masked, or same full name. */
  contact: boolean;
  building: Same;
  room: Same;
  subject: Same;
  vessel: Same;
}

/** Null: one side at least knows nothing about it. */
export type Same = boolean | null;

const same = (a: number, b: number): Same => (a === 0 || b === 0 ? null : a === b);
const hourMs = 3_600_000;
const degreeM = 111_195;

export function compare(a: FeatureReader, b: FeatureReader, apartMs: number): Evidence {
  const text = overlap(a, b);
  const isExact = a.exact !== 0 && a.exact === b.exact && a.length === b.length;
  const words = commonWords(a, b);
  const topics = commonTopics(a, b);
  const isComparable = a.hasPoint && b.hasPoint && !a.is('centroid') && !b.is('centroid');
  return {
    jaccard: isExact ? 1 : text.jaccard,
    containment: isExact ? 1 : text.containment,
    sample: text.sample,
    exact: isExact,
    shorter: Math.min(a.length, b.length),
    metres: isComparable ? metresBetween(a, b) : null,
    tolerance: isComparable ? a.accuracyM + b.accuracyM : 0,
    sameGrid: a.grid !== 0 && a.grid === b.grid,
    sameAsset: a.asset !== 0 && a.asset === b.asset,
    sites: words.sites,
    roads: words.roads,
    namesDiffer: a.wordCount > 0 && b.wordCount > 0 && words.sites + words.roads === 0,
    town: same(a.town, b.town),
    hours: Math.abs(apartMs) / hourMs,
    category: a.group === 0 || b.group === 0 ? null : a.category === b.category,
    group: same(a.group, b.group),
    topics,
    topicsDiffer: a.topicCount > 0 && b.topicCount > 0 && topics === 0,
    person: a.refLow === 0 || b.refLow === 0 ? null : a.refLow === b.refLow && a.refHigh === b.refHigh,
    contact: (a.phone !== 0 && a.phone === b.phone) || (a.name !== 0 && a.name === b.name),
    building: same(a.building, b.building),
    room: same(a.room, b.room),
    subject: same(a.subject, b.subject),
    vessel: sameVessel(a, b),
  };
}

/** Good to a metre in a thousand over a district. */
function metresBetween(a: FeatureReader, b: FeatureReader): number {
  const north = (a.lat - b.lat) * degreeM;
  const east = (a.lon - b.lon) * degreeM * Math.cos(((a.lat + b.lat) * Math.PI) / 360);
  return Math.hypot(north, east);
}

function commonWords(a: FeatureReader, b: FeatureReader): { sites: number; roads: number } {
  let sites = 0;
  let roads = 0;
  for (let i = 0; i < a.wordCount; i++) {
    for (let j = 0; j < b.wordCount; j++) {
      // A name with and without its suffix is one name: the last bit tells a road.
      if ((a.words[i]! ^ b.words[j]!) > 1) continue;
      if (isRoadCode(a.words[i]!) && isRoadCode(b.words[j]!)) roads++;
      else sites++;
    }
  }
  return { sites, roads };
}

function commonTopics(a: FeatureReader, b: FeatureReader): number {
  let common = 0;
  for (let i = 0; i < a.topicCount; i++)
    for (let j = 0; j < b.topicCount; j++) if (a.topics[i] === b.topics[j]) common++;
  return common;
}

function sameVessel(a: FeatureReader, b: FeatureReader): Same {
  if (a.mmsi !== 0 && a.mmsi === b.mmsi) return true;
  if (a.vessel !== 0 && b.vessel !== 0) return a.vessel === b.vessel;
  const digits = same(a.vesselDigits, b.vesselDigits);
  if (digits !== null) return digits;
  return a.mmsi !== 0 && b.mmsi !== 0 ? false : null;
}

/**
 * Both sketches hold all hashes up to their largest; below the smaller of the two limits they are complete samples of
 * their texts.
 */
function overlap(
  a: FeatureReader,
  b: FeatureReader,
): { jaccard: number; containment: number; sample: number } {
  if (a.hashCount === 0 || b.hashCount === 0) return { jaccard: 0, containment: 0, sample: 0 };
  const limit = Math.min(limitOf(a), limitOf(b));
  let common = 0;
  let ofA = 0;
  let ofB = 0;
  while (ofA < a.hashCount && a.hashes[ofA]! <= limit && ofB < b.hashCount && b.hashes[ofB]! <= limit) {
    const difference = a.hashes[ofA]! - b.hashes[ofB]!;
    if (difference === 0) common++;
    if (difference <= 0) ofA++;
    if (difference >= 0) ofB++;
  }
  if (common === 0) return { jaccard: 0, containment: 0, sample: 0 };
  while (ofA < a.hashCount && a.hashes[ofA]! <= limit) ofA++;
  while (ofB < b.hashCount && b.hashes[ofB]! <= limit) ofB++;
  const sample = a.grams <= b.grams ? ofA : ofB;
  return {
    jaccard: common / (ofA + ofB - common),
    containment: Math.min(1, common / Math.min(ofA, ofB)),
    sample,
  };
}

/** A sketch that holds the whole text has no limit. */
const limitOf = (side: FeatureReader): number =>
  side.hashCount >= side.grams ? 0xffff : side.hashes[side.hashCount - 1]!;
