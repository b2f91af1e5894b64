import type { NormalizedRecord } from '../../runtime/connector.ts';

/**
 * The platform's own words and what the hub calls them. Source: domain.md §2, §3.2, §7. The vendor publishes the names of its lists (sources, two types,
 * levels 1 to 5, three severities), not all of their entries: what is marked as a guess is to be confirmed with the owner.
 */

const kinds: Readonly<Record<string, NormalizedRecord['kind']>> = {
  矛盾纠纷: 'DISPUTE',
  问题隐患: 'HAZARD',
};

/** The vendor has two types; a word that we do not know is OTHER. */
export const kindOf = (type1: string): NormalizedRecord['kind'] => lookUp(kinds, type1) ?? 'OTHER';

/** Only 排查发现 is known; the others are guesses by the words of the field. */
const channels: readonly (readonly [pattern: RegExp, channel: string])[] = [
  [/^(?:排查|巡查|走访|网格|日常|主动|自行)/, 'PATROL'],
  [/上级|领导|交办/, 'SUPERIOR'],
  [/转办|移交|转送|热线|12345|部门/, 'TRANSFER'],
  [/媒体|舆情|网络/, 'MEDIA'],
  [/感知|监控|视频|报警|设备/, 'SENSOR'],
  [/来电|电话/, 'PHONE'],
  [/微信/, 'WECHAT'],
  [/群众|居民|村民|来访|上门/, 'WALK_IN'],
];

/** The system is a patrol app: what names no channel, or one that we do not know, came in on patrol. */
export const channelOf = (eventSource: string): string =>
  channels.find(([pattern]) => pattern.test(eventSource))?.[1] ?? 'PATROL';

/** Three words; 较大 and 特大 are the two more that grades of accidents have (a guess). Without a word: in the middle. */
const severities: Readonly<Record<string, NormalizedRecord['severity']>> = {
  一般: 'LOW',
  中等: 'MEDIUM',
  较大: 'HIGH',
  重大: 'HIGH',
  特大: 'CRITICAL',
  特别重大: 'CRITICAL',
};
export const severityOf = (word: string): NormalizedRecord['severity'] =>
  lookUp(severities, word) ?? 'MEDIUM';

export interface SourceState {
  readonly sourceStatus: string | null;
  /** Event type of domain.md §7; null for a word or number that we do not know. */
  readonly sourceEvent: string | null;
}

/**
 * The numbers of the flow's nodes are not published: only 10, which every new event carries, is known. Of the others none is guessed: an event
 * wrongly taken for closed would not be sent out as work, one wrongly taken for open costs a department a look.
 */
const states: readonly (readonly [known: readonly string[], word: string, event: string])[] = [
  [['10', '已上报', '待受理', '上报'], '已上报', 'ITEM_RECEIVED'],
  [['办理中', '处置中', '处理中', '已受理'], '办理中', 'STARTED'],
  [['已办结', '已结案', '结案', '办结', '归档', '已归档'], '已办结', 'CLOSED'],
  [['不予受理', '已作废', '作废'], '不予受理', 'REJECTED'],
];

export function stateOf(nodeValue: string): SourceState {
  const state = states.find(([known]) => known.includes(nodeValue));
  return { sourceStatus: state?.[1] ?? (nodeValue || null), sourceEvent: state?.[2] ?? null };
}

const yes: ReadonlySet<string> = new Set(['是', '1', 'true', 'y', 'yes']);

/** Only what says so. */
export const isYes = (word: string): boolean => yes.has(word.toLowerCase());

/** Fire and poisoning as the source's own type, never as words of the text; 消防安全 is a hazard, no fire (domain.md §2, priority). */
export const isEmergencyType = (type2: string): boolean =>
  /火灾|起火|爆炸|燃气泄漏|食物中毒|中毒/.test(type2);

const systems: Readonly<Record<string, 'WGS84' | 'GCJ02' | 'BD09' | 'CGCS2000'>> = {
  gcj02: 'GCJ02',
  gcj02ll: 'GCJ02',
  wgs84: 'WGS84',
  wgs84ll: 'WGS84',
  bd09: 'BD09',
  bd09ll: 'BD09',
  cgcs2000: 'CGCS2000',
};

/** `gcj02`, `GCJ-02`; null for what names no system. */
export const coordSystemOf = (word: string) =>
  lookUp(systems, word.toLowerCase().replace(/[^a-z0-9]/g, '')) ?? null;

function lookUp<T>(table: Readonly<Record<string, T>>, word: string): T | undefined {
  return Object.hasOwn(table, word) ? table[word] : undefined;
}
