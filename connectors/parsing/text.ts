/** Bytes to text, and text to something a clerk can read (domain.md §2, encoding). Every step is linear in the input. */

export interface DecodedText {
  readonly text: string;
  /** The bytes were not UTF-8 and were read as GB 18030 (quality ENCODING_FIXED for a source that promises UTF-8). */
  readonly repaired: boolean;
}

/**
 * UTF-8 BOM, then strict UTF-8, then GB 18030 where the bytes look like Chinese in it. Null when nothing fits: nearly every broken UTF-8 text
 * decodes as *some* GB 18030 (锟斤拷), and such a guess is worse than a dead letter.
 */
export function decodeText(bytes: Uint8Array): DecodedText | null {
  try {
    // TextDecoder drops the BOM by itself.
    return { text: new TextDecoder('utf-8', { fatal: true }).decode(bytes), repaired: false };
  } catch {
    if (!looksLikeGb18030(bytes)) return null;
  }
  try {
    return { text: new TextDecoder('gb18030', { fatal: true }).decode(bytes), repaired: true };
  } catch {
    return null;
  }
}

/**
 * Share of characters beyond ASCII that must lie where Chinese text lies: hanzi and symbols of GB 2312, or the four-byte
 * area. Measured on 2,044 texts (shared stories and teddy2020c attachment 4): as GB 18030 never below 0.959, as UTF-8 with its last byte lost
 * never above 0.637 (median 0.31).
 */
const plausibleShare = 0.8;

function looksLikeGb18030(bytes: Uint8Array): boolean {
  let total = 0;
  let plausible = 0;
  for (let i = 0; i < bytes.length; i += 1) {
    const lead = bytes[i] as number;
    if (lead < 0x80) continue;
    total += 1;
    const trail = bytes[i + 1] ?? 0;
    if (trail >= 0x30 && trail <= 0x39) {
      plausible += 1;
      i += 3;
      continue;
    }
    const hanzi = lead >= 0xb0 && lead <= 0xf7;
    const symbol = lead >= 0xa1 && lead <= 0xa3;
    if ((hanzi || symbol) && trail >= 0xa1) plausible += 1;
    i += 1;
  }
  return plausible >= total * plausibleShare;
}

const namedEntities: Readonly<Record<string, string>> = {
  nbsp: ' ',
  ensp: ' ',
  emsp: ' ',
  amp: '&',
  lt: '<',
  gt: '>',
  quot: '"',
  apos: "'",
  ldquo: '“',
  rdquo: '”',
  hellip: '…',
  mdash: '—',
  middot: '·',
};

/** Not `&copy;` and the like: what portals really leave behind when they store the markup of a text field. */
const entity = /&(?:#(\d{1,7})|#[xX]([0-9a-fA-F]{1,6})|([a-z]{2,6}));/g;

function decodeEntities(text: string): string {
  if (!text.includes('&')) return text;
  return text.replace(entity, (whole, decimal?: string, hex?: string, name?: string) => {
    if (name !== undefined)
      return Object.hasOwn(namedEntities, name) ? (namedEntities[name] as string) : whole;
    const code = decimal === undefined ? Number.parseInt(hex as string, 16) : Number(decimal);
    return code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff)
      ? String.fromCodePoint(code)
      : whole;
  });
}

/** Characters without a shape: controls but tab and line feed, soft hyphen, zero-width space, direction marks, BOM. */
const shapeless = /[[\p{Cc}\p{Cf}]--[\t\n\u200d]]/gv;
/** A zero-width joiner means something between emojis only. */
const strayJoiner = /(?<!\p{Extended_Pictographic}|\p{Emoji_Modifier}|\ufe0f)\u200d/gu;

/** Anything that cleaning could touch; most names, words and numbers have none of it. */
const untidy = /[&\s\p{Cc}\p{Cf}\p{Cs}]/v;

export interface CleanText {
  readonly text: string;
  /** Longer than the limit; cut between two characters (quality TEXT_TRUNCATED). */
  readonly truncated: boolean;
  /** Held half a character (a lone surrogate), replaced by U+FFFD (quality ENCODING_FIXED). */
  readonly repaired: boolean;
}

/**
 * Decodes entities once, removes what has no shape, makes every line break `\n` and every run of blanks one space, drops blank lines and
 * the blanks around lines. The result is well-formed Unicode. @param maxLength UTF-16 units.
 */
export function cleanText(raw: string, maxLength: number): CleanText {
  if (raw.length <= maxLength && !untidy.test(raw)) return { text: raw, truncated: false, repaired: false };
  const repaired = !raw.isWellFormed();
  const text = decodeEntities(raw.toWellFormed())
    .replace(/\r\n?|[\u0085\u2028\u2029]/g, '\n')
    .replace(shapeless, '')
    .replace(strayJoiner, '')
    .split('\n')
    .map((line) => line.replace(/[\s\u3000]+/g, ' ').trim())
    .filter((line) => line !== '')
    .join('\n');
  if (text.length <= maxLength) return { text, truncated: false, repaired };
  const last = text.charCodeAt(maxLength - 1);
  const cut = last >= 0xd800 && last <= 0xdbff ? maxLength - 1 : maxLength;
  return { text: text.slice(0, cut).trimEnd(), truncated: true, repaired };
}

/** One line: names, addresses, numbers. */
export function cleanLine(raw: string, maxLength: number): CleanText {
  const clean = cleanText(raw, maxLength);
  return { ...clean, text: clean.text.replaceAll('\n', ' ') };
}
