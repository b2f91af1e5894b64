import { readFileSync } from 'node:fs';
import { z } from 'zod';
import type { Item, ReporterKind } from '../../schemas/types.ts';
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

const kinds = [
  'CONSULTATION',
  'HELP',
  'COMPLAINT',
  'REPORT',
  'SUGGESTION',
  'PRAISE',
  'DISPUTE',
  'HAZARD',
  'ALERT',
  'COURT_SERVICE',
  'OTHER',
] as const;

const matterSchema = z.object({
  matter: z.string(),
  category: z.string(),
  tellings: z.array(
    z.object({
      source: z.string(),
      channel: z.string(),
      reporterKind: z.string(),
      kind: z.enum(kinds),
      title: z.string(),
      body: z.string(),
      sourceCategory: z.string(),
      persons: z.number(),
      itemClass: z.string(),
    }),
  ),
});

/** The folder of shared material: HUB_SHARED, else ../shared beside the project. */
const shared = new URL(`${process.env.HUB_SHARED ?? '../shared'}/`, new URL('../../', import.meta.url));

/** Judges every telling by itself, without links or facts. Throws where the stories are missing. */
export function judgeStories(): JudgedTelling[] {
  return ['a', 'b', 'c'].flatMap((file) =>
    readFileSync(new URL(`stories/${file}.jsonl`, shared), 'utf8')
      .trim()
      .split('\n')
      .flatMap((line) => judgeMatter(matterSchema.parse(JSON.parse(line)))),
  );
}

function judgeMatter({ matter, category, tellings }: z.infer<typeof matterSchema>): JudgedTelling[] {
  return tellings.map((telling) => {
    const { source, channel, kind, reporterKind, title, body, sourceCategory, persons, itemClass } = telling;
    const draft = draftOf({
      system: source,
      channel,
      kind,
      title,
      body,
      reporter: { ...personsOf(persons), kind: reporterKind as ReporterKind },
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
      isHeldOut: Number(matter.slice(-3)) % 4 === 2,
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
