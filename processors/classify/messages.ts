import { currentCatalogueVersion, loadCatalogue } from '../catalogue/index.ts';

/** Texts that clerks see. Facts come as `name=value`, words in 「」; see `Evidence`. */

export type Language = 'zh-CN' | 'en';
type Words = Readonly<Record<Language, string>>;

/** Reasons that are no rule of domain.md §5. */
export const extraReasons = [
  'PERSON',
  'SUGGEST_LOWER',
  'M10-SHOWN',
  'MEMBER',
  'WARNING',
  'CATEGORY',
] as const;
export type ExtraReason = (typeof extraReasons)[number];

/** By rule id or extra reason; {} stands for the evidence. */
export const reasonTemplates: Readonly<Record<string, Words>> = {
  M01: { 'zh-CN': '涉及人身安全:{}', en: 'Danger to life: {}' },
  M02: { 'zh-CN': '涉及火灾、爆炸、泄漏或坍塌:{}', en: 'Fire, explosion, leak or collapse: {}' },
  M03: { 'zh-CN': '群体聚集或集体行动:{}', en: 'Gathering or joint action: {}' },
  M04: { 'zh-CN': '疑似群体性食物中毒:{}', en: 'Several ill after a meal, or any at a school: {}' },
  M05: { 'zh-CN': '船舶或人员海上遇险:{}', en: 'Vessel or person in distress at sea: {}' },
  M06: { 'zh-CN': '载人船舶失联超时:{}', en: 'Crewed vessel out of contact too long: {}' },
  M07: { 'zh-CN': '重大灾害或公共安全隐患:{}', en: 'Grave hazard to the public: {}' },
  M08: { 'zh-CN': '景区客流达到最大承载量:{}', en: 'Scenic spot at its capacity: {}' },
  M09: { 'zh-CN': '重大疑难或群体性纠纷:{}', en: 'Group dispute: {}' },
  M10: { 'zh-CN': '7日内{}反映同一问题', en: '{} about the same matter within 7 days' },
  M11: { 'zh-CN': '媒体曝光或领导批示:{}', en: "Media exposure or a leader's note: {}" },
  M12: { 'zh-CN': '催办后仍超期:{}', en: 'Overdue after a reminder: {}' },
  M13: { 'zh-CN': '多次退单或职责有争议:{}', en: 'Returned repeatedly, owner disputed: {}' },
  M14: { 'zh-CN': '办结后反复重启或回访未解决:{}', en: 'Reopened or found unsolved repeatedly: {}' },
  S01: { 'zh-CN': '来自法定受理渠道:{}', en: 'From a channel with its own law: {}' },
  S02: { 'zh-CN': '依法由主管部门办理:{}', en: 'Belongs to a department by law: {}' },
  S03: { 'zh-CN': '已进入其他法定程序:{}', en: 'Already in another procedure: {}' },
  S04: { 'zh-CN': '涉海涉渔事项:{}', en: 'Maritime matter: {}' },
  O01: { 'zh-CN': '未触发重大或专业规则,按普通事项办理', en: 'No rule for a higher class fired: ordinary' },
  PERSON: { 'zh-CN': '人工定级:{}', en: 'Decided by a person: {}' },
  SUGGEST_LOWER: {
    'zh-CN': '规则现判为{},已有部门签收,降级待人工确认',
    en: 'The rules now say {}; an organisation has signed, so a person must confirm the lower class',
  },
  'M10-SHOWN': {
    'zh-CN': '7日内{}反映同一问题,尚未达到重大标准',
    en: '{} about the same matter within 7 days, below the limit for a major one',
  },
  MEMBER: { 'zh-CN': '并入本件的事项中有{}', en: 'Among the items that follow this one is a {}' },
  WARNING: { 'zh-CN': '事发时当地预警生效:{}', en: 'Warning in force then and there: {}' },
  CATEGORY: { 'zh-CN': '类别判定依据:{}', en: 'Category found by: {}' },
};

