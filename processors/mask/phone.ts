import { fold } from './spans.ts';

/**
 * 138****8000, 0580-305****: the network or the area and the first three stay, four stay at the end of a mobile. A phone that the
 * source has masked stays; one that is no phone shows nothing (null).
 */
export function maskPhone(phone: string | null): string | null {
  const plain = fold(phone ?? '').replace(/[\s\u200b-\u200d\ufeff]/g, '');
  const masked = /(?:^|\D)(1\d{2}\*{4,}\d{0,4}|0\d{2,3}-?\d{0,4}\*{4,}\d{0,2})$/.exec(plain);
  if (masked !== null) return masked[1]!;
  const [first = ''] = plain.split(/[,;、，；/]|或/);
  const digits = first
    .replace(/\D/g, '')
    .replace(/^(?:00)?86(?=0?1[3-9]\d{9}$|0?\d{9,11}$)/, '')
    .replace(/^179\d\d/, '')
    .replace(/^0(?=1[3-9]\d{9}$)/, '');
  if (/\*/.test(first)) return null;
  if (/^1[3-9]\d{9}$/.test(digits)) return `${digits.slice(0, 3)}****${digits.slice(7)}`;
  const landline = /^(010|02\d|0[3-9]\d\d)(\d{7,8})/.exec(digits);
  if (landline !== null) return `${landline[1]}-${landline[2]!.slice(0, 3)}****`;
  return null;
}
