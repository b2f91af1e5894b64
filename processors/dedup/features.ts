import type { Linker, LinkFeatures } from '../../runtime/processor.ts';
import type { SourceRecord } from '../../schemas/types.ts';
import { hash16, hash32 } from './hash.ts';
import { keysOf } from './keys.ts';
import { encode, type Features, maxQuoted, maxTopics, maxWords } from './layout.ts';
import { firmOf, placeWords, townNamed, wordCode } from './place-words.ts';
import { premiseOf } from './premise.ts';
import { groupNumber, tables } from './tables.ts';
import { sketchOf } from './text-sketch.ts';
import { sidesOf, thingOf } from './things.ts';
import { saidIn } from './topics.ts';
import { vesselOf } from './vessels.ts';

type Draft = Parameters<Linker['features']>[0];
const minuteMs = 60_000;

/** What the index keeps of an item. A function of the draft and the time of closing alone. */
export function linkFeatures(draft: Draft, closedAt: number | null): LinkFeatures {
  const features = featuresOf(draft, closedAt);
  return { keys: keysOf(features), bytes: encode(features) };
}

const mirrors = new Set(tables.mirrorSystems);
const siblings = new Set(tables.siblingSystems);
const ownCases = new Set(tables.ownCaseSystems);
const events = new Set(tables.eventCategories);
const seas = new Set(tables.seaCategories);
const markets = new Set(tables.purchaseCategories);
const ownRights = new Set(tables.ownRightCategories);
const afars = new Set(tables.afarCategories);
const acutes = new Set(tables.acuteCategories);
const days = new Set(tables.dayCategories);
const lives = new Set(tables.lifeCategories);
const conducts = new Set(tables.conductCategories);

export function featuresOf({ record, item }: Draft, closedAt: number | null): Features {
  const { place, reporter, subject } = record;
  const { code, method, confidence } = item.category;
  const text = `${record.title}\n${record.body}`;
  const premise = premiseOf(place.premise, place.address, text);
  const isCertain = method === 'MAPPED' || method === 'MANUAL' || confidence >= certainConfidence;
  const grid = place.grids[0];
  const said = saidIn(record.title, record.body, maxTopics, { code, isCertain });
  const words = placeWords(place.address, text, maxWords, place.townCode);
  return {
    kind: record.kind,
    reporterKind: reporter.kind,
    marks: {
      centroid: place.locatedBy === 'GRID_CENTROID',
      mirrors: mirrors.has(record.system),
      siblings: siblings.has(record.system),
      ownCase: ownCases.has(record.system),
      certain: isCertain,
      known: reporter.ref !== null || reporter.name !== null || reporter.phone !== null,
      event: events.has(code),
      sea: seas.has(code),
      life: lives.has(code),
      market: markets.has(code),
      ownRight: ownRights.has(code),
      afar: afars.has(code),
      again: said.again,
      confidential: reporter.confidential,
      conduct: conducts.has(code),
      acute: acutes.has(code),
      another: said.another,
      day: days.has(code),
      placed:
        words.some(({ isMentioned }) => !isMentioned) ||
        place.lat !== null ||
        place.assetId !== null ||
        grid !== undefined,
    },
    group: groupNumber(code),
    system: hash32(record.system),
    category: hash16(code),
    town: townOf(place),
    own: numberHash(`${record.system}:${record.recordId}`),
    point: pointOf(place),
    grid: grid === undefined ? 0 : hash32(`${grid.scheme}:${grid.code}`),
    ref: reporter.ref === null ? [0, 0] : [hash32(reporter.ref), hash32(reporter.ref, refSeed)],
    phone: phoneHash(reporter.phone),
    name: nameHash(isOnDuty(reporter) ? null : reporter.name),
    premise,
    subject: subjectHash(subject),
    firm: firmOf(text),
    thing: thingOf(text),
    sides: sidesOf(place.address),
    asset: place.assetId === null ? 0 : hash32(place.assetId),
    vessel: vesselOf(text, {
      name: subject?.kind === 'VESSEL' ? subject.name : null,
      ref: subject?.kind === 'VESSEL' ? subject.ref : null,
    }),
    closedMinute: closedAt === null ? 0 : Math.floor(closedAt / minuteMs),
    quoted: record.relatedIds.slice(0, maxQuoted).map(numberHash),
    words: words.map(wordCode),
    topics: said.topics,
    text: sketchOf(record.body === '' ? record.title : record.body),
  };
}

/** A patrol files matter after matter: that two come from the same worker says nothing of them. */
const isOnDuty = ({ kind }: SourceRecord['reporter']): boolean =>
  kind === 'GRID_WORKER' || kind === 'OFFICIAL';

/** As `categoryCertainConfidence` of the catalogue. */
const certainConfidence = 0.8;
const refSeed = 0x5eed;
/** Metres: a source's own point says no accuracy; a geocoder finds the street, not the door. */
const accuracy: Readonly<Record<string, number>> = { SOURCE: 50, GEOCODED: 300, VESSEL: 500 };

/** Short names in speech (东港, 虾峙) tell the town where the source does not; two different ones tell nothing. */
function townOf(place: Draft['record']['place']): number {
  const town = place.townCode ?? townNamed(place.address ?? '');
  return town === null ? 0 : hash16(town);
}

const numberHash = (number: string): number => hash32(number);

function pointOf({ lat, lon, accuracyM, locatedBy }: Draft['record']['place']): Features['point'] {
  if (lat === null || lon === null) return null;
  return { lat, lon, accuracyM: accuracyM ?? accuracy[locatedBy] ?? 50 };
}

/** A mobile number in clear or as most sources mask it (138****8000): the digits that both forms show. */
function phoneHash(phone: string | null): number {
  const shown = /^(?:\+?86|0086|17951)?(1\d\d)[\d*]{4}(\d{4})$/.exec(phone?.replace(/[\s-]/g, '') ?? '');
  return shown === null ? 0 : hash32(`${shown[1]}${shown[2]}`);
}

/** A name that tells one: masked names (王**, 陈女士, 王某某) are those of thousands. */
const nameHash = (name: string | null): number =>
  name === null || name.length < 2 || /[*＊某]|先生|女士|匿名|同志/.test(name) ? 0 : hash16(name);

function subjectHash(subject: Draft['record']['subject']): number {
  if (subject === null || subject.kind === 'VESSEL') return 0;
  const identity = subject.ref ?? subject.name;
  return identity === null || /[*＊某]/.test(identity) ? 0 : hash32(`${subject.kind}:${identity}`);
}
