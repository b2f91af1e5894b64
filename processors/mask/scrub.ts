import { announcedName, titledName } from './names.ts';
import { numberSpans } from './numbers.ts';
import { type Signs, sign, signsOf } from './signs.ts';
import { cover, disjoint, fold, type Span, spansOf } from './spans.ts';

/** A text as organisations and as the unified stream may see it. */
export interface Scrubbed {
  /** Without phones, ids, cards, accounts and names of persons. */
  readonly department: string;
  /** Besides without premises, plates, and, where the place is to stay coarse, the address. */
  readonly unified: string;
  /** Pieces replaced in `unified`. */
  readonly count: number;
}

/** What is known of an item and must not be found in its text. */
export interface Known {
  /** Full names in clear, of reporters: for nobody's eyes. */
  readonly names: readonly string[];
  /** The reporter's phone as the source gave it, in whatever form. */
  readonly phone: string | null;
  /** Full name of the person it is about: not for the unified stream, but who handles it must know. */
  readonly subject: string | null;
  /** Address to be hidden on the unified stream; null where it may stand. */
  readonly address: string | null;
}

/** Every pattern is bounded, so a text cannot make it slow. */
const patterns = {
  email: /[A-Za-z0-9._%+-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){1,4}/g,
  account:
    /(?:微信号?|薇信|V信|vx|wx|weixin|wechat|QQ群?号?|支付宝账?号?)\s{0,2}(?:号码?|账号|[:：是为])\s{0,2}([A-Za-z][-_A-Za-z0-9]{5,19}|\d{5,12})(?![-_A-Za-z0-9])/gi,
  qq: /QQ\s{0,2}[:：]?\s{0,2}(\d{5,12})(?!\d)/gi,
  /** Digits and stars: resident ids leave nothing behind, not even masked ones. */
  maskedId: /(?<![\d*])\d{3,10}\*{4,14}\d{0,4}[\dXx]?(?![\d*])/g,
  announcedId:
    /(?:身份证|证件|护照|通行证|军官证|社保卡)(?:号码?|编号)?\s{0,2}[:：是为]?\s{0,2}([A-Za-z]{0,2}\d[\dXx -]{5,22}[\dXx])/g,
  announcedCard: /(?:银行卡|卡号|账号|帐号)(?:号码?)?\s{0,2}[:：是为]?\s{0,2}(\d[\d -]{9,22}\d)/g,
  announcedPhone:
    /(?:电话|手机|座机|联系方式|号码|致电|tel|phone|mobile)(?:号码?)?\s{0,2}[:：是为]?\s{0,2}(\d[\d -]{5,12}\d)(?!\d)/gi,
  chinesePhone:
    /(?<![〇零一二三四五六七八九幺壹])[一幺壹][三四五六七八九][〇零一二三四五六七八九幺壹]{9}(?![〇零一二三四五六七八九幺壹])/g,
  premise:
    /[0-9A-Za-z一二三四五六七八九十]{1,4}(?:幢|栋|号楼|座|#楼)[ -]?(?:[0-9一二三四五六七八九十]{1,3}(?:单元|梯)[ -]?)?[0-9]{3,4}(?:室|号房|房|户)?(?![0-9]|套|平|㎡|多|余|万|元)/g,
  unit: /[0-9一二三四五六七八九十]{1,3}单元[ -]?[0-9]{3,4}(?:室|号房|房|户)?(?![0-9])/g,
  dashedPremise: /(?<!\d)\d{1,3}-\d{1,2}-\d{3,4}(?:室|号房|房|户)/g,
  plate:
    /[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-HJ-NP-Z][·. -]?[A-HJ-NP-Z0-9]{5,6}(?![A-Z0-9])/gi,
} as const;

export function scrub(text: string, known: Known): Scrubbed {
  if (text === '') return { department: '', unified: '', count: 0 };
  const signs = signsOf(text);
  const folds = (signs.bits & sign.wide) !== 0 || known.subject !== null || known.address !== null;
  const folded = folds ? fold(text) : text;
  const own = disjoint(identifying(folded, known, signs));
  const elsewhere = locating(folded, known, signs);
  const all = elsewhere.length === 0 ? own : disjoint([...own, ...elsewhere]);
  const department = own.length === 0 ? text : cover(text, own);
  return { department, unified: all === own ? department : cover(text, all), count: all.length };
}

/** One thing to look for, and what a text must have in it so that it can be there at all. */
export interface Search {
  readonly pattern: RegExp;
  readonly label: Span['label'];
  /** Of each of these unions of signs at least one. */
  readonly needs: readonly number[];
  readonly digits: number;
  /** Of what the pattern finds. */
  readonly keep?: (text: string, span: Span) => boolean;
}

/** For nobody's eyes. Of two that find the same piece the first names it. */
export const identifyingSearches: readonly Search[] = [
  { pattern: patterns.chinesePhone, label: 'PHONE', needs: [sign.numeral], digits: 0 },
  { pattern: announcedName, label: 'NAME', needs: [sign.announcer, sign.announcing], digits: 0 },
  { pattern: titledName, label: 'NAME', needs: [sign.title], digits: 0 },
];

/** The same, of what has Latin letters or digits in it. */
export const writtenSearches: readonly Search[] = [
  { pattern: patterns.email, label: 'EMAIL', needs: [sign.at], digits: 0 },
  { pattern: patterns.account, label: 'ACCOUNT', needs: [sign.account, sign.digit | sign.latin], digits: 0 },
  { pattern: patterns.qq, label: 'ACCOUNT', needs: [sign.account], digits: 5 },
  {
    pattern: patterns.maskedId,
    label: 'ID',
    needs: [sign.star],
    digits: 3,
    keep: (_, span) => isIdLength(span),
  },
  { pattern: patterns.announcedId, label: 'ID', needs: [sign.document], digits: 1 },
  {
    pattern: patterns.announcedCard,
    label: 'CARD',
    needs: [sign.card],
    digits: 2,
    keep: (_, { start, end }) => end - start >= 12,
  },
  { pattern: patterns.announcedPhone, label: 'PHONE', needs: [sign.phone], digits: 7, keep: isLocalPhone },
];

/** Fewest digits of anything that `numberSpans` finds. */
const shortestNumber = 11;

/** What tells where somebody lives or what he drives: for who must go there. */
export const locatingSearches: readonly Search[] = [
  { pattern: patterns.premise, label: 'PREMISE', needs: [sign.building], digits: 3 },
  { pattern: patterns.unit, label: 'PREMISE', needs: [sign.unit], digits: 3 },
  { pattern: patterns.dashedPremise, label: 'PREMISE', needs: [sign.dash], digits: 5 },
  { pattern: patterns.plate, label: 'PLATE', needs: [sign.latin], digits: 0 },
];

function search(folded: string, searches: readonly Search[], { bits, digits }: Signs, into: Span[]): void {
  for (const { pattern, label, needs, digits: least, keep } of searches) {
    if (digits < least || !needs.every((need) => (bits & need) !== 0)) continue;
    for (const span of spansOf(folded, pattern, label)) {
      if (keep === undefined || keep(folded, span)) into.push(span);
    }
  }
}

function identifying(folded: string, known: Known, signs: Signs): readonly Span[] {
  const found: Span[] = [];
  for (const name of known.names) found.push(...occurrences(folded, name, 'NAME'));
  search(folded, identifyingSearches, signs, found);
  if ((signs.bits & (sign.digit | sign.latin)) !== 0)
    found.push(...occurrences(folded, clearPhone(known.phone), 'PHONE'));
  search(folded, writtenSearches, signs, found);
  if (signs.digits >= shortestNumber) found.push(...numberSpans(folded));
  return found;
}

function locating(folded: string, known: Known, signs: Signs): readonly Span[] {
  const found = [
    ...occurrences(folded, known.subject, 'NAME'),
    ...occurrences(folded, known.address, 'ADDRESS'),
  ];
  search(folded, locatingSearches, signs, found);
  return found;
}

const isIdLength = ({ start, end }: Span): boolean => end - start >= 15 && end - start <= 18;

/** After a word for phone: a local number of 7 or 8 digits, or a mobile of a network not known yet. */
function isLocalPhone(text: string, { start, end }: Span): boolean {
  const digits = text.slice(start, end).replace(/\D/g, '').length;
  return digits === 7 || digits === 8 || digits === 11;
}

/** Short numbers of offices (12345) are no secret, and a masked one gives nothing away. */
const clearPhone = (phone: string | null): string | null =>
  phone !== null && /^[\d\s()+-]{7,}$/.test(fold(phone).trim()) ? phone.trim() : null;

function occurrences(text: string, wanted: string | null, label: Span['label']): readonly Span[] {
  if (wanted === null) return [];
  const needle = fold(wanted);
  const found: Span[] = [];
  for (let at = text.indexOf(needle); at >= 0; at = text.indexOf(needle, at + needle.length)) {
    found.push({ start: at, end: at + needle.length, label });
  }
  return found;
}
