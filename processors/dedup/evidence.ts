import type { FeatureReader } from './layout.ts';
import { isMentionCode, isRoadCode, nameOfCode } from './place-words.ts';
import { commonTopicNumbers } from './topics.ts';

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
  /** Component, lift, scenic spot. */
  asset: Same;
  /** Common names of places that are no roads, and of roads. */
  sites: number;
  roads: number;
  /** Common names that both say in their texts only. */
  mentions: number;
  /** Both name places, none in common. */
  namesDiffer: boolean;
  /** The source says of both where they are. */
  isPlaced: boolean;
  town: Same;

  hours: number;
  category: Same;
  group: Same;
  topics: number;
  /** Of them not of every day (tables: commonTopics). */
  rareTopics: number;
  topicsDiffer: boolean;
  /** Each tells of the other's main problem. */
  mainTopic: boolean;

  person: Same;
  /** Same phone as masked, or same full name. */
  contact: boolean;
  /** False where building, unit or room is said to be another. */
  premise: Same;
  subject: Same;
  /** A firm that both texts name. */
  firm: Same;
  vessel: Same;
  /** By its MMSI or whole number, not by the last digits that people say. */
  wholeVessel: boolean;
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
    asset: same(a.asset, b.asset),
    sites: words.sites,
    roads: words.roads,
    mentions: words.mentions,
    namesDiffer: a.wordCount > 0 && b.wordCount > 0 && words.sites + words.roads + words.mentions === 0,
    isPlaced: a.is('placed') && b.is('placed'),
    town: same(a.town, b.town),
    hours: Math.abs(apartMs) / hourMs,
    category: a.group === 0 || b.group === 0 ? null : a.category === b.category,
    group: same(a.group, b.group),
    topics: topics.all,
    rareTopics: topics.rare,
    mainTopic: topics.all > 0 && b.tells(a.topic(0)) && a.tells(b.topic(0)),
    topicsDiffer: a.topicCount > 0 && b.topicCount > 0 && topics.all === 0,
    person: a.refLow === 0 || b.refLow === 0 ? null : a.refLow === b.refLow && a.refHigh === b.refHigh,
    contact: (a.phone !== 0 && a.phone === b.phone) || (a.name !== 0 && a.name === b.name),
    premise: samePremise(a, b),
    subject: same(a.subject, b.subject),
    firm: same(a.firm, b.firm),
    vessel: sameVessel(a, b),
    wholeVessel: same(a.mmsi, b.mmsi) === true || same(a.vessel, b.vessel) === true,
  };
}

/** Good to a metre in a thousand over a district. */
function metresBetween(a: FeatureReader, b: FeatureReader): number {
  const north = (a.lat - b.lat) * degreeM;
  const east = (a.lon - b.lon) * degreeM * Math.cos(((a.lat + b.lat) * Math.PI) / 360);
  return Math.hypot(north, east);
}

function commonWords(a: FeatureReader, b: FeatureReader): { sites: number; roads: number; mentions: number } {
  let sites = 0;
  let roads = 0;
  let mentions = 0;
  for (let i = 0; i < a.wordCount; i++) {
    for (let j = 0; j < b.wordCount; j++) {
      const one = a.word(i);
      const other = b.word(j);
      if (nameOfCode(one) !== nameOfCode(other)) continue;
      if (isMentionCode(one) && isMentionCode(other)) mentions++;
      // A name with and without its suffix is one name.
      else if (isRoadCode(one) && isRoadCode(other)) roads++;
      else sites++;
    }
  }
  return { sites, roads, mentions };
}

function commonTopics(a: FeatureReader, b: FeatureReader): { all: number; rare: number } {
  let all = 0;
  let rare = 0;
  for (let i = 0; i < a.topicCount; i++) {
    const topic = a.topic(i);
    if (!b.tells(topic)) continue;
    all++;
    if (!commonTopicNumbers.has(topic)) rare++;
  }
  return { all, rare };
}

function samePremise(a: FeatureReader, b: FeatureReader): Same {
  const building = same(a.building, b.building);
  const unit = same(a.unit, b.unit);
  const room = same(a.room, b.room);
  if (building === false || unit === false || room === false) return false;
  return building ?? unit ?? room;
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
  while (ofA < a.hashCount && a.hash(ofA) <= limit && ofB < b.hashCount && b.hash(ofB) <= limit) {
    const difference = a.hash(ofA) - b.hash(ofB);
    if (difference === 0) common++;
    if (difference <= 0) ofA++;
    if (difference >= 0) ofB++;
  }
  if (common === 0) return { jaccard: 0, containment: 0, sample: 0 };
  while (ofA < a.hashCount && a.hash(ofA) <= limit) ofA++;
  while (ofB < b.hashCount && b.hash(ofB) <= limit) ofB++;
  return {
    jaccard: common / (ofA + ofB - common),
    containment: common / Math.min(ofA, ofB),
    sample: Math.min(ofA, ofB),
  };
}

/** A sketch that holds the whole text has no limit. */
const limitOf = (side: FeatureReader): number =>
  side.hashCount >= side.grams ? 0xffff : side.hash(side.hashCount - 1);
