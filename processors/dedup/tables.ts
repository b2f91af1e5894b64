import { z } from 'zod';
import data from './tables/2026.1.json' with { type: 'json' };

/**
 * The data of the judgement, versioned apart from the code: a change of it raises `version`, and with it the linker's.
 * Lists of words are texts, a space between two words.
 */
const words = z.string().transform((text) => text.split(' ').filter((word) => word !== ''));

const schema = z.strictObject({
  version: z.string(),
  /** Systems whose records repeat other systems' orders under own numbers (MIRROR). */
  mirrorSystems: z.array(z.string()),
  /** Systems that make two records of one filing (SIBLING). */
  siblingSystems: z.array(z.string()),
  /** Systems where each person has an own case: same cause is RELATED there. */
  ownCaseSystems: z.array(z.string()),
  /** Category → group; two categories of one group are easily taken for each other. */
  groups: z.record(z.string(), z.array(z.string())),
  /** Categories of one happening that many tell at once in very different words, questions among them. */
  eventCategories: z.array(z.string()),
  /** Categories of matters at sea: cells are wider, and the vessel tells one from another. */
  seaCategories: z.array(z.string()),
  /** Problem → words that tell of it. */
  topics: z.record(z.string(), words),
  /** Of the signs in signs.ts; fitted by test/eval/fit.ts. */
  weights: z.record(z.string(), z.number()),
  bias: z.number(),
  /** Problems that belong to one home: another premise is another matter. */
  homeTopics: z.array(z.string()),
  place: z.strictObject({
    /** What a proper name of a place ends with. */
    suffixes: words,
    /** Such suffixes that end the name of a road: long, so that alone they do not make two places one. */
    roads: words,
    /** Words of addresses that name no place. */
    generic: words,
    /** Characters that stand before a common noun in a text, not inside a name: 那条马路. */
    textStops: z.string(),
    /** Towns, the district and the city: they stand in `townCode`. */
    towns: words,
  }),
});

export type Tables = z.infer<typeof schema>;

export const tables: Tables = schema.parse(data);

const groupNames = Object.keys(tables.groups);
const groupOf = new Map(
  groupNames.flatMap((name, i) => tables.groups[name]!.map((code) => [code, i + 1] as const)),
);

/** 1 to 255; 0 for a category that the tables do not know. */
export const groupNumber = (category: string): number => groupOf.get(category) ?? 0;

export const topicNames: readonly string[] = Object.keys(tables.topics);
