import type { Item } from '../../schemas/types.ts';
import { isHeldOut, loadMatters, type Matter } from '../../test/eval/stories.ts';
import { contextOf, draftOf, personsOf } from './drafts.ts';
import { classify } from './index.ts';

/** What classify makes of one telling of the stories, beside the truth of its author (shared/stories/README.md). */
export interface JudgedTelling {
  readonly matter: string;
  readonly source: string;
  readonly title: string;
  readonly body: string;
  readonly sourceCategory: string;
  /** Category of the whole matter: a telling alone may not show it. */
  readonly trueCategory: string;
  /** Class of this telling alone. */
  readonly trueClass: string;
  /** Every fourth matter (number mod 4 = 2) was not read while the keywords were written. */
  readonly isHeldOut: boolean;
  readonly item: Item;
}

/** Judges every telling by itself, without links or facts. Throws where the stories are missing. */
export function judgeStories(): JudgedTelling[] {
  return loadMatters().flatMap(judgeMatter);
}

function judgeMatter({ matter, category, tellings }: Matter): JudgedTelling[] {
  return tellings.map((telling) => {
    const { source, channel, kind, reporterKind, title, body, sourceCategory, persons, itemClass } = telling;
    const draft = draftOf({
      system: source,
      channel,
      kind,
      title,
      body,
      reporter: { ...personsOf(persons), kind: reporterKind },
      sourceCategory: { code: null, sourceCode: null, sourceName: sourceCategory },
    });
    const outcome = classify.process(draft, contextOf());
    if (outcome.kind !== 'next') throw new Error(`${matter}: classify said ${outcome.kind}`);
    return {
      matter,
      source,
      title,
      body,
      sourceCategory,
      trueCategory: category,
      trueClass: itemClass,
      isHeldOut: isHeldOut(matter),
      item: outcome.value.item,
    };
  });
}

export interface Figures {
  readonly tellings: number;
  readonly classAccuracy: number;
  readonly majorRecall: number;
  readonly majorPrecision: number;
  readonly categoryAccuracy: number;
}

export function figuresOf(judged: readonly JudgedTelling[]): Figures {
  const count = (test: (telling: JudgedTelling) => boolean): number => judged.filter(test).length;
  const isMajor = ({ item }: JudgedTelling): boolean => item.classification.itemClass === 'MAJOR';
  const trueMajors = count(({ trueClass }) => trueClass === 'MAJOR');
  const found = count((telling) => telling.trueClass === 'MAJOR' && isMajor(telling));
  return {
    tellings: judged.length,
    classAccuracy:
      count(({ trueClass, item }) => item.classification.itemClass === trueClass) / judged.length,
    majorRecall: found / trueMajors,
    majorPrecision: found / count(isMajor),
    categoryAccuracy: count(({ trueCategory, item }) => item.category.code === trueCategory) / judged.length,
  };
}