/** By name of a fact; {} stands for its value. */
export const factLabels: Readonly<Record<string, Words>> = {
  deaths: { 'zh-CN': '死亡{}人', en: '{} dead' },
  missing: { 'zh-CN': '失踪{}人', en: '{} missing' },
  injured: { 'zh-CN': '受伤{}人', en: '{} injured' },
  ill: { 'zh-CN': '发病{}人', en: '{} ill' },
  cases: { 'zh-CN': '病例{}人', en: '{} cases' },
  persons: { 'zh-CN': '诉求人数{}', en: '{} persons behind the record' },
  gathered: { 'zh-CN': '参与{}人(户)', en: '{} persons or households taking part' },
  workers: { 'zh-CN': '涉及劳动者{}人', en: '{} workers' },
  reporters7d: { 'zh-CN': '{}人', en: '{} distinct reporters' },
  memberClass: { 'zh-CN': '重大事项({})', en: 'major one ({})' },
  capacityPercent: { 'zh-CN': '瞬时承载量的{}%', en: '{}% of capacity' },
  lostMinutes: { 'zh-CN': '失联{}分钟', en: '{} minutes without a signal' },
  typhoonWarning: { 'zh-CN': '台风预警{}', en: 'typhoon warning {}' },
  warning: { 'zh-CN': '{}预警', en: '{} warning' },
  mmsi: { 'zh-CN': '应急示位MMSI {}', en: 'emergency MMSI {}' },
  navStatus: { 'zh-CN': '航行状态{}', en: 'navigation status {}' },
  overdueWorkingDays: { 'zh-CN': '超期{}个工作日', en: '{} working days overdue' },
  returns: { 'zh-CN': '退单{}次', en: 'returned {} times' },
  reopenings: { 'zh-CN': '重启{}次', en: 'reopened {} times' },
  notSolved: { 'zh-CN': '回访未解决{}次', en: 'not solved on {} callbacks' },
  signal: { 'zh-CN': '信号{}', en: 'signal {}' },
  channel: { 'zh-CN': '渠道{}', en: 'channel {}' },
  source: { 'zh-CN': '来源{}', en: 'source {}' },
  category: { 'zh-CN': '类别{}', en: 'category {}' },
  kind: { 'zh-CN': '诉求类型{}', en: 'kind {}' },
};

export const classNames: Readonly<Record<string, Words>> = {
  ORDINARY: { 'zh-CN': '普通', en: 'ordinary' },
  SPECIALIZED: { 'zh-CN': '专业', en: 'specialized' },
  MAJOR: { 'zh-CN': '重大', en: 'major' },
};

export const levelNames: Readonly<Record<string, Words>> = {
  BLUE: { 'zh-CN': '蓝色', en: 'blue' },
  YELLOW: { 'zh-CN': '黄色', en: 'yellow' },
  ORANGE: { 'zh-CN': '橙色', en: 'orange' },
  RED: { 'zh-CN': '红色', en: 'red' },
};

/** `TYPHOON/RED/w-…` as clerks say it; a type that the current catalogue does not know stays as it is. */
function warningText(evidence: string, language: Language): string {
  const [type = '', level = '', warningId = ''] = evidence.split('/');
  const known = loadCatalogue(currentCatalogueVersion).warningType(type);
  const colour = levelNames[level]?.[language] ?? level;
  return language === 'en'
    ? `${colour} ${(known?.en ?? type).toLowerCase()} (${warningId})`
    : `${known?.zh ?? type}${colour}(${warningId})`;
}

/** Between two pieces of evidence in `ClassReason.evidence`. */
export const evidenceSeparator = ' ';

/**
 * The reason of a rule in a language, from the evidence stored with it. Words that were said stay in the language they were
 * said in. A rule that this version does not know gives its id and evidence.
 */
export function reasonText(ruleId: string, evidence: string, language: Language): string {
  const template = reasonTemplates[ruleId]?.[language] ?? `${ruleId} {}`;
  if (ruleId === 'PERSON') return template.replace('{}', () => evidence);
  const pieces = evidence.split(/ (?=「|[a-zA-Z0-9]+=)/).map((piece) => pieceText(piece, language));
  return template.replace('{}', () => pieces.join(language === 'en' ? ', ' : '、'));
}

function pieceText(piece: string, language: Language): string {
  const named = /^([a-zA-Z0-9]+)=(.*)$/s.exec(piece);
  const label = named === null ? undefined : factLabels[named[1]!]?.[language];
  if (named !== null && label !== undefined) {
    const value = named[1] === 'warning' ? warningText(named[2]!, language) : named[2]!;
    return label.replace('{}', () => value);
  }
  return classNames[piece]?.[language] ?? piece;
}
