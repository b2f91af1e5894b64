import { z } from 'zod';

/** Words in one string, separated by spaces (a space inside a word is written _): a list of hundreds stays readable. */
const words = z
  .string()
  .min(1)
  .transform((text) => text.split(' ').map((word) => word.replaceAll('_', ' ')))
  .refine((list) => list.every((word) => word.length > 0), 'words are separated by one space')
  .refine((list) => new Set(list).size === list.length, 'a word stands twice');

/** When a word of a list or rule counts. */
const condition = {
  any: words,
  /** Phrases that take the meaning of a word of `any` away where they overlap it: 跳楼价 overlaps 跳楼. */
  not: words.default([]),
  /** A word denied or only supposed (没有爆炸, 防止爆炸: see `negators`) does not count. */
  deniable: z.boolean().default(false),
  /** Of each of these at least one word must stand anywhere in the text. */
  with: z.array(words).default([]),
  /** Where one of these stands anywhere in the text, it does not fire. */
  none: words.default([]),
  /** Names of lists: where one of them fires anywhere in the text, this does not (演练). */
  unless: z.array(z.string()).default([]),
};

/** Words of the classifier; processors/classify/README.md says how they are matched. General words of the field only. */
export const keywordsSchema = z.strictObject({
  /** Word lists that the rules of §5 read, by name. */
  lists: z.record(z.string(), z.strictObject(condition)),
  /** Words that deny what follows them in the same clause at most `gap` characters later. */
  negators: z.array(z.strictObject({ any: words, gap: z.number().int().min(0).max(6) })),
  /** Categories by words, for records whose source category says nothing certain. */
  categories: z.array(
    z.strictObject({
      category: z.string(),
      ...condition,
      weight: z.number().positive().default(1),
      /** Instead of `weight` for a word in the title. */
      titleWeight: z.number().positive().default(1.5),
    }),
  ),
  /**
   * Categories by the source's own words: segments of its category path (城市管理>环境卫生 is two). The match that ends
   * deepest in the path decides, then the longest. Below the threshold categoryCertain it is only a hint to the words.
   */
  paths: z.array(z.strictObject({ category: z.string(), confidence: z.number().gt(0).max(1), any: words })),
  /** What a source or kind makes likely before any word is read; null = whatever. */
  hints: z.array(
    z.strictObject({
      source: z.string().nullable(),
      kind: z.string().nullable(),
      category: z.string(),
      weight: z.number().positive(),
    }),
  ),
});

export type Keywords = z.infer<typeof keywordsSchema>;
export type Condition = Pick<Keywords['lists'][string], keyof typeof condition>;
