import { readFileSync } from 'node:fs';
import { HubError } from '../../runtime/errors.ts';
import { contradictions } from './cross-check.ts';
import type { Keywords } from './keywords.ts';
import {
  type Aliases,
  type Area,
  type CatalogueData,
  type Category,
  catalogueFiles,
  type Organisation,
  type Rule,
  type Sla,
  type ThresholdName,
  type WarningType,
} from './schema.ts';

export type { Condition, Keywords } from './keywords.ts';
export type {
  Aliases,
  Area,
  Category,
  Organisation,
  Rule,
  Sla,
  Span,
  ThresholdName,
  WarningType,
} from './schema.ts';

/** Stamped onto new inputs. Older versions stay in the folder: an input is decided by the version it carries. */
export const currentCatalogueVersion = '2026.1';

/** Where the versions lie: one folder each, of JSON files. */
const shipped = new URL('./', import.meta.url);

/** One version of the catalogue, checked and frozen. */
export interface Catalogue {
  readonly version: string;
  readonly categories: readonly Category[];
  /** All instances, also those no longer valid: their topics still exist. */
  readonly organisations: readonly Organisation[];
  readonly rules: readonly Rule[];
  readonly slas: readonly Sla[];
  /** The unit is in the name. */
  readonly thresholds: Readonly<Record<ThresholdName, number>>;
  readonly keywords: Keywords;
  readonly aliases: Aliases;
  readonly areas: readonly Area[];
  /** Types of warnings. */
  readonly warnings: readonly WarningType[];
  area(id: string): Area | null;
  warningType(type: string): WarningType | null;
  /** A code the catalogue does not know is UNK.OTHER. */
  category(code: string): Category;
  rule(id: string): Rule | null;
  /** Null when there is none of this id, or not at that time (ms). */
  organisation(id: string, at: number): Organisation | null;
  /**
   * The instance of a kind that answers for a town: the town's own, else the district's; with no town (null) the
   * district's. Null when there is none in force at `at` (ms), as for `town-command` without a town.
   */
  instanceOf(kind: string, townCode: string | null, at: number): Organisation | null;
  /** Instances of a kind that serve by words (utility companies), in force at `at`. */
  companiesOf(kind: string, at: number): readonly Organisation[];
  /** Null for an id that no instance carries, valid or not. */
  kindOf(organisationId: string): string | null;
}

/** By the folder's address. */
const loaded = new Map<string, Catalogue>();
/** The shipped ones by version: asked for by every processor of every item. */
const inUse = new Map<string, Catalogue>();

/**
 * Reads a version once and keeps it. Throws HUB_CATALOGUE_UNKNOWN_VERSION, or HUB_CATALOGUE_INVALID with every problem
 * of every file in one message.
 *
 * @param folder of the versions; the shipped one unless a test breaks a copy.
 */
export function loadCatalogue(version: string, folder: URL = shipped): Catalogue {
  const ready = folder === shipped ? inUse.get(version) : undefined;
  if (ready !== undefined) return ready;
  const catalogue = loadFrom(version, folder);
  if (folder === shipped) inUse.set(version, catalogue);
  return catalogue;
}

function loadFrom(version: string, folder: URL): Catalogue {
  if (!/^\d{4}\.\d+$/.test(version)) throw unknownVersion(version);
  const key = new URL(`${version}/`, folder).href;
  const known = loaded.get(key);
  if (known !== undefined) return known;
  const catalogue = open(version, readAll(version, new URL(key)));
  loaded.set(key, catalogue);
  return catalogue;
}

/** Is this version here? One that is here and broken throws HUB_CATALOGUE_INVALID all the same. */
export function hasCatalogue(version: string): boolean {
  try {
    loadCatalogue(version);
    return true;
  } catch (thrown) {
    if (thrown instanceof HubError && thrown.code === 'HUB_CATALOGUE_UNKNOWN_VERSION') return false;
    throw thrown;
  }
}

