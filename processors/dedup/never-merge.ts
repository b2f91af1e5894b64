import type { Evidence } from './evidence.ts';
import type { FeatureReader } from './layout.ts';
import { homeTopicNumbers } from './topics.ts';

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
/** Where a text says less than this, its missing words prove nothing. */
const alikeText = 0.6;

const either = (
  a: FeatureReader,
  b: FeatureReader,
  test: (one: FeatureReader, other: FeatureReader) => boolean,
): boolean => test(a, b) || test(b, a);

const isHome = (side: FeatureReader): boolean => {
  for (let i = 0; i < side.topicCount; i++) if (homeTopicNumbers.has(side.topics[i]!)) return true;
  return false;
};

export const neverMergeRules: readonly NeverMergeRule[] = [
  {
    // Same place, other problem: rubbish and fire exit at one market.
    name: 'OTHER_PROBLEM',
    forbids: (a, b, { category, group, topics, topicsDiffer, containment }) =>
      containment < alikeText &&
      topics === 0 &&
      (group === false
        ? topicsDiffer || (a.is('certain') && b.is('certain'))
        : category === false && topicsDiffer),
  },
  {
    // Other unit in one building: 3幢2单元501 leaks, 3幢1单元201 too.
    name: 'OTHER_PREMISE',
    forbids: (a, b, { building, room }) =>
      (room === false || building === false) && (isHome(a) || isHome(b)) && !a.is('event') && !b.is('event'),
  },
  {
    // Same shop, other purchase.
    name: 'OTHER_PURCHASE',
    forbids: (_a, _b, { subject, topicsDiffer, containment }) =>
      subject === true && topicsDiffer && containment < alikeText,
  },
  { name: 'OTHER_VESSEL', forbids: (_a, _b, { vessel }) => vessel === false },
  {
    // Same category and day along a road.
    name: 'FAR_APART',
    forbids: (a, b, { metres, tolerance, sites, containment, sameAsset }) =>
      metres !== null &&
      metres - tolerance > farM &&
      !a.is('sea') &&
      !b.is('sea') &&
      !sameAsset &&
      sites < 2 &&
      containment < alikeText,
  },
  {
    // Template texts of professional claimants against different firms.
    name: 'OTHER_SUBJECT',
    forbids: (_a, _b, { subject }) => subject === false,
  },
  {
    // A consultation with a complaint; questions about a happening that many tell belong to it.
    name: 'CONSULTATION',
    forbids: (a, b, { person }) =>
      either(
        a,
        b,
        (one, other) =>
          one.kind === 'CONSULTATION' &&
          other.kind !== 'CONSULTATION' &&
          !(one.is('event') || other.is('event')),
      ) && person !== true,
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
