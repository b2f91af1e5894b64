import type { FeatureReader } from './feature-reader.ts';
import { overlap } from './overlap.ts';
import { isMentionCode, isOneKind, isRoadCode, nameOfCode } from './place-words.ts';
import { sameThing } from './things.ts';
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
  /** Common names of places of one kind, and of roads or of places of two kinds along one. */
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
  building: Same;
  /** One bus route, number plate, lamp post; false where both name one of a sort and they differ. */
  thing: Same;
  /** One is said to be at the east gate, the other at the west one. */
  sidesDiffer: boolean;
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
/** Metres in a millionth of a degree; half of it in radians. */
const microM = 0.111_195;
const halfMicro = Math.PI / 360e6;

export const compare = (a: FeatureReader, b: FeatureReader, apartMs: number): Evidence =>
  new PairEvidence().of(a, b, apartMs);

const unknown = -1;
/** No whole number, so that metres are never boxed. */
const unmeasured = -0.5;

/** Of the side at hand: each of its words is compared with all of the other's. Their number has four bits. */
const words = new Int32Array(16);

/** Found when it is asked for: of most pairs little is. One object serves many pairs, and shows one until the next `of`. */
export class PairEvidence implements Evidence {
  #a!: FeatureReader;
  #b!: FeatureReader;
  #hours = 0;
  #sites = unknown;
  #roads = 0;
  #mentions = 0;
  #topics = unknown;
  #rareTopics = 0;
  #sample = unknown;
  #jaccard = 0;
  #containment = 0;
  #metres = unmeasured;

  of(a: FeatureReader, b: FeatureReader, apartMs: number): this {
    this.#a = a;
    this.#b = b;
    this.#hours = Math.abs(apartMs) / hourMs;
    this.#sites = unknown;
    this.#topics = unknown;
    this.#sample = unknown;
    this.#metres = unmeasured;
    return this;
  }

