import type { CatalogueData } from './schema.ts';

/** Contradictions between a catalogue's files, one sentence each; empty when they agree. */
export function contradictions(data: CatalogueData): readonly string[] {
  const problems: string[] = [];
  const slaIds = new Set(data.slas.map((sla) => sla.id));
  const organisationIds = new Set(data.organisations.map((organisation) => organisation.id));
  const categoryCodes = new Set(data.categories.map((category) => category.code));
  const kinds = new Set(data.organisations.map((organisation) => organisation.kind));
  /** Kinds with an instance that takes what names neither a town nor a company, and is always valid. */
  const alwaysThere = new Set(
    data.organisations
      .filter((o) => o.townCode === null && o.serves.length === 0 && o.validTo === null)
      .map((o) => o.kind),
  );

  for (const [file, ids] of [
    ['categories', data.categories.map((category) => category.code)],
    ['organisations', data.organisations.map((organisation) => organisation.id)],
    ['rules', data.rules.map((rule) => rule.id)],
    ['slas', data.slas.map((sla) => sla.id)],
    ['areas', data.areas.map((area) => area.id)],
    ['warnings', data.warnings.map(({ type }) => type)],
  ] as const) {
    for (const id of duplicates(ids)) problems.push(`${file}: ${id} stands twice`);
  }

  for (const { code, leadKind, coKinds, slaId } of data.categories) {
    if (!alwaysThere.has(leadKind))
      problems.push(
        `categories: ${code} is led by ${leadKind}, which has no instance of the district in force`,
      );
    for (const kind of coKinds) {
      if (!kinds.has(kind)) problems.push(`categories: ${code} is helped by ${kind}, which has no instance`);
      if (kind === leadKind) problems.push(`categories: ${code} names ${kind} as lead and as helper`);
    }
    if (!slaIds.has(slaId)) problems.push(`categories: ${code} has the unknown SLA ${slaId}`);
  }
  for (const kind of [
    'governance-centre',
    'supervision-office',
    'comprehensive-governance',
    'duty-office',
    'discipline',
  ]) {
    if (!alwaysThere.has(kind))
      problems.push(
        `organisations: ${kind} is needed by the routes and has no instance of the district in force`,
      );
  }
  if (!categoryCodes.has('UNK.OTHER'))
    problems.push('categories: UNK.OTHER is missing; it takes what nothing else takes');

  for (const { id, kind, level, parent, townCode, validFrom, validTo } of data.organisations) {
    if (parent !== null && !organisationIds.has(parent))
      problems.push(`organisations: ${id} has the unknown parent ${parent}`);
    if (parent === id) problems.push(`organisations: ${id} is its own parent`);
    if (parent === null && kind !== 'governance-centre') problems.push(`organisations: ${id} has no parent`);
    if ((level === 'DISTRICT') !== (townCode === null))
      problems.push(`organisations: ${id} has level ${level} but town code ${townCode}`);
    if (kind === 'town-command' && townCode !== null && id !== `town-command-${townCode}`) {
      problems.push(`organisations: ${id} must be called town-command-${townCode}`);
    }
    if (validFrom !== null && validTo !== null && validFrom >= validTo)
      problems.push(`organisations: ${id} ends before it begins`);
  }

  const known = new Set<string>(Object.keys(data.thresholds));
  for (const { id, itemClass, slaId, thresholds } of data.rules) {
    for (const name of thresholds)
      if (!known.has(name)) problems.push(`rules: ${id} reads the unknown threshold ${name}`);
    if (slaId !== null && !slaIds.has(slaId)) problems.push(`rules: ${id} has the unknown SLA ${slaId}`);
    if ((itemClass === 'MAJOR') !== (slaId !== null))
      problems.push(
        `rules: ${id} is ${itemClass}, so it must ${itemClass === 'MAJOR' ? '' : 'not '}have an SLA`,
      );
  }
  for (const id of neededSlas) {
    if (!slaIds.has(id)) problems.push(`slas: ${id} is needed by the routes and is missing`);
  }
  for (const { id, accept, resolve } of data.slas) {
    if (resolve.after === 'accept' && accept === null)
      problems.push(`slas: ${id} is resolved after accepting, but has no time for that`);
  }
  for (const { type, categories } of data.warnings) {
    for (const pattern of categories) {
      if (![...categoryCodes].some((code) => isCategory(pattern, code)))
        problems.push(`warnings: ${type} moves ${pattern}, which is no category`);
    }
  }
  for (const file of ['areas', 'warnings'] as const) {
    for (const name of duplicates(data[file].flatMap(({ names }) => names)))
      problems.push(`${file}: the name ${name} means two of them`);
  }
  const { categories, paths, hints, lists } = data.keywords;
  for (const { category } of [...categories, ...paths, ...hints]) {
    if (!categoryCodes.has(category)) problems.push(`keywords: the unknown category ${category}`);
  }
  for (const name of [...categories, ...Object.values(lists)].flatMap(({ unless }) => unless)) {
    if (lists[name] === undefined) problems.push(`keywords: the unknown list ${name}`);
  }
  for (const words of duplicates(paths.flatMap(({ any }) => any))) {
    problems.push(`keywords: the source words ${words} mean two categories`);
  }
  for (const [name, id] of Object.entries(data.aliases.organisations)) {
    if (!organisationIds.has(id)) problems.push(`aliases: ${name} means the unknown organisation ${id}`);
  }
  for (const code of Object.keys(data.aliases.towns)) {
    if (!data.organisations.some((organisation) => organisation.townCode === code))
      problems.push(`aliases: town ${code} has no organisation`);
  }
  return problems;
}

/** Is it this code, or any of the group where the pattern ends with `.*`? */
export const isCategory = (pattern: string, code: string): boolean =>
  pattern.endsWith('.*') ? code.startsWith(pattern.slice(0, -1)) : code === pattern;

/** The clocks of a class whose category has another one (processors/route). */
const neededSlas = [
  'ORD-CONSULT',
  'ORD-HELP',
  'ORD-COMPLAINT',
  'ORD-SUGGEST',
  'ORD-DISPUTE',
  'SPEC-DEFAULT',
  'MAJ-LIFE',
  'MAJ-STABILITY',
  'MAJ-SUPERVISE',
];

const duplicates = (ids: readonly string[]): readonly string[] => [
  ...new Set(ids.filter((id, index) => ids.indexOf(id) !== index)),
];
