import type { Condition, Keywords } from '../catalogue/index.ts';
import { compilePhrases } from './phrases.ts';

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
const isStop = (unit: number): boolean => stops.has(unit);
const stops = new Set(Array.from(',,.。;;!!??\n>', (sign) => sign.charCodeAt(0)));

/** A stretch of a text; `end` is exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
}

/** How many stops lie before each place of a text: equal numbers at two places = no stop between them. */
function stopsBefore(text: string): Int32Array {
  const before = new Int32Array(text.length + 1);
  for (let at = 0; at < text.length; at++)
    before[at + 1] = before[at]! + (isStop(text.charCodeAt(at)) ? 1 : 0);
  return before;
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

  return (text) => {
    const words = new Map<number, Hit[]>();
    const covers = new Map<number, Hit[]>();
    const groups = new Map<number, number>();
    const barred = new Set<number>();
    const denials: { readonly end: number; readonly reach: number }[] = [];
    finder.find(text, (phrase, start, end) => {
      for (const it of usesOf[phrase]!) {
        if (it.as === 'negator') denials.push({ end, reach: end + it.gap });
        else if (it.as === 'none') barred.add(it.list);
        else if (it.as === 'with') groups.set(it.list, (groups.get(it.list) ?? 0) | (1 << it.group));
        else {
          const into = it.as === 'word' ? words : covers;
          const known = into.get(it.list);
          const hit = { word: phrases[phrase]!, start, end };
          if (known === undefined) into.set(it.list, [hit]);
          else known.push(hit);
        }
      }
    });

    const before = stopsBefore(text);
    const isDenied = (hit: Hit): boolean =>
      denials.some(
        ({ end, reach }) => end <= hit.start && hit.start <= reach && before[end] === before[hit.start],
      );
    const own = (list: number): readonly Hit[] => {
      const found = words.get(list);
      const condition = conditions[list]!;
      const wanted = (1 << condition.with.length) - 1;
      if (found === undefined || barred.has(list) || (groups.get(list) ?? 0) !== wanted) return none;
      const covering = covers.get(list) ?? none;
      return found.filter(
        (hit) =>
          !covering.some((cover) => cover.start < hit.end && hit.start < cover.end) &&
          !(condition.deniable && isDenied(hit)),
      );
    };

    const fired = new Map<number, readonly Hit[]>();
    for (const list of words.keys()) {
      const hits = own(list);
      if (hits.length > 0) fired.set(list, hits);
    }
    const lifted = [...fired.keys()].filter((list) => unless[list]!.some((other) => fired.has(other)));
    for (const list of lifted) fired.delete(list);

    return {
      text,
      hits: (list) => {
        const number = numbers.get(list);
        if (number === undefined) throw new RangeError(`there is no word list ${list}`);
        return fired.get(number) ?? none;
      },
      together: (one, other) =>
        one.start <= other.start
          ? before[one.end] === before[other.start]
          : before[other.end] === before[one.start],
    };
  };
}
