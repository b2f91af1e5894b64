import type { Item, Route } from '../../schemas/types.ts';
import type { Catalogue } from '../catalogue/index.ts';

/** Languages of the texts that clerks and citizens see. */
export type Language = 'zh-CN' | 'en';

interface Names {
  readonly lead: string;
  /** Co-departments as a list of names. */
  readonly co: string;
  /** The town among the co-departments. */
  readonly town: string;
}

/** Why an item goes where it goes. The words use only what a route itself says, so both languages can be made from it. */
const texts = {
  R01: [
    ({ lead }) => `普通事项，由事发地${lead}主办`,
    ({ lead }) => `Ordinary: handled where it happened, by ${lead}`,
  ],
  R02: [
    ({ lead }) => `普通事项，事发镇街不明，由类别主管单位${lead}主办`,
    ({ lead }) => `Ordinary, town not known: handled by the owner of the category, ${lead}`,
  ],
  R03: [
    ({ lead }) => `网格员发现的小事，先在社区办理，由${lead}负责`,
    ({ lead }) => `Small matter found by a grid worker: begins in the community, under ${lead}`,
  ],
  R04: [({ co }) => `${co}协办`, ({ co }) => `Helped by ${co}`],
  R05: [
    ({ lead }) => `专业事项，归口移交${lead}`,
    ({ lead }) => `Specialized: transferred to the department in charge, ${lead}`,
  ],
  R06: [
    ({ lead }) => `重大事项，由${lead}立即处置，提交督办并报总值班室`,
    ({ lead }) => `Major: ${lead} acts at once; submitted for supervision and reported to the duty office`,
  ],
  R07: [
    ({ town }) => `多人反映同一问题，保留${town}协办`,
    ({ town }) => `Many report the same problem: ${town} stays as a helper`,
  ],
  R08: [() => '保密件，只送主办单位', () => 'Confidential: goes to its lead alone'],
  R09: [
    ({ lead }) => `回避被反映单位，改由${lead}办理`,
    ({ lead }) => `Not sent to the body complained of: handled by ${lead}`,
  ],
  R10: [
    ({ lead }) => `反映干部作风，只送${lead}`,
    ({ lead }) => `Conduct of officials: goes to ${lead} alone`,
  ],
  R11: [
    ({ lead }) => `类别不明或无主管单位，由${lead}兜底`,
    ({ lead }) => `No owner known: taken by ${lead}`,
  ],
  R12: [
    ({ lead }) => `重大事项，由${lead}依法独立办理，不列入督办`,
    ({ lead }) => `Major: handled by ${lead}, independent by law, not supervised`,
  ],
  R13: [
    ({ lead }) => `尚未定级，由${lead}人工分派`,
    ({ lead }) => `Not classed yet: assigned by a person at ${lead}`,
  ],
} as const satisfies Record<string, readonly [(names: Names) => string, (names: Names) => string]>;

export type RouteCode = keyof typeof texts;
export const routeCodes = Object.keys(texts) as readonly RouteCode[];

/** `route.reason`: Chinese sentences, and the codes they stand for in 〔 〕 at the end. */
export function writeReason(
  route: Omit<Route, 'reason'>,
  codes: readonly RouteCode[],
  catalogue: Catalogue,
): string {
  return `${render(route, codes, 'zh-CN', catalogue)}〔${codes.join(' ')}〕`;
}

/** The reason of a routed item in either language. A reason that carries no codes is returned as it is. */
export function readReason({ route }: Pick<Item, 'route'>, language: Language, catalogue: Catalogue): string {
  const codes = /〔([R\d ]+)〕$/.exec(route.reason)?.[1]?.split(' ').filter(isCode);
  return codes === undefined ? route.reason : render(route, codes, language, catalogue);
}

const isCode = (code: string): code is RouteCode => code in texts;

function render(
  route: Omit<Route, 'reason'>,
  codes: readonly RouteCode[],
  language: Language,
  catalogue: Catalogue,
): string {
  const chinese = language === 'zh-CN';
  const nameOf = (id: string): string => {
    const found = catalogue.organisations.find((organisation) => organisation.id === id);
    return found === undefined ? id : chinese ? found.zh : found.en;
  };
  const town = route.coDepartments.find((id) => catalogue.kindOf(id) === 'town-command');
  const names: Names = {
    lead: nameOf(route.leadDepartment),
    co: route.coDepartments.map(nameOf).join(chinese ? '、' : ', '),
    town: town === undefined ? '' : nameOf(town),
  };
  return codes.map((code) => texts[code][chinese ? 0 : 1](names)).join(chinese ? '；' : '; ');
}
