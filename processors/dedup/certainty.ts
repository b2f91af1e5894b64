import type { Evidence } from './evidence.ts';
import type { FeatureReader } from './feature-reader.ts';
import { alikeText, isElsewhere, isFar } from './repost.ts';
import { allCustomersTopicNumbers, homeTopicNumbers, purchaseTopicNumbers } from './topics.ts';

/**
 * What a made link rests on, whatever the sum of the signs: one thing (a place, a person, a vessel, a device), and one problem.
 */

/** Project default: a fire, a rescue, an accident is over by then; who tells of one later may tell of another. */
const acuteHours = 24;
/** Project default: so long a place that draws crowds is open; a crowd later is another day's. */
export const openHours = 12;
/** Project default: who tells of the place of a happening as he sees it may be heard so long after another. */
export const soonHours = 12;
/** Project default: so long after the first, what is told near it of one category is the same happening. */
const happeningHours = 4;
/** Project default: a point alone is worth a suggestion so long. */
export const atOnceHours = 2;
/**
 * A name of two characters with nothing else said of the place, or a point with no name, is soon that of another trouble (project
 * default).
 */
export const namedHours = 48;

/** Metres that two points may be inexact by, together: a phone at the spot, a pin on a map (project default). */
export const exactM = 160;
/** Metres between two points, less half of what they are inexact by, that one name joins (domain.md §6: 300 m). */
const namedM = 300;
/** The same at sea, where nobody stands still. */
const seaM = 1000;

export const isPerson = ({ person, contact }: Evidence): boolean => person === true || contact;

/** Three last digits are those of two or three ships of a district: enough within a day. */
export const isOneThing = (a: FeatureReader, b: FeatureReader, evidence: Evidence): boolean =>
  (evidence.vessel === true && evidence.hours <= (evidence.wholeVessel ? namedHours : acuteHours)) ||
  isOnePersonsMatter(a, b, evidence) ||
  isOnePlace(evidence) ||
  isOneHappening(a, evidence);

/**
 * Who tells of another place tells of another matter, unless he says that it is the same: in other words, not in those of a form, and
 * from a point that may be the same.
 */
const isOnePersonsMatter = (a: FeatureReader, b: FeatureReader, evidence: Evidence): boolean =>
  isPerson(evidence) &&
  !a.is('another') &&
  !b.is('another') &&
  (!isElsewhere(evidence) || (saysAgain(a, b) && !isFar(evidence) && evidence.containment < alikeText));

const saysAgain = (a: FeatureReader, b: FeatureReader): boolean => a.is('again') || b.is('again');

/**
 * A name that both give and points near each other; two names, or one in one town, where a point is missing; two exact points,
 * where the names do not deny it. A geocoder's points alone, a grid, a road alone are no place: many there have the same trouble.
 */
export function isOnePlace(evidence: Evidence): boolean {
  const { metres, tolerance, sites, roads, asset, premise, namesDiffer, town, hours } = evidence;
  if (asset === true) return true;
  if (evidence.sidesDiffer) return false;
  const isNear = metres !== null && metres - tolerance / 2 <= namedM;
  if (metres === null) {
    if (sites === 0 && premise !== true) return roads > 0 && evidence.rareTopics > 0 && hours <= soonHours;
    return town === true || sites + roads > 1 || hours <= namedHours;
  }
  if (sites + roads > 0 || premise === true) return isNear;
  return (
    !namesDiffer &&
    hours <= namedHours &&
    evidence.category === true &&
    tolerance <= exactM &&
    metres <= tolerance
  );
}

/** Seen by many from where they stand, so that their places have other names: one category, at once, near each other. */
function isOneHappening(a: FeatureReader, evidence: Evidence): boolean {
  const { category, hours, metres, tolerance, namesDiffer } = evidence;
  if (category !== true || !a.is('event') || hours > happeningHours) return false;
  if (metres === null) return evidence.sites + evidence.roads > 0 || (a.is('sea') && evidence.town === true);
  // A fire is seen from the next street; what is cut off in two streets may be two cuts.
  if (namesDiffer && !a.is('acute')) return false;
  return metres - tolerance / 2 <= (a.is('sea') ? seaM : namedM);
}

/**
 * A place is not enough, nor is a person: both have many troubles. One problem is the same words for it, or one happening of one category within hours.
 */
export function isOneProblem(a: FeatureReader, b: FeatureReader, evidence: Evidence): boolean {
  const { topics, mainTopic, category, hours, vessel } = evidence;
  if (vessel === true && (topics > 0 || evidence.group === true)) return true;
  if ((a.is('acute') || b.is('acute')) && hours > acuteHours) return false;
  if ((a.is('day') || b.is('day')) && hours > openHours) return false;
  if (isPerson(evidence) && saysAgain(a, b) && !evidence.topicsDiffer) return true;
  if (!isPerson(evidence)) {
    // Of the leaks in an estate each has its home.
    if (homeTopicNumbers.has(a.topic(0)) && homeTopicNumbers.has(b.topic(0)) && evidence.premise !== true)
      return false;
    // Who worked has a claim of his own; who bought, too, unless it is a happening, or the shop is shut for all.
    const isHappening = a.is('acute') || b.is('acute');
    if (!isHappening && (a.is('ownRight') || b.is('ownRight'))) return false;
    if (!isHappening && (a.is('market') || b.is('market'))) return isOfAllCustomers(a, b, evidence);
  }
  return (
    mainTopic ||
    (topics > 1 && category === true) ||
    (category === true && a.is('event') && hours <= acuteHours) ||
    isOneProblemHere(a, b, evidence)
  );
}

/** Less is enough where both name the place: each tells of what he saw of it, and the first word for it is another one. */
function isOneProblemHere(a: FeatureReader, b: FeatureReader, evidence: Evidence): boolean {
  const { sites, roads, topics, rareTopics, group, category, hours } = evidence;
  const isNamed = sites > 0 || evidence.asset === true;
  if (isNamed && topics > 1 && group === true) return true;
  if (roads > 0 && rareTopics > 0 && category === true && hours <= soonHours) return true;
  const isClaim = a.is('ownRight') || b.is('ownRight');
  return isNamed && topics > 0 && hours <= happeningHours && !isClaim && (a.is('acute') || b.is('acute'));
}

function isOfAllCustomers(a: FeatureReader, b: FeatureReader, evidence: Evidence): boolean {
  for (const topic of allCustomersTopicNumbers) if (a.tells(topic) && b.tells(topic)) return true;
  if (purchaseTopicNumbers.has(a.topic(0)) && purchaseTopicNumbers.has(b.topic(0))) return false;
  return evidence.topics > 1 || (evidence.mainTopic && evidence.rareTopics > 0);
}
