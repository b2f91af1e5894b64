import { HubError } from '../errors.ts';

/** A UUID as four big-endian words, so that words compare as the texts do. */
export type IdWords = Uint32Array;

const dashes = [8, 13, 18, 23];
const hex = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'));

/** Writes the words of a lower-case UUID into `into`. Throws HUB_INTERNAL for anything else. */
export function parseItemId(text: string, into: IdWords): void {
  let word = 0;
  let digits = 0;
  let isUuid = text.length === 36;
  for (let at = 0; at < 36 && isUuid; at += 1) {
    const code = text.charCodeAt(at);
    if (dashes.includes(at)) {
      isUuid = code === 45;
      continue;
    }
    const digit = code >= 48 && code <= 57 ? code - 48 : code >= 97 && code <= 102 ? code - 87 : -1;
    isUuid = digit >= 0;
    word = (word << 4) | digit;
    digits += 1;
    if (digits % 8 === 0) into[digits / 8 - 1] = word;
  }
  if (!isUuid)
    throw new HubError('HUB_INTERNAL', `item id ${text.slice(0, 80)}: a lower-case UUID was expected`);
}

export function itemIdText(a: number, b: number, c: number, d: number): string {
  return `${word(a)}-${half(b >>> 16)}-${half(b)}-${half(c >>> 16)}-${half(c)}${word(d)}`;
}

const half = (bits: number): string => hex[(bits >>> 8) & 255]! + hex[bits & 255]!;
const word = (bits: number): string => half(bits >>> 16) + half(bits);
