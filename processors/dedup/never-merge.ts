import { openHours } from './certainty.ts';
import type { Evidence } from './evidence.ts';
import type { FeatureReader } from './feature-reader.ts';
import { alikeText, longText } from './repost.ts';
import { buildingTopicNumbers, homeTopicNumbers, onlyHomeTopicNumber } from './topics.ts';

/**
 * The never-merge list of domain.md §6, one rule a line of it, in its order. Each looks at a pair that would else be
 * linked. Two lines are kept elsewhere: a grid's middle is no point (evidence.ts), a number used again for another
 * matter is another item (identity).
 */
export interface NeverMergeRule {
  readonly name: string;
  readonly forbids: (a: FeatureReader, b: FeatureReader, evidence: Evidence) => boolean;
}

/** domain.md §6: "a road > 300 m". */
const farM = 300;
/** Project default. */
const sameShopM = 100;
/** Project default for what is told from afar (tables: afarCategories), and for the same words at two places. */
const afarM = 1500;

const complains = ({ kind }: FeatureReader): boolean =>
  kind === 'COMPLAINT' || kind === 'REPORT' || kind === 'DISPUTE';

const isOf = (topics: ReadonlySet<number>, side: FeatureReader): boolean => {
  for (let i = 0; i < side.topicCount; i++) if (topics.has(side.topic(i))) return true;
  return false;
};

export const neverMergeRules: readonly NeverMergeRule[] = [
  {
    // Same place, other problem: rubbish and fire exit at one market.
    name: 'OTHER_PROBLEM',
    forbids: (a, b, { category, group, topics, topicsDiffer, containment, wholeVessel }) =>
      // One ship that calls for help and is lost from sight.
      !(wholeVessel && a.is('acute') && b.is('acute')) &&
      containment < alikeText &&
      topics === 0 &&
      (group === false
        ? topicsDiffer || (a.is('certain') && b.is('certain'))
        : category === false && topicsDiffer),
  },
  {
    // Other unit in one building: 3幢2单元501 leaks, 3幢1单元201 too. Of the lift of the building all its homes tell.
    name: 'OTHER_PREMISE',
    forbids: (a, b, { premise, building }) =>
      (premise === false && (isOf(homeTopicNumbers, a) || isOf(homeTopicNumbers, b))) ||
      (building === false && isOf(buildingTopicNumbers, a) && isOf(buildingTopicNumbers, b)),
  },
  {
    // Dark in one home alone, and the whole street dark the day before.
    name: 'ONLY_HOME',
    forbids: (a, b) => a.tells(onlyHomeTopicNumber) !== b.tells(onlyHomeTopicNumber),
  },
  {
    // Same shop, other purchase.
    name: 'OTHER_PURCHASE',
    forbids: (a, b, { topicsDiffer, containment, subject, sites, metres }) =>
      (a.is('market') || b.is('market')) &&
      !(a.is('acute') || b.is('acute')) &&
      topicsDiffer &&
      containment < alikeText &&
      (subject === true || sites > 0 || (metres !== null && metres <= sameShopM)),
  },
  {
    // Crowded again the next day: the first crowd has gone home.
    name: 'OTHER_DAY',
    forbids: (a, b, { hours }) => a.is('day') && b.is('day') && hours > openHours,
  },
  { name: 'OTHER_VESSEL', forbids: (_a, _b, { vessel }) => vessel === false },
  {
    // Another bus route, another car, the next lamp post.
    name: 'OTHER_THING',
    forbids: (_a, _b, { thing, containment }) => thing === false && containment < alikeText,
  },
  { name: 'OTHER_ASSET', forbids: (_a, _b, { asset }) => asset === false },
  {
    // Same category and day along a road; one caller who tells of lamp after lamp in the same few words.
    name: 'FAR_APART',
    forbids: (a, b, { metres, tolerance, sites, containment, shorter, asset }) =>
      metres !== null &&
      metres - tolerance > (a.is('afar') && b.is('afar') ? afarM : farM) &&
      !a.is('sea') &&
      !b.is('sea') &&
      asset !== true &&
      sites === 0 &&
      (containment < alikeText || shorter < longText),
  },
  {
    // Template texts of professional claimants against different firms.
    name: 'OTHER_SUBJECT',
    forbids: (_a, _b, { subject }) => subject === false,
  },
  {
    // Another agency, another employer: the texts name two firms, and the places do not say that they are one.
    name: 'OTHER_FIRM',
    forbids: (a, b, { firm, subject }) =>
      firm === false &&
      subject !== true &&
      (a.is('market') || a.is('ownRight')) &&
      (b.is('market') || b.is('ownRight')),
  },
  {
    // The same words at another place by another person are a template, or two like troubles.
    name: 'OTHER_PLACE',
    forbids: (a, b, { town, metres, tolerance, person, contact }) =>
      person !== true &&
      !contact &&
      (town === false || (metres !== null && metres - tolerance > afarM)) &&
      !a.is('sea') &&
      !b.is('sea'),
  },
  {
    // Anonymous records by text alone: who writes without a name may be one or a campaign.
    name: 'ANONYMOUS_TEXT',
    forbids: (a, b, { containment, sites, metres, sameGrid, premise, asset }) =>
      (a.reporterKind === 'ANONYMOUS' || b.reporterKind === 'ANONYMOUS') &&
      containment >= alikeText &&
      sites === 0 &&
      !sameGrid &&
      premise !== true &&
      asset !== true &&
      (metres === null || metres > farM),
  },
  {
    // A consultation with a complaint; a question about a happening that many tell belongs to it.
    name: 'CONSULTATION',
    forbids: (a, b, { person }) =>
      person !== true &&
      !a.is('event') &&
      !b.is('event') &&
      ((a.kind === 'CONSULTATION' && complains(b)) || (b.kind === 'CONSULTATION' && complains(a))),
  },
  {
    // Old men who swim in winter are no man who wants to drown: nobody makes a suggestion where lives are at stake.
    name: 'SUGGESTION',
    forbids: (a, b, { person }) =>
      person !== true &&
      (a.kind === 'SUGGESTION') !== (b.kind === 'SUGGESTION') &&
      (a.is('life') || b.is('life')),
  },
  {
    // Same phone, other matter: a call centre, an agent, a person with two troubles.
    name: 'OTHER_MATTER',
    forbids: (_a, _b, { person, contact, topicsDiffer, namesDiffer, containment }) =>
      (person === true || contact) && topicsDiffer && namesDiffer && containment < alikeText,
  },
];

/** Name of the first rule that keeps the two apart; null when none does. */
export const forbiddenBy = (a: FeatureReader, b: FeatureReader, evidence: Evidence): string | null =>
  neverMergeRules.find(({ forbids }) => forbids(a, b, evidence))?.name ?? null;
