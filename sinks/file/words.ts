/** What stands in a cell in place of a code, in both languages; a code that is not here stands for itself. */
import { currentCatalogueVersion, loadCatalogue } from '../../processors/catalogue/index.ts';
import { classNames } from '../../processors/classify/messages.ts';

export type Language = 'zh-CN' | 'en';
export type Words = Readonly<Record<Language, string>>;
/** The words of one field, by code. */
export type Names = ReadonlyMap<string, Words>;

const names = (entries: Readonly<Record<string, Words>>): Names => new Map(Object.entries(entries));
const inCatalogue = ({ zh, en }: { readonly zh: string; readonly en: string }): Words => ({
  'zh-CN': zh,
  en,
});

const catalogue = loadCatalogue(currentCatalogueVersion);

/** Of today's catalogue: an item keeps its code, and a code its meaning. */
export const categories: Names = new Map(catalogue.categories.map((one) => [one.code, inCatalogue(one)]));
export const organisations: Names = new Map(catalogue.organisations.map((one) => [one.id, inCatalogue(one)]));

export const classes = names({ ...classNames, UNCLASSIFIED: { 'zh-CN': '未定级', en: 'not classed' } });

/** States of domain.md §7. */
export const statuses = names({
  RECEIVED: { 'zh-CN': '已受理', en: 'received' },
  REJECTED: { 'zh-CN': '不予受理', en: 'not accepted' },
  LINKED: { 'zh-CN': '已并入其他事项', en: 'linked to another item' },
  DISPATCHED: { 'zh-CN': '已派办，未签收', en: 'dispatched, not signed' },
  TRANSFERRED: { 'zh-CN': '已移交，未签收', en: 'transferred, not signed' },
  SUBMITTED: { 'zh-CN': '已提交督办，未签收', en: 'submitted, not signed' },
  ROUTED: { 'zh-CN': '已分派', en: 'routed' },
  SIGNED: { 'zh-CN': '已签收', en: 'signed' },
  RETURNED: { 'zh-CN': '已退单', en: 'returned' },
  IN_PROGRESS: { 'zh-CN': '办理中', en: 'being handled' },
  SUSPENDED: { 'zh-CN': '已挂起', en: 'suspended' },
  FEEDBACK_GIVEN: { 'zh-CN': '已反馈', en: 'feedback given' },
  VERIFIED: { 'zh-CN': '已核验', en: 'verified' },
  CLOSED: { 'zh-CN': '已办结', en: 'closed' },
  ARCHIVED: { 'zh-CN': '已归档', en: 'archived' },
  WITHDRAWN: { 'zh-CN': '已撤回', en: 'withdrawn' },
});

/** Why an item has left an organisation. */
export const removals = names({
  LINKED: { 'zh-CN': '已并入其他事项', en: 'linked to another item' },
  REROUTED: { 'zh-CN': '已改派', en: 'routed anew' },
  RECLASSED: { 'zh-CN': '级别改变', en: 'class changed' },
  WITHDRAWN: { 'zh-CN': '诉求人撤回', en: 'withdrawn by the reporter' },
  CONFIDENTIAL: { 'zh-CN': '转为保密件', en: 'made confidential' },
});

/** Request kinds. */
export const kinds = names({
  CONSULTATION: { 'zh-CN': '咨询', en: 'consultation' },
  HELP: { 'zh-CN': '求助', en: 'help' },
  COMPLAINT: { 'zh-CN': '投诉', en: 'complaint' },
  REPORT: { 'zh-CN': '举报', en: 'report' },
  SUGGESTION: { 'zh-CN': '建议', en: 'suggestion' },
  PRAISE: { 'zh-CN': '表扬', en: 'praise' },
  DISPUTE: { 'zh-CN': '纠纷', en: 'dispute' },
  HAZARD: { 'zh-CN': '隐患', en: 'hazard' },
  ALERT: { 'zh-CN': '报警', en: 'alert' },
  COURT_SERVICE: { 'zh-CN': '诉讼服务', en: 'court service' },
  OTHER: { 'zh-CN': '其他', en: 'other' },
});

/** The ten sources of domain.md §3. */
export const sources = names({
  'complaint-report': { 'zh-CN': '投诉举报', en: 'complaints and reports' },
  'grid-safety': { 'zh-CN': '网格平安', en: 'grid safety' },
  'hotline-12345': { 'zh-CN': '12345热线', en: 'hotline 12345' },
  'four-platforms': { 'zh-CN': '四个平台', en: 'four platforms' },
  'smart-city': { 'zh-CN': '智慧城管', en: 'smart city' },
  'smart-ocean': { 'zh-CN': '智慧海洋', en: 'smart ocean' },
  'smart-tourism': { 'zh-CN': '智慧旅游', en: 'smart tourism' },
  'legal-12348': { 'zh-CN': '12348法律服务', en: 'legal service 12348' },
  'court-12368': { 'zh-CN': '12368诉讼服务', en: 'court service 12368' },
  'market-12315': { 'zh-CN': '12315市场监管', en: 'market regulation 12315' },
});
