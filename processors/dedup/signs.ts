import type { Evidence } from './evidence.ts';

/**
 * What speaks for or against one matter told twice, each 0 to 1. `likelihood` weighs them; the weights are data
 * (tables), fitted by `node test/eval/fit.ts` on the stories that are not held out.
 */
export const signNames = [
  'near120',
  'near300',
  'near700',
  'near1500',
  'far',
  'grid',
  'asset',
  'site',
  'sites',
  'road',
  'namesDiffer',
  'placeUnknown',
  'townSame',
  'category',
  'group',
  'groupDiffers',
  'topic',
  'topicsDiffer',
  'hours2',
  'hours12',
  'days2',
  'days7',
  'person',
  'contact',
  'vessel',
  'subject',
  'text',
  'eventTown',
  'sensor',
  'premise',
] as const;

export type SignName = (typeof signNames)[number];

const is = (condition: boolean): number => (condition ? 1 : 0);

/** Writes the signs of a pair into `into`, in the order of `signNames`. */
export function readSigns(
  evidence: Evidence,
  pair: { readonly isEvent: boolean; readonly isSensor: boolean },
  into: Float64Array,
): void {
  const { metres, tolerance, sites, roads, hours } = evidence;
  const limit = metres === null ? 0 : Math.max(0, metres - tolerance / 2);
  let i = 0;
  const sign = (value: number): void => {
    into[i++] = value;
  };
  sign(is(metres !== null && metres <= 120));
  sign(is(metres !== null && metres <= 300));
  sign(is(metres !== null && limit <= 450));
  sign(is(metres !== null && limit <= 1500));
  sign(is(metres !== null && limit > 1500));
  sign(is(evidence.sameGrid));
  sign(is(evidence.sameAsset));
  sign(is(sites > 0));
  sign(is(sites > 1));
  sign(is(roads > 0));
  sign(is(evidence.namesDiffer));
  sign(is(metres === null && sites + roads === 0 && !evidence.sameGrid));
  sign(is(evidence.town === true));
  sign(is(evidence.category === true));
  sign(is(evidence.group === true));
  sign(is(evidence.group === false));
  sign(Math.min(2, evidence.topics) / 2);
  sign(is(evidence.topicsDiffer));
  sign(is(hours <= 2));
  sign(is(hours <= 12));
  sign(is(hours <= 48));
  sign(is(hours <= 168));
  sign(is(evidence.person === true));
  sign(is(evidence.contact));
  sign(is(evidence.vessel === true));
  sign(is(evidence.subject === true));
  sign(Math.max(0, evidence.containment - 0.2));
  sign(is(pair.isEvent && evidence.town === true && hours <= 12));
  sign(is(pair.isSensor && evidence.group === true));
  sign(is(evidence.building === true || evidence.room === true));
}
