import { createHmac } from 'node:crypto';

/** Phones and resident ids in the forms that Chinese systems write them (domain.md §2, identity formats). */

export type Phone =
  /** Digits that can be dialled, E.164. */
  | { readonly kind: 'KNOWN'; readonly e164: string }
  /** Some digits are hidden: must never feed `reporter.ref` (quality PHONE_MASKED). */
  | { readonly kind: 'MASKED' }
  /** Not a phone, or one that only a local can dial (no area code). */
  | { readonly kind: 'UNUSABLE' };

const maxLength = 40;
const mask = /[*xX×#?●•█○◯]/;
/** Country code, and 17951, the prefix of a carrier's cheap long-distance calls. */
const prefix = /^(?:17951)?(?:\+86|0086|86(?=1[3-9]\d{9}$))?(?:17951)?/;
const extension = /(?:转|ext\.?|-)(\d{1,5})$/i;

/** `13800138000`, `+86 138-0013-8000`, `0086…`, `17951…`, `0580-3055123`, `(0580)3055123转8012`. Never throws. */
export function parsePhone(raw: string): Phone {
  if (raw.length > maxLength) return { kind: 'UNUSABLE' };
  const text = raw.normalize('NFKC').replace(/[\s()]/g, '');
  if (mask.test(text) && /\d/.test(text)) return { kind: 'MASKED' };
  const e164 = dial(text) ?? dial(text.replace(extension, ''));
  return e164 === null ? { kind: 'UNUSABLE' } : { kind: 'KNOWN', e164 };
}

function dial(text: string): string | null {
  const digits = text.replaceAll('-', '');
  if (!/^\+?\d+$/.test(digits)) return null;
  const international = /^(?:17951)?(?:\+86|0086)/.test(digits);
  const national = digits.replace(prefix, '');
  if (/^1[3-9]\d{9}$/.test(national)) return `+86${national}`;
  // Area codes: 10 and 2x with eight digits, three figures with seven or eight; abroad they are written without their 0.
  const landline = /^(0?)((?:10|2\d)\d{8}|[3-9]\d{2}\d{7,8})$/.exec(national);
  return landline !== null && (landline[1] === '0' || international) ? `+86${landline[2]}` : null;
}

const weights = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];

/**
 * Is it a resident id: 18 characters with a calendar date and the right check character, or the old 15 digits with a date of the 1900s?
 * Says nothing about whether anybody bears it. Masked ones are none.
 */
export function isResidentId(text: string): boolean {
  if (/^\d{15}$/.test(text)) return isDate(`19${text.slice(6, 12)}`);
  if (!/^\d{17}[\dXx]$/.test(text) || !isDate(text.slice(6, 14))) return false;
  const sum = weights.reduce((total, weight, i) => total + weight * Number(text[i]), 0);
  return '10X98765432'[sum % 11] === text[17]?.toUpperCase();
}

function isDate(digits: string): boolean {
  const [year, month, day] = [
    Number(digits.slice(0, 4)),
    Number(digits.slice(4, 6)),
    Number(digits.slice(6, 8)),
  ];
  const date = new Date(Date.UTC(year, month - 1, day));
  return year >= 1800 && date.getUTCMonth() === month - 1 && date.getUTCDate() === day;
}

/**
 * The same person across sources, not reversible without the key (domain.md §2 `reporter.ref`, §8).
 * @param keyNo number of the key in the key store, so that two keys can live side by side. @param identity E.164 phone, else resident id.
 */
export function pseudonym(key: string | Uint8Array, keyNo: number, identity: string): string {
  return `hk${keyNo}:${createHmac('sha256', key).update(identity, 'utf8').digest('hex')}`;
}
