import { z } from 'zod';
import data from './tables/2026.3.json' with { type: 'json' };

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
  /**
   * Group → categories that are easily taken for each other. One that stands in no group (其他, 咨询, 建议) says nothing of what
   * a matter is about.
   */
  groups: z.record(z.string(), z.array(z.string())),
  /** Categories of one happening that many tell at once in very different words, questions among them. */
  eventCategories: z.array(z.string()),
  /** Categories of happenings in which lives may be at stake: no place for suggestions. */
  lifeCategories: z.array(z.string()),
  /** Categories of happenings that are over within a day: who tells of one later may tell of another. */
  acuteCategories: z.array(z.string()),
  /** Of them those that end with the day and may come again the next: a crowd goes home. */
  dayCategories: z.array(z.string()),
  /** Categories in which somebody bought something. */
  purchaseCategories: z.array(z.string()),
  /** Categories in which each person has a claim of his own against a firm: one firm makes two of them one, not one place. */
  ownRightCategories: z.array(z.string()),
  /** Categories of what is seen, heard or missed from afar: smoke, a dark quarter, a blocked road. */
  afarCategories: z.array(z.string()),
  /** Categories of reports on officials: nothing is ever joined to one, nobody is shown that two might be one. */
  conductCategories: z.array(z.string()),
  /** Categories of matters at sea: cells are wider, and the vessel tells one from another. */
  seaCategories: z.array(z.string()),
  /** Categories of one problem, of a street or a place: not of homes, lifts or persons, of whom each has his own. */
  categoryTopics: z.record(z.string(), z.string()),
  /** Problem → words that tell of it. */
  topics: z.record(z.string(), words),
  /** Of the signs in signs.ts; fitted by test/eval/fit.ts. */
  weights: z.record(z.string(), z.number()),
  bias: z.number(),
  /** Who says this has told of it before… */
  again: words,
  /** …unless he says this. */
  another: words,
  /** Problems that belong to one home: another premise is another matter. */
  homeTopics: z.array(z.string()),
  /** Problems of one building: at another it is another matter, while a home next door may tell of the same. */
  buildingTopics: z.array(z.string()),
  /** Problems with what one bought oneself: the next customer of the same shop has another matter. */
  purchaseTopics: z.array(z.string()),
  /** The shop is shut, the estate is not finished: one happening that all customers tell. */
  allCustomersTopics: z.array(z.string()),
  /** The problem that the teller alone has: not the one that the street has. */
  onlyHomeTopic: z.string(),
  /** Problems of every day: they make two records one less surely than rare ones do. */
  commonTopics: z.array(z.string()),
  place: z.strictObject({
    /** What a proper name of a place ends with, by what the place is. */
    suffixes: z.record(z.string(), words),
    /** Such suffixes of what a town has one of, or a few: without a name of its own it has the town's. */
    fewInTown: words,
    /** What a firm's name ends with. */
    firms: words,
    /** Words of addresses that name no place. */
    generic: words,
    /** What is left of common nouns when they are cut like names. */
    commonNouns: words,
    /** Characters that stand before a common noun in a text, not inside a name: 那条马路. */
    textStops: z.string(),
    /** Town code → names in full and short. */
    towns: z.record(z.string(), words),
    /** Names of what lies around the towns. */
    around: words,
  }),
});

export type Tables = z.infer<typeof schema>;

export const tables: Tables = schema.parse(data);

const groupNames = Object.keys(tables.groups);
const groupOf = new Map(
  groupNames.flatMap((name, i) => tables.groups[name]!.map((code) => [code, i + 1] as const)),
);

/** 1 to 255; 0 for a category in no group. */
export const groupNumber = (category: string): number => groupOf.get(category) ?? 0;

export const topicNames: readonly string[] = Object.keys(tables.topics);
