import { readFileSync } from 'node:fs';
import { z } from 'zod';
import { sharedFolder } from '../support/shared.ts';

/** One matter of shared/stories (README there): what happened, and who told it. */
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
const reporterKinds = [
  'CITIZEN',
  'ENTERPRISE',
  'GRID_WORKER',
  'OFFICIAL',
  'SENSOR',
  'VESSEL',
  'ANONYMOUS',
  'UNKNOWN',
] as const;

const tellingSchema = z.object({
  n: z.number(),
  source: z.string(),
  channel: z.string(),
  afterMin: z.number(),
  reporter: z.string(),
  reporterKind: z.enum(reporterKinds),
  kind: z.enum(kinds),
  title: z.string(),
  body: z.string(),
  addressAsSaid: z.string().nullable(),
  point: z.enum(['exact', 'rough', 'centroid', 'none']),
  sourceCategory: z.string(),
  quotes: z.number().nullable(),
  persons: z.number(),
  /** Class of this telling alone. */
  itemClass: z.string(),
  amountCny: z.number().nullable(),
  relationToFirst: z.string().nullable(),
});

const matterSchema = z.object({
  matter: z.string(),
  theme: z.string(),
  category: z.string(),
  place: z.object({
    townCode: z.string().nullable(),
    address: z.string().nullable(),
    lon: z.number().nullable(),
    lat: z.number().nullable(),
  }),
  /** Local time, UTC+8. */
  start: z.string(),
  tellings: z.array(tellingSchema),
  neverMergeWith: z.array(z.string()),
  recurrenceOf: z.string().nullable(),
});

export type Matter = z.infer<typeof matterSchema>;
export type Telling = z.infer<typeof tellingSchema>;

/** All matters of the three files, in their order. */
export const loadMatters = (): Matter[] =>
  ['a', 'b', 'c'].flatMap((file) => mattersIn(`${sharedFolder()}/stories/${file}.jsonl`));

/** Matters whose texts no rule was written by, whose sums were looked at for each: whoever tunes the linker must not read them. */
export const loadSecondMatters = (): Matter[] => mattersIn(own('blind'));

/** Matters that no rule was written by, whose sums are looked at once a version (demo/stories/README.md). */
export const loadBlindMatters = (): Matter[] => mattersIn(own('d'));

const own = (file: string): URL => new URL(`../../demo/stories/${file}.jsonl`, import.meta.url);

const mattersIn = (file: string | URL): Matter[] =>
  readFileSync(file, 'utf8')
    .trim()
    .split('\n')
    .map((line) => matterSchema.parse(JSON.parse(line)));

/** ms */
export const toldAt = (matter: Matter, telling: Telling): number =>
  Date.parse(`${matter.start}:00+08:00`) + telling.afterMin * 60_000;

/**
 * Every fourth matter (number mod 4 = 2) was held out of the rules of `dedup` until its 3.1, of its weights and of the keywords of
 * `classify` still.
 */
export const isHeldOut = (matter: string): boolean => Number(matter.slice(-3)) % 4 === 2;

/**
 * When each matter was closed, ms: of those that came back later (recurrenceOf) two days after the last telling, and
 * at the latest an hour before it came back. Of the others nothing is known.
 */
export function closings(matters: readonly Matter[]): ReadonlyMap<string, number> {
  const closed = new Map<string, number>();
  for (const later of matters) {
    const earlier = matters.find(({ matter }) => matter === later.recurrenceOf);
    if (earlier === undefined) continue;
    const lastTold = Math.max(...earlier.tellings.map((telling) => toldAt(earlier, telling)));
    const cameBack = toldAt(later, later.tellings[0]!);
    closed.set(earlier.matter, Math.min(lastTold + 2 * 86_400_000, cameBack - 3_600_000));
  }
  return closed;
}
