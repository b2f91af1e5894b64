import { z } from 'zod';
import { keywordsSchema } from './keywords.ts';

/**
 * The shape of a catalogue's files. Sources: domain.md §4 (categories, organisations), §5 (rules, thresholds, SLA ids);
 * a number is a project default unless the catalogue's docs name a standard.
 */

/** Text that a clerk or citizen sees: never empty, in both languages. */
const words = {
  zh: z.string().regex(/\p{Script=Han}/u, 'Chinese text'),
  en: z.string().regex(/[A-Za-z]/, 'English text'),
};
const date = z.iso.date().nullable();
const kebab = z.string().regex(/^[a-z]+(-[a-z0-9]+)*$/, 'kebab-case');
const itemClass = z.enum(['ORDINARY', 'SPECIALIZED', 'MAJOR']);

const category = z.strictObject({
  code: z.string().regex(/^[A-Z]{3}\.[A-Z]+$/),
  ...words,
  /** Kind of the lead organisation, and of those that help it. */
  leadKind: kebab,
  coKinds: z.array(kebab),
  /** Class before the rules are asked. */
  defaultClass: itemClass,
  slaId: z.string(),
  /** Confidential whatever the reporter asked for: it goes to its lead alone (PET.CONDUCT). */
  confidential: z.boolean(),
  /** The unified stream carries the community and a 500 m cell, not the point (domain.md §8). */
  coarseLocation: z.boolean(),
});

const organisation = z.strictObject({
  /** The instance: topic, rights, sink and statistics hang on it. Stable for ever. */
  id: kebab,
  kind: kebab,
  ...words,
  level: z.enum(['DISTRICT', 'TOWN', 'COMMUNITY']),
  /** Organisation above it; null only for the district's centre. */
  parent: kebab.nullable(),
  /** M12–M13 and supervision apply to LOCAL; others get a letter; nobody supervises a court (JUDICIAL). */
  accountability: z.enum(['LOCAL', 'VERTICAL', 'JUDICIAL', 'ENTERPRISE']),
  /** 9 digits; of a town's organisations only. */
  townCode: z
    .string()
    .regex(/^\d{9}$/)
    .nullable(),
  /** Words that tell this company from its sisters of the same kind; empty = takes what no word decides. */
  serves: z.array(z.string().min(2)),
  /** First day, inclusive, from 00:00 +08:00; null = always. */
  validFrom: date,
  /** First day on which it is no more; null = for ever. */
  validTo: date,
});

const rule = z.strictObject({
  id: z.string().regex(/^[MSO]\d\d$/),
  ...words,
  itemClass,
  /** Deadlines of an item that this rule made MAJOR; null elsewhere (the category's apply). */
  slaId: z.string().nullable(),
  /** Thresholds that its condition reads. */
  thresholds: z.array(z.string()),
});

/** Hours and minutes run day and night, workingHours only inside office hours; days end at 23:59:59 (domain.md §5 "Calendar"). */
const span = z.strictObject({
  amount: z.int().positive(),
  unit: z.enum(['workingDays', 'workingHours', 'days', 'hours', 'minutes']),
});

const sla = z.strictObject({
  id: z.string().regex(/^[A-Z0-9]+(-[A-Z0-9]+)+$/),
  ...words,
  /** The organisation's clocks, from delivery to it. Null = not applicable. */
  sign: span,
  contact: span.nullable(),
  /** The citizen's clocks, from reportedAt. */
  accept: span.nullable(),
  resolve: z.strictObject({
    ...span.shape,
    /** Runs from the end of this clock instead. */
    after: z.literal('accept').optional(),
    /** Key of `ext` in which the source gives its own amount. */
    sourceLimit: z.string().optional(),
  }),
});

/** Every number of the rules; the unit is in the name. A catalogue must give them all. */
export const thresholdNames = [
  'm01SeriouslyInjuredPersons',
  'm03GatheringPersons',
  'm04IllPersons',
  'm04IllPersonsAtSchool',
  'm06NoSignalHours',
  'm06NoSignalHoursInTyphoonWarning',
  'm08CrowdPercentOfCapacity',
  'm09WageDisputeWorkers',
  'm10DistinctReporters7d',
  'm10ShownFromReporters7d',
  'm12OverdueWorkingDays',
  'm13Returns',
  'm14Reopenings',
  'm14NotSolved',
  'm07EpidemicCases',
  'categoryCertainConfidence',
  'severityHighDeaths',
  'severityCriticalDeaths',
  'severityHighInjured',
  'severityCriticalInjured',
] as const;

export type ThresholdName = (typeof thresholdNames)[number];

const aliases = z.strictObject({
  /** Other names of an organisation → its id. */
  organisations: z.record(z.string().min(2), kebab),
  /** Town code → names by which an address names the town beyond doubt. */
  towns: z.record(z.string().regex(/^\d{9}$/), z.array(z.string().min(2)).min(1)),
});

/** WGS-84 degrees, longitude first (GeoJSON). */
const position = z.tuple([z.number().min(-180).max(180), z.number().min(-90).max(90)]);

const area = z
  .strictObject({
    id: kebab,
    ...words,
    kind: z.enum(['DISTRICT', 'TOWN', 'SEA', 'PORT', 'ANCHORAGE']),
    /** On land, by code: 6 digits of the district or 9 of a town; empty for water. */
    codes: z.array(z.string().regex(/^\d{6}(\d{3})?$/)),
    /** On water: one ring, not closed, without holes; null on land. Not for navigation. */
    polygon: z.array(position).min(3).nullable(),
    /** Other names by which feeds call it; an issuer's own code too. */
    names: z.array(z.string().min(2)),
  })
  .refine(({ codes, polygon }) => (codes.length === 0) === (polygon !== null), {
    error: 'an area has either codes or a polygon',
  });

const warningType = z.strictObject({
  type: z.string().regex(/^[A-Z]+(_[A-Z]+)*$/),
  ...words,
  /** Categories whose items look at it: a code, or `SEA.*`. */
  categories: z.array(z.string().regex(/^[A-Z]{3}\.([A-Z]+|\*)$/)).min(1),
  /** Words by which feeds name it, longest first where one holds another. */
  names: z.array(z.string().min(2)).min(1),
});

/** File name (without .json) → schema. */
export const catalogueFiles = {
  categories: z.array(category).min(1),
  organisations: z.array(organisation).min(1),
  rules: z.array(rule).min(1),
  slas: z.array(sla).min(1),
  thresholds: z.record(z.enum(thresholdNames), z.number().positive()),
  keywords: keywordsSchema,
  aliases,
  areas: z.array(area).min(1),
  warnings: z.array(warningType).min(1),
} as const;

export type Category = z.infer<typeof category>;
export type Organisation = z.infer<typeof organisation>;
export type Rule = z.infer<typeof rule>;
export type Sla = z.infer<typeof sla>;
export type Span = z.infer<typeof span>;
export type Area = z.infer<typeof area>;
export type WarningType = z.infer<typeof warningType>;
export type Aliases = z.infer<typeof aliases>;
export type CatalogueData = { [File in keyof typeof catalogueFiles]: z.infer<(typeof catalogueFiles)[File]> };
