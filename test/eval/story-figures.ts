import { type BCubed, bCubed, type Found, foundOf } from './figures.ts';
import { clustersOf } from './linked.ts';
import { isHeldOut } from './stories.ts';
import { isHeldOutPair, type StoryLinks, type ToldItem, trueRelation } from './story-links.ts';

export interface StoryFigures {
  readonly tellings: number;
  /**
   * Links of the stories: every telling but a matter's first, by its `relationToFirst`. Found when a made pair links it to another
   * telling of its matter. Precision over all made pairs, by the relation that the linker gave.
   */
  readonly made: Found;
  readonly madeOrSuggested: Found;
  readonly byRelation: Readonly<Record<string, Found>>;
  /** All pairs of tellings of one matter, n(n-1)/2 of each: the hardest count, as most of them are made by clusters only. */
  readonly allPairs: Found;
  readonly allPairsMadeOrSuggested: Found;
  readonly clusters: BCubed;
  /** SIBLING and RECURRENCE pairs that the linker has set APART. */
  readonly apart: { readonly there: number; readonly found: number };
  /** Pairs of tellings of matters that must not be merged (neverMergeWith, recurrenceOf), in one cluster. */
  readonly neverMergeViolations: readonly string[];
}

type Part = 'all' | 'read' | 'held out';

export function storyFigures(links: StoryLinks, part: Part): StoryFigures {
  const { told, byItem, pairs } = links;
  const isIn = (one: ToldItem): boolean =>
    part === 'all' || isHeldOut(one.matter.matter) === (part === 'held out');
  const isPairIn = (a: ToldItem, b: ToldItem): boolean =>
    part === 'all' || isHeldOutPair(a, b) === (part === 'held out');
  const linked = pairs
    .map(({ later, earlier, scored }) => ({
      a: byItem.get(later.itemId)!,
      b: byItem.get(earlier.itemId)!,
      scored,
    }))
    .filter(({ a, b }) => isPairIn(a, b));
  const made = linked.filter(({ scored }) => scored.outcome === 'MADE');
  const joined = linked.filter(({ scored }) => scored.outcome === 'MADE' || scored.outcome === 'SUGGESTED');
  const links_ = told.filter(
    (one) => isIn(one) && one.telling.n > 1 && one.telling.relationToFirst !== 'SIBLING',
  );
  const isRight = ({ a, b }: (typeof linked)[number]): boolean => {
    const relation = trueRelation(a, b);
    return relation !== null && relation !== 'SIBLING';
  };
  const attached = (found: typeof linked): ReadonlySet<ToldItem> =>
    new Set(found.filter(isRight).flatMap(({ a, b }) => [a, b]));
  const figure = (found: typeof linked): Found => {
    const there = attached(found);
    const wrong = found.filter((pair) => !isRight(pair)).length;
    const { precision } = foundOf(found.length - wrong, wrong, found.length);
    const recall = links_.filter((one) => there.has(one)).length / Math.max(1, links_.length);
    const f05 = (1.25 * precision * recall) / (0.25 * precision + recall);
    return { right: found.length - wrong, wrong, there: links_.length, precision, recall, f05 };
  };
  const relations = ['MIRROR', 'SAME_PERSON', 'SAME_MATTER', 'SENSOR_HUMAN'];
  const attachedByMade = attached(made);
  const byRelation = Object.fromEntries(
    relations.map((relation) => {
      const ofRelation = made.filter(({ scored }) => scored.relation === relation);
      const wrong = ofRelation.filter((pair) => !isRight(pair)).length;
      const there = links_.filter((one) => (one.telling.relationToFirst ?? '') === relation);
      const { precision } = foundOf(ofRelation.length - wrong, wrong, 1);
      const recall =
        there.length === 0 ? 1 : there.filter((one) => attachedByMade.has(one)).length / there.length;
      const f05 = (1.25 * precision * recall) / (0.25 * precision + recall || 1);
      return [
        relation,
        { right: ofRelation.length - wrong, wrong, there: there.length, precision, recall, f05 },
      ];
    }),
  );
  const truePairs = countTruePairs(told, isPairIn);
  const clusters = clustersOf(
    told.map(({ item }) => item),
    pairs,
  );
  const right = (found: typeof linked): number => found.filter(isRight).length;
  const siblings = told.filter((one) => isIn(one) && one.telling.relationToFirst === 'SIBLING').length;
  const setApart = linked.filter(({ scored }) => scored.outcome === 'APART');
  return {
    tellings: told.filter(isIn).length,
    made: figure(made),
    madeOrSuggested: figure(joined),
    byRelation,
    allPairs: foundOf(right(made), made.length - right(made), truePairs),
    allPairsMadeOrSuggested: foundOf(right(joined), joined.length - right(joined), truePairs),
    clusters: bCubed(
      clusters,
      (item) => truthOf(byItem.get(item.itemId)!),
      (item) => isIn(byItem.get(item.itemId)!),
    ),
    apart: {
      there: siblings,
      found: setApart.filter(({ a, b }) => trueRelation(a, b) === 'SIBLING').length,
    },
    neverMergeViolations: violations(links, clusters, isPairIn),
  };
}

/** A sibling is a case of its own: never merged, only linked. */
const truthOf = ({ matter, telling }: ToldItem): string =>
  telling.relationToFirst === 'SIBLING' ? `${matter.matter}/sibling` : matter.matter;

function countTruePairs(told: readonly ToldItem[], isPairIn: (a: ToldItem, b: ToldItem) => boolean): number {
  let count = 0;
  for (const [i, a] of told.entries()) {
    for (const b of told.slice(0, i)) {
      const relation = a.matter === b.matter ? trueRelation(a, b) : null;
      if (relation !== null && relation !== 'SIBLING' && isPairIn(a, b)) count++;
    }
  }
  return count;
}

function violations(
  { byItem }: StoryLinks,
  clusters: ReturnType<typeof clustersOf>,
  isPairIn: (a: ToldItem, b: ToldItem) => boolean,
): string[] {
  const found: string[] = [];
  for (const cluster of clusters) {
    const members = cluster.map(({ itemId }) => byItem.get(itemId)!);
    for (const [i, a] of members.entries()) {
      for (const b of members.slice(0, i)) {
        const isSibling = trueRelation(a, b) === 'SIBLING';
        const isKeptApart =
          isSibling ||
          a.matter.neverMergeWith.includes(b.matter.matter) ||
          b.matter.neverMergeWith.includes(a.matter.matter) ||
          a.matter.recurrenceOf === b.matter.matter ||
          b.matter.recurrenceOf === a.matter.matter;
        if (isKeptApart && isPairIn(a, b))
          found.push(`${a.matter.matter}/${a.telling.n} ${b.matter.matter}/${b.telling.n}`);
      }
    }
  }
  return found;
}
