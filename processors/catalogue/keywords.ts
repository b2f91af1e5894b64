import { z } from 'zod';

const word = z.string().min(2);

/** Words of the classifier. Its own README says how they are matched. */
export const keywordsSchema = z.strictObject({
  /** Categories for sources that give none; the earlier rule wins a tie. */
  categories: z.array(
    z.strictObject({
      category: z.string(),
      any: z.array(word).min(1),
      /** A text with one of these is not meant. */
      none: z.array(word).default([]),
      weight: z.number().positive().default(1),
    }),
  ),
  /** Word lists of the rules M01–M11 and S02–S03, by name. */
  lists: z.record(z.string(), z.array(word).min(1)),
});

export type Keywords = z.infer<typeof keywordsSchema>;
