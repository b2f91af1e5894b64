import type { Evidence } from './evidence.ts';
import type { FeatureReader } from './layout.ts';
import type { Finding } from './relations.ts';
import { isSensor } from './relations.ts';
import { readSigns, signNames } from './signs.ts';
import { tables } from './tables.ts';

const weights = Float64Array.from(signNames, (name) => tables.weights[name] ?? 0);
const signs = new Float64Array(signNames.length);

/** How likely the two tell one matter in other words: the logistic sum of the weights of what they have in common. */
export function likelihoodOf(a: FeatureReader, b: FeatureReader, evidence: Evidence): Finding | null {
  if (!isWorthWeighing(evidence)) return null;
  readSigns(
    evidence,
    { isEvent: a.is('event') && b.is('event'), isSensor: isSensor(a) !== isSensor(b) },
    signs,
  );
  let sum = tables.bias;
  for (let i = 0; i < weights.length; i++) sum += weights[i]! * signs[i]!;
  return { relation: null, score: Math.round(1000 / (1 + Math.exp(-sum))) / 1000, method: 'LIKELIHOOD' };
}

/** Without a person, a vessel, a place or a text in common there is nothing to weigh. */
export function isWorthWeighing({ town, metres, tolerance, ...evidence }: Evidence): boolean {
  if (town === false) return evidence.vessel === true || evidence.person === true;
  return (
    evidence.person === true ||
    evidence.contact ||
    evidence.vessel === true ||
    evidence.subject === true ||
    evidence.sameGrid ||
    evidence.sameAsset ||
    evidence.sites + evidence.roads > 0 ||
    evidence.category === true ||
    (metres !== null && metres - tolerance <= 1500)
  );
}
