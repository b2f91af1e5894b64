import type { Evidence } from './evidence.ts';
import type { FeatureReader } from './feature-reader.ts';
import { isSensor } from './relations.ts';

/**
 * What speaks for or against one matter told twice, each 0 to 1. `likelihood` weighs them; the weights are data
 * (tables), fitted by `node test/eval/fit.ts` on the stories that are not held out.
 */
export const signNames = [
  'near120',
  'near300',
  'near600',
  'near1500',
  'far',
  'grid',
  'asset',
  'site',
  'sites',
  'road',
  'mention',
  'namesDiffer',
  'placeUnknown',
  'townSame',
  'townDiffers',
  'category',
  'group',
  'groupDiffers',
  'groupSurelyDiffers',
  'topic',
  'mainTopic',
  'topics',
  'rareTopic',
  'topicsDiffer',
  'hours2',
  'hours12',
  'days2',
  'days7',
  'person',
  'contact',
  'personTopic',
  'personAgain',
  'vessel',
  'subject',
  'text',
  'eventTown',
  'eventLate',
  'asks',
  'sensor',
  'premise',
  'hereTopic',
  'hereCategory',
  'hereSoon',
] as const;

export type SignName = (typeof signNames)[number];

const is = (condition: boolean): number => (condition ? 1 : 0);

const asks = ({ kind }: FeatureReader): boolean =>
  kind === 'CONSULTATION' || kind === 'SUGGESTION' || kind === 'PRAISE';

/** Writes the signs of a pair into `into`, in the order of `signNames`. */
export function readSigns(a: FeatureReader, b: FeatureReader, evidence: Evidence, into: Float64Array): void {
  const { metres, tolerance, sites, roads, hours, topics, town, group } = evidence;
  const isEvent = a.is('event') && b.is('event');
  const isPerson = evidence.person === true || evidence.contact;
  // Two inexact points may be as far apart as both are inexact; on average they are half of it.
  const least = metres === null ? 0 : Math.max(0, metres - tolerance / 2);
  const isHere = sites > 0 || evidence.sameGrid || (metres !== null && least <= 200);
  let i = 0;
  const sign = (value: number): void => {
    into[i++] = value;
  };
  sign(is(metres !== null && metres <= 120));
  sign(is(metres !== null && metres <= 300));
  sign(is(metres !== null && least <= 300));
  sign(is(metres !== null && least <= 1500));
  sign(is(metres !== null && least > 1500));
  sign(is(evidence.sameGrid));
  sign(is(evidence.asset === true));
  sign(is(sites > 0));
  sign(is(sites > 1));
  sign(is(roads > 0));
  sign(is(evidence.mentions > 0));
  sign(is(evidence.namesDiffer));
  sign(is(metres === null && sites + roads + evidence.mentions === 0 && !evidence.sameGrid));
  sign(is(town === true));
  sign(is(town === false));
  sign(is(evidence.category === true));
  sign(is(group === true));
  sign(is(group === false));
  sign(is(group === false && a.is('certain') && b.is('certain')));
  sign(is(topics > 0));
  sign(is(evidence.mainTopic));
  sign(is(topics > 1));
  sign(is(evidence.rareTopics > 0));
  sign(is(evidence.topicsDiffer));
  sign(is(hours <= 2));
  sign(is(hours <= 12));
  sign(is(hours <= 50));
  sign(is(hours <= 170));
  sign(is(evidence.person === true));
  sign(is(evidence.contact));
  sign(is(isPerson && topics > 0));
  sign(is(isPerson && (a.is('again') || b.is('again'))));
  sign(is(evidence.vessel === true));
  sign(is(evidence.subject === true));
  sign(Math.max(0, evidence.containment - 0.2));
  sign(is(isEvent && town === true && hours <= 12));
  sign(is(isEvent && hours > 36));
  sign(is(asks(a) !== asks(b)));
  sign(is(isSensor(a) !== isSensor(b) && group === true));
  sign(is(evidence.premise === true));
  sign(is(isHere && topics > 0));
  sign(is(isHere && evidence.category === true));
  sign(is(isHere && hours <= 12));
}
