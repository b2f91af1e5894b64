import type { Evidence } from './evidence.ts';
import type { FeatureReader } from './feature-reader.ts';
import type { Finding } from './relations.ts';
import { isTemplate } from './repost.ts';
import { readSigns, signNames } from './signs.ts';
import { tables } from './tables.ts';

/** Project default: with all else in common, a suggestion. */
const unsureShare = 0.89;
/** Project default: nobody says where, so nearly all else must speak for a suggestion. */
const placelessShare = 0.75;
/** Project default: a fire, a rescue, an accident is over by then; who tells of one later may tell of another. */
const acuteHours = 24;

/** Metres. */
const farM = 1500;
/** Metres that two points may be inexact by, together: a phone at the spot, a pin on a map (project default). */
export const exactM = 160;
/** Metres between two exact points of one place (project default). */
const hereM = 120;
/** Metres between two points, less half of what they are inexact by, that one name joins (domain.md §6: 300 m). */
const namedM = 300;

/**
 * A name of two characters with nothing else said of the place, or a point with no name, is soon that of another trouble (project
 * default).
 */
const namedHours = 48;

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
  const isSure = isOneThing(evidence) && isOneProblem(a, b, evidence);
  return { relation: null, score: isSure ? score : score * unsureShare, method: 'LIKELIHOOD' };
}

/** Three last digits are those of two or three ships of a district: enough within a day. */
const isOneThing = (evidence: Evidence): boolean =>
  evidence.wholeVessel ||
  (evidence.vessel === true && evidence.hours <= acuteHours) ||
  (isPerson(evidence) && !isTemplate(evidence)) ||
  isOnePlace(evidence);

/**
 * A name that both give and points near each other; two names, or one in one town, where a point is missing; two exact points,
 * where the names do not deny it. A geocoder's points alone, a grid, a road alone are no place: many there have the same trouble.
 */
export function isOnePlace(evidence: Evidence): boolean {
  const { metres, tolerance, sites, roads, mentions, asset, premise, namesDiffer, town, hours } = evidence;
  if (asset === true) return true;
  const isNear = metres !== null && metres - tolerance / 2 <= namedM;
  if (metres === null)
    return (sites > 0 || premise === true) && (town === true || sites + roads > 1 || hours <= namedHours);
  if (sites + roads + mentions > 0 || premise === true) return isNear;
  return (
    !namesDiffer &&
    hours <= namedHours &&
    evidence.category === true &&
    tolerance <= exactM &&
    metres <= hereM
  );
}

/**
 * A place is not enough, nor is a person: both have many troubles. One problem is the same words for it, or one happening of one category within hours.
 */
function isOneProblem(a: FeatureReader, b: FeatureReader, evidence: Evidence): boolean {
  const { topics, mainTopic, category, hours, subject, firm, vessel } = evidence;
  if (vessel === true && (topics > 0 || evidence.group === true)) return true;
  if ((a.is('life') || b.is('life')) && hours > acuteHours) return false;
  if (isPerson(evidence) && (a.is('again') || b.is('again')) && !evidence.topicsDiffer) return true;
  if (subject !== true && firm !== true && !isPerson(evidence)) {
    // Who worked or travelled has a claim of his own; who bought, too, unless more of the matter is the same.
    if (a.is('ownRight') || b.is('ownRight')) return false;
    if (a.is('market') || b.is('market')) return topics > 1 || (mainTopic && evidence.rareTopics > 0);
  }
  return (
    mainTopic ||
    (topics > 1 && category === true) ||
    (category === true && a.is('event') && hours <= acuteHours)
  );
}

export const isPerson = ({ person, contact }: Evidence): boolean => person === true || contact;

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
  if (metres !== null && tolerance <= exactM && metres <= hereM) return true;
  // All who are in the dark, or see the fire, tell of it at once and from where they stand.
  if (a.is('event') && b.is('event') && hours <= soonHours)
    return isNear || (metres === null && town === true);
  if (namesDiffer || !(evidence.mainTopic || evidence.category === true)) return false;
  if (rareTopics > 0 && hours <= namedHours) return isNear || (metres === null && town === true);
  return isNear && hours <= soonHours;
}
/** Metres between two points, less half of what they are inexact by, at which a suggestion may be one (project default). */
const nearM = 300;
/** Project default. */
const soonHours = 12;
