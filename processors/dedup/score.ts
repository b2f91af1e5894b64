import type { PairScore, PairSide, ScoreParts } from '../../runtime/processor.ts';
import { type Evidence, PairEvidence } from './evidence.ts';
import { FeatureReader } from './feature-reader.ts';
import { isWorthWeighing, likelihoodOf } from './likelihood.ts';
import { forbiddenBy } from './never-merge.ts';
import { type Finding, identityOf, relationOf } from './relations.ts';
import { mayBeRepost, repostOf } from './repost.ts';

/** domain.md §6: auto-link from 0.90 on, a person decides from 0.70 on. */
export const madeFrom = 0.9;
export const suggestedFrom = 0.7;

/** Two sides at a time, in one thread: no object a pair for reading them. */
const laterReader = new FeatureReader();
const earlierReader = new FeatureReader();
const pairEvidence = new PairEvidence();

/** The judgement of a pair; null where the two have nothing to do with each other. Pure: nothing is kept between calls. */
export function score(later: PairSide, earlier: PairSide): PairScore | null {
  if (!laterReader.read(later.features) || !earlierReader.read(earlier.features)) return null;
  // A report on an official is joined to nothing, and nobody is shown who else reported him.
  if (laterReader.is('conduct') || earlierReader.is('conduct')) return null;
  return judge(laterReader, earlierReader, later.orderKeyAt, earlier.orderKeyAt);
}

function judge(
  later: FeatureReader,
  earlier: FeatureReader,
  laterAt: number,
  earlierAt: number,
): PairScore | null {
  const evidence = pairEvidence.of(later, earlier, laterAt - earlierAt);
  const identity = identityOf(later, earlier, evidence);
  // Most candidates end here, with a few bytes of each read.
  if (
    identity === null &&
    !isWorthWeighing(later, earlier, evidence) &&
    !mayBeRepost(later, earlier, evidence)
  )
    return null;
  const found = identity ?? surer(repostOf(later, earlier, evidence), likelihoodOf(later, earlier, evidence));
  if (found === null || found.score < suggestedFrom) return null;
  const parts = partsOf(evidence);
  const relation = found.relation ?? relationOf(later, earlier, evidence);
  if (isApart(relation))
    return { outcome: 'APART', relation, score: found.score, parts, method: found.method };
  const rule = identity === null ? forbiddenBy(later, earlier, evidence) : null;
  if (rule !== null) return { outcome: 'FORBIDDEN', relation, score: found.score, parts, method: rule };
  const closedAt = earlier.closedMinute * 60_000;
  // Solved and back again: a new item. A mirror of an order that was closed meanwhile is still its mirror.
  if (closedAt !== 0 && closedAt < laterAt && relation !== 'MIRROR')
    return { outcome: 'APART', relation: 'RECURRENCE', score: found.score, parts, method: found.method };
  const isSecret = later.is('confidential') || earlier.is('confidential');
  const outcome = found.score >= madeFrom && !isSecret ? 'MADE' : 'SUGGESTED';
  return { outcome, relation, score: found.score, parts, method: found.method };
}

/** Of two findings the one that says more; of equals the plainer one, which is the text. */
const surer = (text: Finding | null, other: Finding | null): Finding | null =>
  text === null || (other !== null && other.score > text.score) ? other : text;

const isApart = (relation: string): boolean => relation === 'SIBLING' || relation === 'RELATED';

const round = (value: number): number => Math.round(value * 1000) / 1000;
const share = (known: boolean | null): number | null => (known === null ? null : known ? 1 : 0);

/** What `why` shows: alike in text, near in place and time, of one category, reporter and premise. */
function partsOf(evidence: Evidence): ScoreParts {
  const { metres, tolerance, sites, roads, namesDiffer, category, group } = evidence;
  const named = Math.min(1, sites * 0.6 + roads * 0.3);
  const near = metres === null ? null : Math.max(0, 1 - Math.max(0, metres - tolerance / 2) / 1000);
  const isPlaceKnown = near !== null || named > 0 || namesDiffer;
  return {
    text: round(Math.max(evidence.jaccard, evidence.containment)),
    place: isPlaceKnown ? round(Math.max(near ?? 0, named)) : null,
    time: round(1 / (1 + evidence.hours / 48)),
    category: category === null ? null : category ? 1 : group === true ? 0.5 : 0,
    reporter: evidence.contact ? 1 : share(evidence.person),
    premise: share(evidence.premise),
  };
}
