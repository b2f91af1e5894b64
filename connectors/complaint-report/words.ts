import type { NormalizedRecord } from '../../runtime/connector.ts';

/** The portal's own words and what the hub calls them. Source of all tables: domain.md §1, §2, §3.1, §7. */

type Kind = NormalizedRecord['kind'];

const kinds: Readonly<Record<string, Kind>> = {
  投诉: 'COMPLAINT',
  投诉举报: 'COMPLAINT',
  申诉: 'COMPLAINT',
  举报: 'REPORT',
  检举: 'REPORT',
  控告: 'REPORT',
  检举控告: 'REPORT',
  咨询: 'CONSULTATION',
  求助: 'HELP',
  求决: 'HELP',
  建议: 'SUGGESTION',
  意见: 'SUGGESTION',
  意见建议: 'SUGGESTION',
  表扬: 'PRAISE',
  感谢: 'PRAISE',
  纠纷: 'DISPUTE',
  矛盾纠纷: 'DISPUTE',
  隐患: 'HAZARD',
};

/** `投诉`, `投诉类`, `投诉件`; a word that we do not know is OTHER. */
export function kindOf(type: string): Kind {
  return lookUp(kinds, type.replace(/[类件]$/, '')) ?? 'OTHER';
}

const channels: Readonly<Record<string, string>> = {
  微信: 'WECHAT',
  微信公众号: 'WECHAT',
  公众号: 'WECHAT',
  小程序: 'WECHAT',
  微信小程序: 'WECHAT',
  WECHAT: 'WECHAT',
  网站: 'WEB',
  网页: 'WEB',
  网络: 'WEB',
  网上: 'WEB',
  门户: 'WEB',
  门户网站: 'WEB',
  邮箱: 'WEB',
  电子邮件: 'WEB',
  PC: 'WEB',
  WEB: 'WEB',
  APP: 'APP',
  手机: 'APP',
  客户端: 'APP',
  手机客户端: 'APP',
  浙里办: 'APP',
  电话: 'PHONE',
  来电: 'PHONE',
  热线: 'PHONE',
  PHONE: 'PHONE',
  来访: 'WALK_IN',
  走访: 'WALK_IN',
  现场: 'WALK_IN',
  窗口: 'WALK_IN',
  来信: 'LETTER',
  信件: 'LETTER',
  信函: 'LETTER',
  书信: 'LETTER',
  巡查: 'PATROL',
  媒体: 'MEDIA',
  舆情: 'MEDIA',
  上级: 'SUPERIOR',
  上级交办: 'SUPERIOR',
  交办: 'SUPERIOR',
  转办: 'TRANSFER',
  转送: 'TRANSFER',
  移交: 'TRANSFER',
};

/** The system is a web portal: what names no channel, or one that we do not know, came in through it. */
export function channelOf(word: string): string {
  return lookUp(channels, word.toUpperCase()) ?? 'WEB';
}

export interface SourceState {
  readonly sourceStatus: string | null;
  /** Event type of domain.md §7; null for a word that we do not know. */
  readonly sourceEvent: string | null;
}

const states: readonly (readonly [code: string, word: string, event: string])[] = [
  ['0', '待受理', 'ITEM_RECEIVED'],
  ['1', '办理中', 'STARTED'],
  ['2', '已办结', 'CLOSED'],
  ['9', '不予受理', 'REJECTED'],
];

/** The code, or its word; anything else is kept as the source's word and maps to no event. */
export function stateOf(status: string): SourceState {
  const state = states.find(([code, word]) => status === code || status === word);
  return { sourceStatus: state?.[1] ?? (status || null), sourceEvent: state?.[2] ?? null };
}

const yes: ReadonlySet<string> = new Set(['1', 'true', 'y', 'yes', '是']);
const no: ReadonlySet<string> = new Set(['', '0', 'false', 'n', 'no', '否', 'null']);

/** Only what says so is urgent. */
export const isYes = (word: string): boolean => yes.has(word.toLowerCase());
/** Only what says so is not anonymous: in doubt a name stays behind. */
export const isNo = (word: string): boolean => no.has(word.toLowerCase());

export function urgencyOf(level: string, urgent: boolean): NormalizedRecord['urgency'] {
  if (level === '特急') return 'EXTRA_URGENT';
  return urgent || level === '紧急' || level === '加急' ? 'URGENT' : 'NORMAL';
}

/** Fire and poisoning as the source's own category, never as words of the text (domain.md §2, priority). */
export const isEmergencyCategory = (category: string): boolean =>
  /火灾|起火|爆炸|燃气泄漏|食物中毒|中毒/.test(category);

function lookUp<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
