import type { Facts } from '../../runtime/processor.ts';
import type { Item, WarningFact } from '../../schemas/types.ts';
import type { ThresholdName } from '../catalogue/index.ts';
import type { Count, Unit } from './counts.ts';
import type { Hit } from './lexicon.ts';
import type { ItemWords } from './words.ts';

/** All that a rule may look at. */
export interface ItemFacts {
  /** Category, impact, signals and ext as they are now; its classification is not yet decided. */
  readonly item: Item;
  readonly words: ItemWords;
  /** Numbers with a unit in title and body. */
  readonly counts: readonly Count[];
  /** From links, departments and clocks. */
  readonly facts: Facts;
  /** Those of the facts' warnings that items of this category look at. */
  readonly warnings: readonly WarningFact[];
  readonly thresholds: Readonly<Record<ThresholdName, number>>;
  /** Class of the item's category before any rule is asked. */
  readonly defaultClass: 'ORDINARY' | 'SPECIALIZED' | 'MAJOR';
}

/**
 * Why a rule fired: words in 「」, numbers as name=value. Its text in a language is made by messages.ts from this alone.
 * Empty = the rule does not fire.
 */
export type Evidence = readonly string[];

export interface RuleTest {
  /** Id in the catalogue, which gives its class, name and thresholds. */
  readonly id: string;
  /** Pure; more facts never make it stop firing. */
  readonly test: (facts: ItemFacts) => Evidence;
}

/** Most rules find nothing in most texts: that costs no allocation. */
const nothing: Evidence = [];

export const quoted = (hits: readonly Hit[]): Evidence =>
  hits.length === 0 ? nothing : [...new Set(hits.map((hit) => `「${hit.word}」`))];

/** The words of these lists that the item says. */
export function said(facts: ItemFacts, ...lists: readonly string[]): Evidence {
  let evidence = nothing;
  for (const list of lists) {
    const hits = facts.words.said(list);
    if (hits.length > 0) evidence = [...evidence, ...quoted(hits)];
  }
  return evidence;
}

/** A number given as a fact, where it reaches its limit; an unknown number (null) reaches none. */
export function reaching(name: string, value: number | null | undefined, limit: number): Evidence {
  return value !== null && value !== undefined && value >= limit ? [`${name}=${value}`] : [];
}

export const signal = (facts: ItemFacts, ...names: readonly string[]): Evidence =>
  names.filter((name) => facts.item.signals.includes(name)).map((name) => `signal=${name}`);

/** Warnings of these types, of the lowest level that counts or above. */
export function warned(
  facts: ItemFacts,
  types: readonly string[],
  from: WarningFact['level'] = 'BLUE',
): Evidence {
  const found = facts.warnings.filter(
    ({ type, level }) => types.includes(type) && levels.indexOf(level) >= levels.indexOf(from),
  );
  return found.length === 0 ? nothing : found.map(warningEvidence);
}

const levels: readonly WarningFact['level'][] = ['UNKNOWN', 'BLUE', 'YELLOW', 'ORANGE', 'RED'];

/** `warning=TYPHOON/RED/w-abcdefghij` */
export const warningEvidence = ({ type, level, warningId }: WarningFact): string =>
  `warning=${type}/${level}/${warningId}`;

/** Hits of one list that stand in a clause with a hit of the other, both quoted. */
export function saidTogether(facts: ItemFacts, list: string, other: string): Evidence {
  const { together } = facts.words.reading;
  const hits = facts.words.said(list);
  const others = hits.length === 0 ? [] : facts.words.said(other);
  if (others.length === 0) return nothing;
  const pairs = hits.flatMap((hit) => {
    const partner = others.find((candidate) => together(hit, candidate));
    return partner === undefined ? [] : [hit, partner];
  });
  return quoted(pairs);
}

/** The highest number of these units that stands in a clause with one of the hits; null when there is none. */
export function countNear(facts: ItemFacts, hits: readonly Hit[], units: readonly Unit[]): number | null {
  const { together } = facts.words.reading;
  const near = facts.counts.filter(
    (count) => units.includes(count.unit) && hits.some((hit) => together(hit, count)),
  );
  return near.length === 0 ? null : Math.max(...near.map((count) => count.value));
}

/** A number that the source sent as text; null when it is absent or none. */
export function extNumber(facts: ItemFacts, name: string): number | null {
  const text = facts.item.ext[name];
  if (text === undefined || text.trim() === '') return null;
  const value = Number(text.trim().replace(/%$/, ''));
  return Number.isFinite(value) ? value : null;
}

/** Does the record report something, as against asking, proposing, praising? Legal and court hotlines are asked for law. */
export const tellsOfHarm = ({ item }: ItemFacts): boolean =>
  !['CONSULTATION', 'SUGGESTION', 'PRAISE'].includes(item.kind) &&
  !['legal-12348', 'court-12368'].includes(item.source.system);

/**
 * A category whose default class is MAJOR counts as the rule it belongs to (domain.md §4 and §5), where the record tells of
 * harm. Not a category found by keywords: those words speak through the rules themselves, with their denials.
 */
export function byCategory(facts: ItemFacts, code: string): Evidence {
  const { category } = facts.item;
  const isGiven = category.code === code && category.method !== 'RULE';
  return isGiven && tellsOfHarm(facts) ? [`category=${code}`] : [];
}
