import type { Evidence } from './evidence.ts';
import type { FeatureReader } from './feature-reader.ts';

/** What a kind of evidence makes of a pair; a null relation is found by `relationOf`. */
export interface Finding {
  readonly relation: string | null;
  readonly score: number;
  readonly method: string;
}

/**
 * Links that a record number gives (domain.md §6): the order of another system in a mirroring one is its MIRROR, the other
 * half of a filing its SIBLING, any other quoted number the same person's.
 */
export function identityOf(later: FeatureReader, earlier: FeatureReader, evidence: Evidence): Finding | null {
  const quoting = quotes(later, earlier) ? later : quotes(earlier, later) ? earlier : null;
  if (quoting === null) return null;
  if (later.system === earlier.system && later.is('siblings')) return sibling;
  if (later.system !== earlier.system && quoting.is('mirrors')) return mirror;
  return evidence.vessel === false || evidence.subject === false ? null : quoted;
}

const mirror: Finding = { relation: 'MIRROR', score: 1, method: 'QUOTED_NUMBER' };
const sibling: Finding = { relation: 'SIBLING', score: 1, method: 'QUOTED_NUMBER' };
const quoted: Finding = { relation: 'SAME_PERSON', score: 0.98, method: 'QUOTED_NUMBER' };

function quotes(one: FeatureReader, other: FeatureReader): boolean {
  for (let i = 0; i < one.quoteds; i++) if (one.quoted(i) === other.own) return true;
  return false;
}

/** What two records of one matter are to each other. */
export function relationOf(a: FeatureReader, b: FeatureReader, evidence: Evidence): string {
  const { person, contact, subject, vessel } = evidence;
  if (a.system === b.system && a.is('siblings') && contact && a.kind !== b.kind) return 'SIBLING';
  if (person === true || contact) return 'SAME_PERSON';
  if (a.is('ownCase') && b.is('ownCase') && subject !== false && vessel !== true) return 'RELATED';
  if (isSensor(a) !== isSensor(b)) return 'SENSOR_HUMAN';
  return 'SAME_MATTER';
}

export const isSensor = (side: FeatureReader): boolean =>
  side.reporterKind === 'SENSOR' || side.reporterKind === 'VESSEL' || side.kind === 'ALERT';
