import type { Item, Procedure, Route } from '../../schemas/types.ts';
import type { Catalogue, Category, Organisation } from '../catalogue/index.ts';
import { isAbout } from './complained-of.ts';
import { townOf } from './place.ts';
import { type RouteCode, writeReason } from './reasons.ts';

/** Class → procedure [A1]. */
export const procedureOf: Readonly<Record<Item['classification']['itemClass'], Procedure>> = {
  ORDINARY: 'DISPATCH',
  SPECIALIZED: 'TRANSFER',
  MAJOR: 'SUPERVISE',
  UNCLASSIFIED: 'NONE',
};

interface Plan {
  /** Best first; a confidential item takes the first that is not complained of. */
  readonly leads: readonly (Organisation | null)[];
  readonly co: readonly (Organisation | null)[];
  readonly codes: readonly RouteCode[];
  readonly level?: Route['level'];
}

/**
 * Where an item goes (domain.md §5 "Routes", §8 confidential). Total: where nothing fits, the district's centre takes it.
 *
 * @param at ms; only organisations in force then are considered.
 */
export function decideRoute(item: Item, catalogue: Catalogue, at: number): Route {
  const category = catalogue.category(item.category.code);
  const town = townOf(item, catalogue);
  const find = finder(item, catalogue, town, at);
  const plan = planOf(item, category, find);
  const chosen = isConfidential(item, category) ? keepSecret(item, category, plan, find, catalogue) : plan;

  const first = chosen.leads.find((organisation) => organisation !== null);
  const lead = first ?? find('governance-centre');
  if (lead === null) throw new Error('the catalogue has no governance-centre in force');
  const co = [
    ...new Set(chosen.co.flatMap((organisation) => (organisation === null ? [] : [organisation.id]))),
  ];
  const decided = {
    leadDepartment: lead.id,
    coDepartments: co.filter((id) => id !== lead.id),
    level: chosen.level ?? (lead.level === 'TOWN' ? 'TOWN' : 'DISTRICT'),
  } as const;
  const codes = first === undefined ? (['R11'] as const) : chosen.codes;
  const helped = decided.coDepartments.length > 0 && item.classification.itemClass !== 'MAJOR';
  return { ...decided, reason: writeReason(decided, helped ? [...codes, 'R04'] : codes, catalogue) };
}

type Find = (kind: string) => Organisation | null;

/** The instance of a kind for this item: of its town, or the one company whose words stand in the text. */
function finder(item: Item, catalogue: Catalogue, town: string | null, at: number): Find {
  return (kind) => {
    const companies = catalogue.companiesOf(kind, at);
    if (companies.length > 0) {
      const text = `${item.title}\n${item.body}\n${item.category.sourceName ?? ''}`;
      const named = companies.filter(({ serves }) => serves.some((word) => text.includes(word)));
      if (named.length === 1) return named[0]!;
    }
    return catalogue.instanceOf(kind, town, at);
  };
}

function planOf(item: Item, category: Category, find: Find): Plan {
  const owner = find(category.leadKind);
  const helpers = category.coKinds.map(find);
  const fired = new Set(item.classification.reasons.map((reason) => reason.ruleId));
  const unknown = category.code === 'UNK.OTHER';
  switch (item.classification.itemClass) {
    case 'MAJOR': {
      const court = owner?.accountability === 'JUDICIAL';
      const town = fired.has('M10') ? find('town-command') : null;
      return {
        leads: [owner],
        co: [
          ...helpers,
          ...(court ? [] : [find('supervision-office')]),
          find('comprehensive-governance'),
          find('duty-office'),
          town,
        ],
        codes: [court ? 'R12' : 'R06', ...(town === null ? [] : (['R07'] as const))],
      };
    }
    case 'SPECIALIZED':
      return { leads: [owner], co: helpers, codes: unknown ? ['R11'] : ['R05'] };
    case 'ORDINARY':
      return planOrdinary(item, owner, helpers, unknown, find);
    default:
      return { leads: [find('governance-centre')], co: [], codes: ['R13'] };
  }
}

function planOrdinary(
  item: Item,
  owner: Organisation | null,
  helpers: readonly (Organisation | null)[],
  unknown: boolean,
  find: Find,
): Plan {
  const town = find('town-command');
  if (town === null) return { leads: [owner], co: helpers, codes: unknown ? ['R11'] : ['R02'] };
  if (isSmall(item)) return { leads: [town, owner], co: [], codes: ['R03'], level: 'COMMUNITY' };
  return { leads: [town, owner], co: [owner], codes: ['R01'] };
}

/** 小事不出村: what a grid worker finds and nobody calls grave or urgent stays in the community at first. */
const isSmall = ({ reporter, severity, urgency }: Item): boolean =>
  reporter.kind === 'GRID_WORKER' && urgency === 'NORMAL' && (severity === 'LOW' || severity === 'MEDIUM');

const isConfidential = (item: Item, category: Category): boolean =>
  item.reporter.confidential || category.confidential;

/** One reader only, and never the body complained of; who watches over it takes its place. */
function keepSecret(item: Item, category: Category, plan: Plan, find: Find, catalogue: Catalogue): Plan {
  if (category.confidential) return { leads: [find(category.leadKind)], co: [], codes: ['R10'] };
  const leads = [...plan.leads, find('supervision-office'), find('discipline')];
  const first = leads.find((organisation) => organisation !== null);
  const allowed = leads.filter(
    (organisation): organisation is Organisation =>
      organisation !== null && !isAbout(item, organisation, catalogue),
  );
  if (allowed[0] === first) {
    return {
      ...plan,
      leads: allowed,
      co: [],
      codes: [...plan.codes.filter((code) => code !== 'R07'), 'R08'],
    };
  }
  return { leads: allowed, co: [], codes: ['R09', 'R08'] };
}