/** Ids of all instances of a version, in the catalogue's order: one department topic each. */
export const organisationIds = (version: string): readonly string[] =>
  loadCatalogue(version).organisations.map((organisation) => organisation.id);

function readAll(version: string, folder: URL): CatalogueData {
  const problems: string[] = [];
  const data: Record<string, unknown> = {};
  for (const [file, schema] of Object.entries(catalogueFiles)) {
    const parsed = schema.safeParse(readJson(version, new URL(`${file}.json`, folder), file, problems));
    if (parsed.success) data[file] = parsed.data;
    else
      for (const issue of parsed.error.issues)
        problems.push(`${file}${pathOf(issue.path)}: ${issue.message}`);
  }
  if (problems.length === 0) problems.push(...contradictions(data as CatalogueData));
  if (problems.length > 0) {
    throw new HubError('HUB_CATALOGUE_INVALID', `catalogue ${version}: ${problems.join('; ')}`, {
      context: { version, problems },
    });
  }
  return deepFreeze(data as CatalogueData);
}

function readJson(version: string, url: URL, file: string, problems: string[]): unknown {
  try {
    return JSON.parse(readFileSync(url, 'utf8'));
  } catch (thrown) {
    if (file === 'categories' && (thrown as NodeJS.ErrnoException).code === 'ENOENT')
      throw unknownVersion(version);
    problems.push(`${file}.json cannot be read: ${(thrown as Error).message}`);
    return undefined;
  }
}

const unknownVersion = (version: string): HubError =>
  new HubError('HUB_CATALOGUE_UNKNOWN_VERSION', `there is no catalogue ${version}`, { context: { version } });

const pathOf = (path: readonly PropertyKey[]): string =>
  path.map((step) => (typeof step === 'number' ? `[${step}]` : `.${String(step)}`)).join('');

function open(version: string, data: CatalogueData): Catalogue {
  const categories = new Map(data.categories.map((category) => [category.code, category]));
  const rules = new Map(data.rules.map((rule) => [rule.id, rule]));
  const organisations = new Map(data.organisations.map((organisation) => [organisation.id, organisation]));
  const areas = new Map(data.areas.map((area) => [area.id, area]));
  const warningTypes = new Map(data.warnings.map((warning) => [warning.type, warning]));
  const byKind = Map.groupBy(data.organisations, (organisation) => organisation.kind);
  const inForce = (kind: string, at: number) =>
    (byKind.get(kind) ?? []).filter((organisation) => isValid(organisation, at));
  return Object.freeze({
    version,
    ...data,
    category: (code: string) => categories.get(code) ?? categories.get('UNK.OTHER')!,
    rule: (id: string) => rules.get(id) ?? null,
    area: (id: string) => areas.get(id) ?? null,
    warningType: (type: string) => warningTypes.get(type) ?? null,
    organisation: (id: string, at: number) => {
      const found = organisations.get(id);
      return found !== undefined && isValid(found, at) ? found : null;
    },
    instanceOf: (kind: string, townCode: string | null, at: number) => {
      const instances = inForce(kind, at).filter((organisation) => organisation.serves.length === 0);
      const ofTown =
        townCode === null ? undefined : instances.find((organisation) => organisation.townCode === townCode);
      return ofTown ?? instances.find((organisation) => organisation.townCode === null) ?? null;
    },
    companiesOf: (kind: string, at: number) =>
      inForce(kind, at).filter((organisation) => organisation.serves.length > 0),
    kindOf: (organisationId: string) => organisations.get(organisationId)?.kind ?? null,
  });
}

const startOfDay = (day: string): number => Date.parse(`${day}T00:00:00+08:00`);

const isValid = ({ validFrom, validTo }: Organisation, at: number): boolean =>
  (validFrom === null || startOfDay(validFrom) <= at) && (validTo === null || at < startOfDay(validTo));

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null && !Object.isFrozen(value)) {
    Object.freeze(value);
    for (const inner of Object.values(value)) deepFreeze(inner);
  }
  return value;
}