  get exact(): boolean {
    return this.#a.exact !== 0 && this.#a.exact === this.#b.exact && this.#a.length === this.#b.length;
  }
  get shorter(): number {
    return Math.min(this.#a.length, this.#b.length);
  }
  get jaccard(): number {
    this.#readText();
    return this.exact ? 1 : this.#jaccard;
  }
  get containment(): number {
    this.#readText();
    return this.exact ? 1 : this.#containment;
  }
  get sample(): number {
    this.#readText();
    return this.#sample;
  }

  get metres(): number | null {
    if (!isComparable(this.#a, this.#b)) return null;
    if (this.#metres < 0) this.#metres = metresBetween(this.#a, this.#b);
    return this.#metres;
  }
  get tolerance(): number {
    return isComparable(this.#a, this.#b) ? this.#a.accuracyM + this.#b.accuracyM : 0;
  }
  get sameGrid(): boolean {
    return this.#a.grid !== 0 && this.#a.grid === this.#b.grid;
  }
  get asset(): Same {
    return same(this.#a.asset, this.#b.asset);
  }
  get sites(): number {
    this.#readWords();
    return this.#sites;
  }
  get roads(): number {
    this.#readWords();
    return this.#roads;
  }
  get mentions(): number {
    this.#readWords();
    return this.#mentions;
  }
  get namesDiffer(): boolean {
    this.#readWords();
    const common = this.#sites + this.#roads + this.#mentions;
    return this.#a.wordCount > 0 && this.#b.wordCount > 0 && common === 0;
  }
  get isPlaced(): boolean {
    return this.#a.is('placed') && this.#b.is('placed');
  }
  get town(): Same {
    return same(this.#a.town, this.#b.town);
  }

  get hours(): number {
    return this.#hours;
  }
  get category(): Same {
    return this.#a.group === 0 || this.#b.group === 0 ? null : this.#a.category === this.#b.category;
  }
  get group(): Same {
    return same(this.#a.group, this.#b.group);
  }
  get topics(): number {
    this.#readTopics();
    return this.#topics;
  }
  get rareTopics(): number {
    this.#readTopics();
    return this.#rareTopics;
  }
  get mainTopic(): boolean {
    return this.topics > 0 && this.#b.tells(this.#a.topic(0)) && this.#a.tells(this.#b.topic(0));
  }
  get topicsDiffer(): boolean {
    return this.#a.topicCount > 0 && this.#b.topicCount > 0 && this.topics === 0;
  }

  get person(): Same {
    const a = this.#a;
    const b = this.#b;
    return a.refLow === 0 || b.refLow === 0 ? null : a.refLow === b.refLow && a.refHigh === b.refHigh;
  }
  get contact(): boolean {
    const a = this.#a;
    const b = this.#b;
    return (a.phone !== 0 && a.phone === b.phone) || (a.name !== 0 && a.name === b.name);
  }
  get premise(): Same {
    return samePremise(this.#a, this.#b);
  }
  get building(): Same {
    return same(this.#a.building, this.#b.building);
  }
  get thing(): Same {
    return sameThing(this.#a.thing, this.#b.thing);
  }
  get sidesDiffer(): boolean {
    return this.#a.sides !== 0 && this.#b.sides !== 0 && (this.#a.sides & this.#b.sides) === 0;
  }
  get subject(): Same {
    return same(this.#a.subject, this.#b.subject);
  }
  get firm(): Same {
    return same(this.#a.firm, this.#b.firm);
  }
  get vessel(): Same {
    return this.#a.hasVessel && this.#b.hasVessel ? sameVessel(this.#a, this.#b) : null;
  }
  get wholeVessel(): boolean {
    return same(this.#a.mmsi, this.#b.mmsi) === true || same(this.#a.vessel, this.#b.vessel) === true;
  }

  #readWords(): void {
    if (this.#sites !== unknown) return;
    const a = this.#a;
    const b = this.#b;
    this.#sites = 0;
    this.#roads = 0;
    this.#mentions = 0;
    const others = b.wordCount;
    for (let j = 0; j < others; j++) words[j] = b.word(j);
    for (let i = 0; i < a.wordCount; i++) {
      const one = a.word(i);
      const name = nameOfCode(one);
      for (let j = 0; j < others; j++) {
        const other = words[j]!;
        if (name !== nameOfCode(other)) continue;
        if (isMentionCode(one) && isMentionCode(other)) this.#mentions++;
        // An estate and a market of one name lie along one road; a name with and without its suffix is one.
        else if ((isRoadCode(one) && isRoadCode(other)) || !isOneKind(one, other)) this.#roads++;
        else this.#sites++;
      }
    }
  }

  #readTopics(): void {
    if (this.#topics !== unknown) return;
    this.#topics = 0;
    this.#rareTopics = 0;
    for (let i = 0; i < this.#a.topicCount; i++) {
      const topic = this.#a.topic(i);
      if (!this.#b.tells(topic)) continue;
      this.#topics++;
      if (!commonTopicNumbers.has(topic)) this.#rareTopics++;
    }
  }

  #readText(): void {
    if (this.#sample !== unknown) return;
    const { jaccard, containment, sample } = overlap(this.#a, this.#b);
    this.#sample = sample;
    this.#jaccard = jaccard;
    this.#containment = containment;
  }
}

const isComparable = (a: FeatureReader, b: FeatureReader): boolean =>
  a.hasPoint && b.hasPoint && !a.is('centroid') && !b.is('centroid');

/** Near enough up to 60 degrees, and cheaper than Math.cos. */
const cosine = (angle: number): number => {
  const square = angle * angle;
  return 1 - square / 2 + (square * square) / 24 - (square * square * square) / 720;
};

/** Good to a metre in a thousand over a district. */
function metresBetween(a: FeatureReader, b: FeatureReader): number {
  const north = (a.latMicro - b.latMicro) * microM;
  const east = (a.lonMicro - b.lonMicro) * microM * cosine((a.latMicro + b.latMicro) * halfMicro);
  return Math.sqrt(north * north + east * east);
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
