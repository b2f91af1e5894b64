import { readFileSync, writeFileSync } from 'node:fs';
import { compare } from '../../processors/dedup/evidence.ts';
import { FeatureReader } from '../../processors/dedup/feature-reader.ts';
import { isWorthWeighing } from '../../processors/dedup/likelihood.ts';
import { forbiddenBy } from '../../processors/dedup/never-merge.ts';
import { identityOf } from '../../processors/dedup/relations.ts';
import { repostOf } from '../../processors/dedup/repost.ts';
import { readSigns, type SignName, signNames } from '../../processors/dedup/signs.ts';
import { candidatePairs } from './linked.ts';
import { isHeldOutPair, linkStories, trueRelation } from './story-links.ts';

/**
 * Fits the weights of `likelihood` by logistic regression on the stories that are not held out, and writes them into the
 * tables: node test/eval/fit.ts
 *
 * A matter of sixteen tellings has 120 pairs, one of two has one: pairs are weighed so that each telling counts alike.
 */
const different = 1;
const decay = 2;
/** Added to the bias: the look-alikes of the stories are far more frequent than a district's, and pull all scores down. */
const leniency = 0.9;
const rounds = 6000;
const rate = 0.5;

/** What is believed before the stories are asked; they move a weight as far as they say much about it. */
const priorBias = -6;
const priors: Readonly<Record<SignName, number>> = {
  near120: 0.5,
  near300: 1,
  near600: 1,
  near1500: 0.3,
  far: -3,
  grid: 0.5,
  asset: 2,
  site: 2,
  sites: 0.5,
  road: 1,
  mention: 0.7,
  namesDiffer: -0.5,
  placeUnknown: -0.5,
  townSame: 0.5,
  townDiffers: -2,
  category: 1,
  group: 0.5,
  groupDiffers: -0.5,
  groupSurelyDiffers: -1,
  topic: 1.5,
  mainTopic: 0.7,
  topics: 0.5,
  rareTopic: 1.5,
  topicsDiffer: -1.5,
  hours2: 0.5,
  hours12: 0.5,
  days2: 1,
  days7: 1,
  person: 1.5,
  contact: 1.5,
  personTopic: 1.5,
  personAgain: 1.5,
  vessel: 4,
  subject: 1.5,
  text: 2,
  eventTown: 1,
  eventLate: -1,
  asks: -0.5,
  sensor: 0.3,
  premise: 0.3,
  hereTopic: 1,
  hereCategory: 0.5,
  hereSoon: 0.5,
};

interface Example {
  readonly signs: Float64Array;
  readonly isSame: boolean;
  readonly weight: number;
}

async function examples(): Promise<Example[]> {
  const { told, byItem } = await linkStories();
  const later = new FeatureReader();
  const earlier = new FeatureReader();
  const pairs = await candidatePairs(told.map(({ item }) => item));
  return pairs.flatMap(([one, other]) => {
    const [a, b] = [byItem.get(one.itemId)!, byItem.get(other.itemId)!];
    const relation = trueRelation(a, b);
    if (isHeldOutPair(a, b) || relation === 'SIBLING') return [];
    later.read(one.features);
    earlier.read(other.features);
    const evidence = compare(later, earlier, one.orderKeyAt - other.orderKeyAt);
    if (identityOf(later, earlier, evidence) !== null || repostOf(later, earlier, evidence) !== null)
      return [];
    if (!isWorthWeighing(later, earlier, evidence) || forbiddenBy(later, earlier, evidence) !== null)
      return [];
    // Back again after closing: alike in all but that (RECURRENCE), so neither a lesson for one side nor for the other.
    if (a.matter.recurrenceOf === b.matter.matter) return [];
    const signs = new Float64Array(signNames.length);
    readSigns(later, earlier, evidence, signs);
    const isSame = relation !== null;
    return [{ signs, isSame, weight: isSame ? 2 / a.matter.tellings.length : different }];
  });
}

function fitted(all: readonly Example[]): { bias: number; weights: number[] } {
  const weights = signNames.map((name) => priors[name]);
  let bias = priorBias;
  const total = all.reduce((sum, { weight }) => sum + weight, 0);
  for (let round = 0; round < rounds; round++) {
    const slope = weights.map((weight, i) => decay * (weight - priors[signNames[i]!]));
    let biasSlope = 0;
    for (const { signs, isSame, weight } of all) {
      let sum = bias;
      for (let i = 0; i < weights.length; i++) sum += weights[i]! * signs[i]!;
      const error = weight * (1 / (1 + Math.exp(-sum)) - (isSame ? 1 : 0));
      biasSlope += error;
      for (let i = 0; i < weights.length; i++) slope[i]! += error * signs[i]!;
    }
    bias -= (rate * 4 * biasSlope) / total;
    for (let i = 0; i < weights.length; i++) {
      const moved = weights[i]! - (rate * 4 * slope[i]!) / total;
      // What speaks for one matter never speaks against it, and the other way about.
      weights[i] = priors[signNames[i]!] >= 0 ? Math.max(0, moved) : Math.min(0, moved);
    }
  }
  return { bias, weights };
}

const all = await examples();
const { bias, weights } = fitted(all);
const round = (value: number): number => Math.round(value * 100) / 100;
const file = new URL('../../processors/dedup/tables/2026.2.json', import.meta.url);
const tables = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
tables.bias = round(bias + leniency);
tables.weights = Object.fromEntries(signNames.map((name, i) => [name, round(weights[i]!)]));
writeFileSync(file, `${JSON.stringify(tables, null, 2)}\n`);
console.log(`${all.length} pairs, ${all.filter(({ isSame }) => isSame).length} of them one matter`);
console.log(tables.bias, tables.weights);
