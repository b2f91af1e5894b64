import { UnitSet } from '../text/unit-set.ts';

/** What a number in a text counts. Households are told apart: a letter of 46 households speaks for at least 46 persons. */
export type Unit = 'PERSON' | 'HOUSEHOLD' | 'MINUTE' | 'PERCENT';

export interface Count {
  /** Lower bound of what was said: 二十多 → 20, 六七十 → 60, 10至15 → 10, 几十 → 20. */
  readonly value: number;
  readonly unit: Unit;
  /** Position in the text, `end` exclusive: from the first digit to the end of the unit. */
  readonly start: number;
  readonly end: number;
}

const digitValues = new Map(Array.from('零一二三四五六七八九', (sign, value) => [sign, value]));
digitValues.set('〇', 0).set('两', 2).set('俩', 2);
const multipliers = new Map([
  ['十', 10],
  ['百', 100],
  ['千', 1_000],
  ['万', 10_000],
]);
/** 几十, 数百, 上百: "several" stands for two, 上 (as many as) for one. */
const vagueDigits = new Map([
  ['几', 2],
  ['数', 2],
  ['上', 1],
]);

/** Longest first where one begins with another. */
const units: readonly (readonly [suffix: string, unit: Unit, factor: number])[] = [
  ['个半小时', 'MINUTE', 60],
  ['个小时', 'MINUTE', 60],
  ['小时', 'MINUTE', 60],
  ['个钟头', 'MINUTE', 60],
  ['钟头', 'MINUTE', 60],
  ['分钟', 'MINUTE', 1],
  ['min', 'MINUTE', 1],
  ['%', 'PERCENT', 1],
  ['%', 'PERCENT', 1],
  ['户', 'HOUSEHOLD', 1],
  ['人', 'PERSON', 1],
  ['名', 'PERSON', 1],
  ['位', 'PERSON', 1],
  ['例', 'PERSON', 1],
];
/** 人次, 人民币, 位置, 名单…: a unit sign that begins another word. */
const notUnits = [
  '人次',
  '人民',
  '人均',
  '人份',
  '人间',
  '位置',
  '名单',
  '名次',
  '名义',
  '名字',
  '例如',
  '例外',
];
/** After the general classifiers 个 and 号 only a person makes the number a head-count. */
// biome-ignore format: one noun a line would be forty lines
const personNouns = [
  '人', '老', '小孩', '小朋友', '孩', '娃', '学生', '同学', '业主', '工人', '民工', '工友', '员工', '村民', '居民', '群众',
  '会员', '家长', '家属', '游客', '乘客', '旅客', '病人', '伤员', '患者', '幼儿', '婴儿', '男', '女', '大妈', '大爷', '阿姨',
  '师傅', '同事', '商户', '船员', '渔民', '代表', '司机', '保安', '小伙', '年轻', '黑衣',
];

const rangeSigns = '-~—~至到';
const isArabic = (sign: string): boolean => sign >= '0' && sign <= '9';
const plain = (sign: string): string => {
  const unit = sign.charCodeAt(0);
  return unit >= 0xff10 && unit <= 0xff19 ? String.fromCharCode(unit - 0xfee0) : sign;
};

/** What a number may begin with: most places of a text need no closer look. */
const openers = new UnitSet([
  '0123456789\uff10\uff11\uff12\uff13\uff14\uff15\uff16\uff17\uff18\uff19',
  ...digitValues.keys(),
  ...multipliers.keys(),
  ...vagueDigits.keys(),
]);

/** A number written at `at`; null when none begins there. */
function readNumber(text: string, at: number): { value: number; end: number } | null {
  const first = plain(text[at] ?? '');
  if (isArabic(first)) return readArabic(text, at);
  if (!digitValues.has(first) && !multipliers.has(first) && !vagueDigits.has(first)) return null;
  return readChinese(text, at);
}

function readArabic(text: string, at: number): { value: number; end: number } {
  let end = at;
  let digits = '';
  let fraction = false;
  for (; end < text.length; end++) {
    const sign = plain(text[end]!);
    if (isArabic(sign)) digits += sign;
    else if ((sign === '.' || sign === '.') && !fraction && isArabic(plain(text[end + 1] ?? ''))) {
      fraction = true;
      digits += '.';
    } else break;
  }
  const multiplier = multipliers.get(text[end] ?? '');
  if (multiplier !== undefined && multiplier > 10)
    return { value: Number(digits) * multiplier, end: end + 1 };
  return { value: Number(digits), end };
}

/** Chinese numerals up to 万; of two digits side by side (七八十, 十七八) the first counts, as the lower bound. */
function readChinese(text: string, at: number): { value: number; end: number } | null {
  let end = at;
  let total = 0;
  let section = 0;
  let digit: number | null = null;
  let meaningful = false;
  for (; end < text.length; end++) {
    const sign = text[end]!;
    const multiplier = multipliers.get(sign);
    if (multiplier !== undefined) {
      meaningful = true;
      if (multiplier === 10_000) {
        total += (section + (digit ?? 0) || 1) * multiplier;
        section = 0;
      } else section += (digit ?? 1) * multiplier;
      digit = null;
      continue;
    }
    const vague = vagueDigits.get(sign);
    if (vague !== undefined) {
      // 十几 adds nothing to the lower bound; a 几 or 数 that opens a number needs a multiplier behind it.
      if (end > at || multipliers.has(text[end + 1] ?? '')) {
        if (end === at) digit = vague;
        continue;
      }
      return null;
    }
    const value = digitValues.get(sign);
    if (value === undefined) break;
    meaningful = true;
    if (value > 0) digit ??= value;
  }
  return meaningful ? { value: total + section + (digit ?? 0), end } : null;
}

const unitOpeners = new Set([...units.map(([suffix]) => suffix[0]), '个', '号']);

function readUnit(text: string, at: number): { unit: Unit; factor: number; end: number } | null {
  let start = at;
  while ('多余来几把'.includes(text[start] ?? '\0')) start++;
  if (!unitOpeners.has(text[start])) return null;
  if (notUnits.some((word) => text.startsWith(word, start))) return null;
  for (const [suffix, unit, factor] of units) {
    if (text.startsWith(suffix, start)) return { unit, factor, end: start + suffix.length };
  }
  if (text[start] === '个' || text[start] === '号') {
    const noun = personNouns.find((word) => text.startsWith(word, start + 1));
    if (noun !== undefined) return { unit: 'PERSON', factor: 1, end: start + 1 + noun.length };
  }
  return null;
}

/** Counts of persons, households, minutes and per cents in a text, in order. One pass; ages, sums and dates are not among them. */
export function readCounts(text: string): Count[] {
  const counts: Count[] = [];
  for (let at = 0; at < text.length; at++) {
    if (!openers.has(text.charCodeAt(at))) continue;
    const number = readNumber(text, at);
    if (number === null) continue;
    let { value, end } = number;
    if (rangeSigns.includes(text[end] ?? '\0')) {
      const upper = readNumber(text, end + 1);
      if (upper !== null && upper.value > value) end = upper.end;
    }
    const unit = readUnit(text, end);
    if (unit !== null) {
      value *= unit.factor;
      end = unit.end;
      counts.push({ value, unit: unit.unit, start: at, end });
    }
    at = end - 1;
  }
  return counts;
}
