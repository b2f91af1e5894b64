import { atOnceHours, exactM, isOneProblem, isOneThing, isPerson, soonHours } from './certainty.ts';
import type { Evidence } from './evidence.ts';
import type { FeatureReader } from './feature-reader.ts';
import type { Finding } from './relations.ts';
import { readSigns, signNames } from './signs.ts';
import { tables } from './tables.ts';

/** Project default: with all else in common, a suggestion. */
const unsureShare = 0.89;
/** Project default: nobody says where, so nearly all else must speak for a suggestion. */
const placelessShare = 0.75;
/** Metres. */
const farM = 1500;
const weights = Float64Array.from(signNames, (name) => tables.weights[name] ?? 0);
const signs = new Float64Array(signNames.length);

/**
 * How likely the two tell one matter in other words: the logistic sum of the weights of what they have in common. A link is made
 * only where two independent signs stand behind the sum: one place (or person, or vessel), and one problem.
 */
export function likelihoodOf(a: FeatureReader, b: FeatureReader, evidence: Evidence): Finding | null {
  if (!isWorthWeighing(a, b, evidence)) return null;
  readSigns(a, b, evidence, signs);
  let sum = tables.bias;
  for (let i = 0; i < weights.length; i++) sum += weights[i]! * signs[i]!;
  const score = Math.round(1000 / (1 + Math.exp(-sum))) / 1000;
  if (!evidence.isPlaced && !isPerson(evidence) && evidence.vessel !== true)
    return { relation: null, score: score * placelessShare, method: 'LIKELIHOOD' };
  const isSure = isOneThing(a, b, evidence) && isOneProblem(a, b, evidence);
  return { relation: null, score: isSure ? score : score * unsureShare, method: 'LIKELIHOOD' };
}

/**
 * Is there anything to weigh? A person, a vessel, a firm or a device in common; or a problem, told of places that may be one.
 * At 2,000 items a day each has hundreds of others of its problem in its town within days: those are not even suggested.
 */
export function isWorthWeighing(a: FeatureReader, b: FeatureReader, evidence: Evidence): boolean {
  const { vessel, person, town, metres, tolerance } = evidence;
  if (vessel === true || person === true) return true;
  const isNear = metres !== null && metres - tolerance <= farM;
  const isFar = metres !== null && !isNear && !(a.is('sea') && b.is('sea'));
  if (isFar || (town === false && !isNear)) return false;
  if (evidence.contact || evidence.subject === true || evidence.asset === true) return true;
  return mayBeOnePlace(a, b, evidence) && isLike(evidence);
}

const isLike = (evidence: Evidence): boolean =>
  evidence.category === true || evidence.group === true || evidence.topics > 0;

function mayBeOnePlace(a: FeatureReader, b: FeatureReader, evidence: Evidence): boolean {
  const { metres, tolerance, sites, roads, mentions, namesDiffer, town, hours, rareTopics } = evidence;
  const isNear = metres !== null && metres - tolerance / 2 <= nearM;
  if (sites > 0) return true;
  if (roads + mentions > 0 || evidence.premise === true) return metres === null || isNear;
  if (metres !== null && tolerance <= exactM && metres <= tolerance)
    return hours <= (namesDiffer ? soonHours : againHours);
  // All who are in the dark, or see the fire, tell of it at once and from where they stand.
  if (a.is('event') && b.is('event') && hours <= soonHours)
    return isNear || (metres === null && town === true);
  if (namesDiffer || !(evidence.mainTopic || evidence.category === true)) return false;
  if (rareTopics > 0 && hours <= soonHours) return isNear || (metres === null && town === true);
  return isNear && hours <= atOnceHours;
}
/** Project default: a week, in which a trouble of the street is told again. */
const againHours = 170;
/** Metres between two points, less half of what they are inexact by, at which a suggestion may be one (project default). */
const nearM = 300;
