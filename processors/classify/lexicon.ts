import type { Condition, Keywords } from '../catalogue/index.ts';
import { compilePhrases } from '../text/phrases.ts';
import { UnitSet } from '../text/unit-set.ts';

/** A word that counts: in the text, not overlapped by a phrase that takes its meaning away, not denied. `end` is exclusive. */
export interface Hit extends Span {
  readonly word: string;
}

/** The words of a text that fired, by the name of their list. */
export interface Reading {
  readonly text: string;
  /** Hits by rising position; empty for a list that did not fire. Throws RangeError for a list that there is not. */
  hits(list: string): readonly Hit[];
  /** Do two stretches, in whatever order, stand in one clause, without punctuation between them? */
  together(one: Span, other: Span): boolean;
}

export type Lexicon = (text: string) => Reading;

const none: readonly Hit[] = [];
/** What ends a clause. */
const stops = new UnitSet([',.。;!?\n>']);

/** A stretch of a text; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** Is there no stop between two places of a text, in whatever order? */
function isOneClause(text: string, one: number, other: number): boolean {
  const end = Math.max(one, other);
  for (let at = Math.min(one, other); at < end; at++) if (stops.has(text.charCodeAt(at))) return false;
  return true;
}

type Use =
  | { readonly as: 'word' | 'cover' | 'none'; readonly list: number }
  | { readonly as: 'with'; readonly list: number; readonly group: number }
  | { readonly as: 'negator'; readonly gap: number };

/**
 * Compiles named word lists once; the returned function reads a text in one pass over it and one over what was found.
 * A list fires when a word of `any` counts, every group of `with` is in the text, no word of `none` is and no list of `unless` fires.
 */
export function compileLexicon(
  lists: Readonly<Record<string, Condition>>,
  negators: Keywords['negators'],
): Lexicon {
  const names = Object.keys(lists);
  const conditions = names.map((name) => lists[name]!);
  const numbers = new Map(names.map((name, number) => [name, number]));
  const unless = conditions.map((condition) => condition.unless.map((name) => numbers.get(name)!));

  const uses = new Map<string, Use[]>();
  const use = (phrase: string, as: Use): void => void uses.set(phrase, [...(uses.get(phrase) ?? []), as]);
  conditions.forEach((condition, list) => {
    for (const phrase of condition.any) use(phrase, { as: 'word', list });
    for (const phrase of condition.not) use(phrase, { as: 'cover', list });
    for (const phrase of condition.none) use(phrase, { as: 'none', list });
    condition.with.forEach((words, group) => {
      for (const phrase of words) use(phrase, { as: 'with', list, group });
    });
  });
  for (const { any, gap } of negators) for (const phrase of any) use(phrase, { as: 'negator', gap });

  const phrases = [...uses.keys()];
  const usesOf = phrases.map((phrase) => uses.get(phrase)!);
  const finder = compilePhrases(phrases);
  /** Of the text at hand, by list: which of its groups were found, and whether a word of `none` was. */
  const groups = new Int32Array(names.length);
  const barred = new Uint8Array(names.length);

  return (text) => {
    groups.fill(0);
    barred.fill(0);
    /** Of each list, by its number; the words' lists in the order in which they were met. */
    const words: (Hit[] | undefined)[] = new Array(names.length);
    const covers: (Hit[] | undefined)[] = new Array(names.length);
    const met: number[] = [];
    const denials: { readonly end: number; readonly reach: number }[] = [];
    finder.find(text, (phrase, start, end) => {
      for (const it of usesOf[phrase]!) {
        if (it.as === 'negator') denials.push({ end, reach: end + it.gap });
        else if (it.as === 'none') barred[it.list] = 1;
        else if (it.as === 'with') groups[it.list]! |= 1 << it.group;
        else {
          const into = it.as === 'word' ? words : covers;
          const known = into[it.list];
          const hit = { word: phrases[phrase]!, start, end };
          if (known !== undefined) known.push(hit);
          else {
            into[it.list] = [hit];
            if (it.as === 'word') met.push(it.list);
          }
        }
      }
    });

    const isDenied = (hit: Hit): boolean =>
      denials.some(
        ({ end, reach }) => end <= hit.start && hit.start <= reach && isOneClause(text, end, hit.start),
      );
    const own = (list: number): readonly Hit[] => {
      const found = words[list]!;
      const condition = conditions[list]!;
      const wanted = (1 << condition.with.length) - 1;
      if (barred[list] === 1 || groups[list] !== wanted) return none;
      const covering = covers[list] ?? none;
      if (covering.length === 0 && !condition.deniable) return found;
      return found.filter(
        (hit) =>
          !covering.some((cover) => cover.start < hit.end && hit.start < cover.end) &&
          !(condition.deniable && isDenied(hit)),
      );
    };

    const fired: (readonly Hit[] | undefined)[] = new Array(names.length);
    for (const list of met) {
      const hits = own(list);
      if (hits.length > 0) fired[list] = hits;
    }
    const lifted = met.filter(
      (list) => fired[list] !== undefined && unless[list]!.some((other) => fired[other] !== undefined),
    );
    for (const list of lifted) fired[list] = undefined;

    return {
      text,
      hits: (list) => {
        const number = numbers.get(list);
        if (number === undefined) throw new RangeError(`there is no word list ${list}`);
        return fired[number] ?? none;
      },
      together: (one, other) =>
        one.start <= other.start
          ? isOneClause(text, one.end, other.start)
          : isOneClause(text, other.end, one.start),
    };
  };
}
