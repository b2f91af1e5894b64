import type { Evidence } from './evidence.ts';
import type { FeatureReader } from './feature-reader.ts';
import { mayOverlap } from './overlap.ts';
import type { Finding } from './relations.ts';

/** domain.md §6: "equal text of ≥ 30 characters, or one text containing ≥ 0.9 of the other's 4-grams over ≥ 60". */
const equalFrom = 30;
const containedShare = 0.9;
const containedFrom = 60;
/** domain.md §6: a text so long is not written twice by chance, whoever wrote it. */
export const longText = 200;
/** A containment below this many compared 4-grams is a guess: a person looks. */
const surelyCompared = 8;
/** Edited re-posts (project default): no unrelated pair of the 7,148 messages of teddy2020c reaches it. */
const editedShare = 0.65;
const editedJaccard = 0.4;
/** So much in common, and the missing words prove nothing (project default). */
export const alikeText = 0.6;
const leastOverlap = { containment: editedShare, jaccard: editedJaccard } as const;

/** domain.md §6: "a road > 300 m"; less is what a phone is off by. */
const elsewhereM = 500;

const made = 0.95;
const suggested = 0.8;
const edited = 0.75;

/** False where `repostOf` surely finds nothing; quicker. */
export const mayBeRepost = (a: FeatureReader, b: FeatureReader, evidence: Evidence): boolean =>
  evidence.shorter >= equalFrom &&
  (evidence.shorter >= longText || !isElsewhere(evidence)) &&
  (evidence.exact || mayOverlap(a, b, leastOverlap));

/** The same text again, whole or in part, by whomever. */
export function repostOf(a: FeatureReader, b: FeatureReader, evidence: Evidence): Finding | null {
  const { exact, shorter, containment, jaccard, sample } = evidence;
  if (shorter < equalFrom || isTemplate(evidence)) return null;
  const isContained = containment >= containedShare && shorter >= containedFrom;
  if (exact || (isContained && sample >= surelyCompared)) {
    const isSure = (a.is('known') && b.is('known')) || shorter >= longText;
    return {
      relation: null,
      score: isSure ? made : suggested,
      method: exact ? 'EQUAL_TEXT' : 'CONTAINED_TEXT',
    };
  }
  const isEdited =
    shorter >= containedFrom && (containment >= editedShare || jaccard >= editedJaccard) && sample >= 4;
  return isEdited ? { relation: null, score: edited, method: 'EDITED_TEXT' } : null;
}

/**
 * The same words for another place are a form that is filled in again: a caller who tells of lamp after lamp, a call centre. Not
 * so a long text, which is written once and sent from wherever its writer is.
 */
function isTemplate(evidence: Evidence): boolean {
  const { exact, shorter, containment } = evidence;
  const isLong = shorter >= longText && (exact || containment >= containedShare);
  return !isLong && isElsewhere(evidence);
}

export function isElsewhere(evidence: Evidence): boolean {
  return (evidence.isPlaced && evidence.namesDiffer) || (isFar(evidence) && evidence.sites === 0);
}

export const isFar = ({ metres, tolerance }: Evidence): boolean =>
  metres !== null && metres - tolerance > elsewhereM;
