import type { Label, Span } from './spans.ts';

/**
 * Phones, resident ids and bank cards in a folded text, however their digits are parted. The text is read as runs of digits;
 * runs with nothing but a few separators between them may belong to one number. Each start tries at most `longest` digits,
 * so the time is linear in the text. Formats: domain.md §2 "Identity formats".
 */
export function numberSpans(text: string): readonly Span[] {
  const runs = [...text.matchAll(/\d+/g)].map((match) => ({ start: match.index, digits: match[0] }));
  const found: Span[] = [];
  for (let first = 0; first < runs.length; ) {
    const hit = numberAt(text, runs, first);
    if (hit === null) first += 1;
    else {
      found.push(hit.span);
      first = hit.next;
    }
  }
  return found;
}

interface Run {
  readonly start: number;
  readonly digits: string;
}

/** Digits of the longest number with every prefix: 0086 17951 0 + 11. */
const longest = 24;

/** Space of any kind, dash of any kind, dot, slash, underscore, brackets, and characters that show nothing. */
const separators = /^[\s\u00ad\u200b-\u200d\u2060\ufeff\-\u2010-\u2015\u2212._·•/\\|~()[\]]{1,3}$/;

function numberAt(text: string, runs: readonly Run[], first: number): { span: Span; next: number } | null {
  const start = runs[first]!.start;
  if (isGlued(runs[first]!.digits)) {
    return { span: { start, end: endOf(runs[first]!), label: 'PHONE' }, next: first + 1 };
  }
  let digits = '';
  let best: { span: Span; next: number } | null = null;
  for (let last = first; last < runs.length; last++) {
    const run = runs[last]!;
    if (
      last > first &&
      !separators.test(text.slice(endOf(runs[last - 1]!), Math.min(run.start, endOf(runs[last - 1]!) + 4)))
    )
      break;
    digits += run.digits;
    if (digits.length > longest) break;
    const end = endOf(run);
    const check = /^[Xx]/.test(text.slice(end, end + 1)) && digits.length === 17 ? 'X' : '';
    const label = labelOf(digits + check, runs[first]!.digits, text.charAt(start - 1) === '+');
    if (label !== null) {
      const opens = text.slice(Math.max(0, start - 2), start).match(/[+(]+$/)?.[0].length ?? 0;
      best = { span: { start: start - opens, end: end + check.length, label }, next: last + 1 };
    }
  }
  return best;
}

const endOf = (run: Run): number => run.start + run.digits.length;

/** @param head the first run of the number: an area code is only taken for one where it stands alone or all is one run. */
function labelOf(number: string, head: string, plus: boolean): Label | null {
  if (isResidentId(number)) return 'ID';
  if (/^(?:(?:00)?86|086)?0?(?:179\d\d|125\d\d)?0?1[3-9]\d{9}$/.test(number)) return 'PHONE';
  if (isLandline(number, head, plus)) return 'PHONE';
  if (isBankCard(number)) return 'CARD';
  return null;
}

/** Area codes: 010, 02x, 0[3-9]xx; subscriber numbers have 7 or 8 digits and start with 2–9. */
function isLandline(number: string, head: string, plus: boolean): boolean {
  if (/^(?:179\d\d)?(?:0(?:10|2\d)[2-9]\d{7}|0[3-9]\d{2}[2-9]\d{6,7})$/.test(number)) {
    return head === number || /^(?:179\d\d|(?:179\d\d)?0(?:10|2\d|[3-9]\d\d))$/.test(head);
  }
  return (
    (plus || head.startsWith('0086') || head === '86') &&
    /^(?:00)?860?(?:10|2\d|[3-9]\d\d)[2-9]\d{6,7}$/.test(number)
  );
}

const idDate = '(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])';
const id18 = new RegExp(`^[1-9]\\d{5}(?:18|19|20)\\d{2}${idDate}\\d{3}[\\dX]$`);
const id15 = new RegExp(`^[1-8]\\d{7}${idDate}\\d{3}$`);
const idWeights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

const several = new RegExp(
  `^(?:(?:0086|86|0)?1[3-9]\\d{9}|[1-9]\\d{5}(?:18|19|20)\\d{2}${idDate}\\d{4}){2,}$`,
);

/** Several phones or ids in one run of digits. A longer run is not tried: it could be cut in too many ways. */
const isGlued = (run: string): boolean => run.length >= 22 && run.length <= 72 && several.test(run);

/** By its shape, or by its check digit where the date in it is impossible. */
function isResidentId(number: string): boolean {
  if (number.length === 15) return id15.test(number);
  if (number.length !== 18) return false;
  if (id18.test(number)) return true;
  const sum = idWeights.reduce((total, weight, index) => total + weight * Number(number[index]), 0);
  return /^[1-8]/.test(number) && '10X98765432'[sum % 11] === number[17];
}

function isBankCard(number: string): boolean {
  if (!/^(?:62\d{14,17}|4\d{15}|5[1-5]\d{14})$/.test(number)) return false;
  let sum = 0;
  for (let i = 0; i < number.length; i++) {
    const digit = Number(number[number.length - 1 - i]);
    const value = i % 2 === 0 ? digit : digit * 2;
    sum += value > 9 ? value - 9 : value;
  }
  return sum % 10 === 0;
}
