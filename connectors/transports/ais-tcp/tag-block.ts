import { hexByte, xor } from './checksum.ts';

/** What stands before a sentence between backslashes (NMEA 0183 4.10): `\g:1-2-1604,s:rORBCOMM008,c:1418169601*37\`. */
export interface TagBlock {
  /** `s`: who received it. */
  readonly source: string | null;
  /** `c`: when, ms since epoch; sent in seconds, by some in ms. */
  readonly at: number | null;
  /** `g`: which sentence of how many of a group, and the group's number; unique for longer than a sentence's own group id. */
  readonly group: { readonly sentence: number; readonly of: number; readonly id: number } | null;
}

export type TagReading =
  | { readonly tag: TagBlock | null; readonly end: number; readonly isDamaged: boolean }
  /** The second backslash is missing. */
  | null;

const backslash = 92;
const star = 42;
const firstMs = 100_000_000_000;

/**
 * @param start index of the first backslash.
 * @returns the block and the index behind it. A block whose checksum is missing or wrong is not believed: its tag is null.
 */
export function readTagBlock(bytes: Uint8Array, start: number, end: number): TagReading {
  const close = bytes.indexOf(backslash, start + 1);
  if (close < 0 || close >= end) return null;
  const sumAt = bytes.indexOf(star, start + 1);
  const isWhole =
    sumAt > 0 && sumAt + 3 === close && hexByte(bytes, sumAt + 1, close) === xor(bytes, start + 1, sumAt);
  if (!isWhole) return { tag: null, end: close + 1, isDamaged: true };
  const fields = new Map<string, string>();
  const text = Buffer.from(bytes.buffer, bytes.byteOffset + start + 1, sumAt - start - 1).toString('latin1');
  for (const field of text.split(',')) {
    const colon = field.indexOf(':');
    if (colon > 0) fields.set(field.slice(0, colon), field.slice(colon + 1));
  }
  return { tag: tagOf(fields), end: close + 1, isDamaged: false };
}

function tagOf(fields: ReadonlyMap<string, string>): TagBlock {
  const time = fields.get('c') ?? '';
  const seconds = /^\d{1,13}$/.test(time) ? Number(time) : null;
  const group = /^(\d{1,2})-(\d{1,2})-(\d{1,9})$/.exec(fields.get('g') ?? '');
  return {
    source: fields.get('s') ?? null,
    at: seconds === null ? null : seconds < firstMs ? seconds * 1_000 : seconds,
    group: group && { sentence: Number(group[1]), of: Number(group[2]), id: Number(group[3]) },
  };
}

/** A block as `readTagBlock` reads it. @param at ms since epoch. */
export function writeTagBlock(source: string, at: number): string {
  const text = `s:${source
    .replace(/[^\w.:-]/g, '_')
    .replaceAll(':', '.')
    .slice(0, 32)},c:${Math.floor(at / 1_000)}`;
  const sum = xor(Buffer.from(text, 'latin1'), 0, text.length);
  return `\\${text}*${sum.toString(16).toUpperCase().padStart(2, '0')}\\`;
}
