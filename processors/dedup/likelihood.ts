import type { Evidence } from './evidence.ts';
import type { FeatureReader } from './layout.ts';
import type { Finding } from './relations.ts';
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
const exactM = 160;

const weights = Float64Array.from(signNames, (name) => tables.weights[name] ?? 0);
const signs = new Float64Array(signNames.length);

/** How likely the two tell one matter in other words: the logistic sum of the weights of what they have in common. */
export function likelihoodOf(a: FeatureReader, b: FeatureReader, evidence: Evidence): Finding | null {
  if (!isWorthWeighing(evidence)) return null;
  readSigns(a, b, evidence, signs);
  let sum = tables.bias;
  for (let i = 0; i < weights.length; i++) sum += weights[i]! * signs[i]!;
  const score = Math.round(1000 / (1 + Math.exp(-sum))) / 1000;
  if (!evidence.isPlaced && !isPerson(evidence) && evidence.vessel !== true)
    return { relation: null, score: score * placelessShare, method: 'LIKELIHOOD' };
  const isSure = evidence.vessel === true || (isOnePlace(evidence) && isOneProblem(a, b, evidence));
  return { relation: null, score: isSure ? score : score * unsureShare, method: 'LIKELIHOOD' };
}

/** Where both name places and none is the other's, two inexact points near each other do not make them one, unless
 * the problem is a rare one. */
const isOnePlace = (evidence: Evidence): boolean =>
  !evidence.namesDiffer ||
  evidence.rareTopics > 0 ||
  isPerson(evidence) ||
  (evidence.metres !== null && evidence.tolerance <= exactM);

/**
 * A place is not enough, nor is a person: both have many troubles. One problem is the same words for it, or one happening of one category within hours.
 */
function isOneProblem(a: FeatureReader, b: FeatureReader, evidence: Evidence): boolean {
  const { topics, mainTopic, category, hours, subject, firm } = evidence;
  if ((a.is('life') || b.is('life')) && hours > acuteHours) return false;
  if (isPerson(evidence) && (a.is('again') || b.is('again')) && !evidence.topicsDiffer) return true;
  if (subject !== true && firm !== true && !isPerson(evidence)) {
    // Who worked or travelled has a claim of his own; who bought, too, unless more of the matter is the same.
    if (a.is('ownRight') || b.is('ownRight')) return false;
    if (a.is('market') || b.is('market')) return topics > 1 || (mainTopic && evidence.rareTopics > 0);
  }
  return mainTopic || topics > 1 || (category === true && a.is('event') && hours <= acuteHours);
}

const isPerson = ({ person, contact }: Evidence): boolean => person === true || contact;

/** Without a person, a vessel, a place or a problem in common there is nothing to weigh. */
export function isWorthWeighing(evidence: Evidence): boolean {
  const { metres, town, vessel, person } = evidence;
  const isNear = metres !== null && metres - evidence.tolerance <= farM;
  if (town === false && !isNear) return vessel === true || person === true;
  return (
    isNear ||
    evidence.topics > 0 ||
    evidence.category === true ||
    evidence.sites + evidence.roads + evidence.mentions > 0 ||
    evidence.sameGrid ||
    evidence.contact ||
    person === true ||
    vessel === true ||
    evidence.subject === true ||
    evidence.asset === true
  );
}
