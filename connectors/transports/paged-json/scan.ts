/**
 * Cuts the elements of one list out of a JSON text as the bytes they came in: `JSON.parse` and re-writing would lose digits of
 * numbers, order and white space, and one bad element would take the whole page with it.
 */

const [quote, comma, colon, backslash] = [0x22, 0x2c, 0x3a, 0x5c];
const [openBrace, closeBrace, openBracket, closeBracket] = [0x7b, 0x7d, 0x5b, 0x5d];

export interface ListText {
  /** The JSON around the list, with an empty list in its place. */
  readonly envelope: unknown;
  readonly elements: readonly Element[];
}

export interface Element {
  /** Its own bytes (a copy), without the white space around them. */
  readonly bytes: Uint8Array;
  /** What `JSON.parse` makes of them; undefined when they are not JSON. */
  readonly value: unknown;
}

/**
 * Finds the list under `path` (member names, outermost first).
 *
 * Elements are told apart by braces and strings alone, so one that is broken inside (a bare word, a raw line break in a string)
 * costs only itself. Where a broken one hides its own end (a bare quote, a missing brace), the text is cut at `},{"` instead.
 *
 * @returns null when there is no such list, or the text around it is not JSON (cut off, for one).
 */
export function sliceList(text: Uint8Array, path: readonly string[]): ListText | null {
  let at = skipSpace(text, startsWithBom(text) ? 3 : 0);
  const start = at;
  for (const name of path) {
    const value = findMember(text, at, name);
    if (value === null) return null;
    at = value;
  }
  if (text[at] !== openBracket) return null;
  return sliceAt(text, start, at, strictly(text, at)) ?? sliceAt(text, start, at, atRecordBorders(text, at));
}

type Span = readonly [from: number, to: number];

interface Cut {
  readonly spans: readonly Span[];
  /** Where the closing bracket stands. */
  readonly end: number;
}

function sliceAt(text: Uint8Array, start: number, listAt: number, cut: Cut | null): ListText | null {
  if (cut === null) return null;
  const envelope = parse(text.subarray(start, listAt + 1), text.subarray(cut.end));
  if (envelope === undefined) return null;
  const elements = cut.spans.flatMap((span) => {
    const element = elementAt(text, span);
    // Two bare quotes hide each other's ends, and with them the good records between.
    return element.value === undefined
      ? splitAtBorders(text, span).flatMap((part) => setFree(text, part))
      : [element];
  });
  return { envelope, elements };
}

/** More tries than a broken row of any sense has members that are objects. */
const mostTries = 100;

/** A row that ends in the middle (`{"id":"1","title":"no en,{"id":"2",…}`) must not take the good one behind it along. */
function setFree(text: Uint8Array, [from, to]: Span): readonly Element[] {
  const whole = elementAt(text, [from, to]);
  if (whole.value !== undefined) return [whole];
  let tries = 0;
  for (let at = from; at < to && tries < mostTries; at++) {
    if (text[at] !== comma) continue;
    const next = skipSpace(text, at + 1);
    if (text[next] !== openBrace || text[skipSpace(text, next + 1)] !== quote) continue;
    tries += 1;
    const rest = elementAt(text, [next, to]);
    if (rest.value !== undefined) return [elementAt(text, [from, trimEnd(text, from, at)]), rest];
  }
  return [whole];
}

function elementAt(text: Uint8Array, [from, to]: Span): Element {
  // A copy: a view would keep the whole page in memory, and send it along to another thread.
  const bytes = new Uint8Array(text.subarray(from, to));
  return { bytes, value: parse(bytes) };
}

function strictly(text: Uint8Array, listAt: number): Cut | null {
  const spans: Span[] = [];
  let at = skipSpace(text, listAt + 1);
  while (at < text.length) {
    const end = skipValue(text, at, closeBracket);
    if (end === null) return null;
    const trimmed = trimEnd(text, at, end);
    if (trimmed > at) spans.push([at, trimmed]);
    if (text[end] === closeBracket) return { spans, end };
    at = skipSpace(text, end + 1);
  }
  return null;
}

/** @returns where the comma or `closer` after the value stands; null when its braces do not balance. */
function skipValue(text: Uint8Array, from: number, closer: number): number | null {
  let depth = 0;
  for (let at = from; at < text.length; at++) {
    const byte = text[at];
    if (byte === quote) {
      const end = skipString(text, at);
      if (end === null) return null;
      at = end - 1;
    } else if (depth === 0 && (byte === comma || byte === closer)) {
      return at;
    } else if (byte === openBrace || byte === openBracket) {
      depth += 1;
    } else if (byte === closeBrace || byte === closeBracket) {
      depth -= 1;
      if (depth < 0) return null;
    }
  }
  return null;
}

/** The list ends at the last `]`, which only closing braces may follow. */
function atRecordBorders(text: Uint8Array, listAt: number): Cut | null {
  let end = text.length - 1;
  while (end > listAt && (text[end] === closeBrace || isSpace(text[end]))) end -= 1;
  if (end === listAt || text[end] !== closeBracket) return null;
  return { spans: splitAtBorders(text, [skipSpace(text, listAt + 1), trimEnd(text, listAt + 1, end)]), end };
}

/** Cuts at `}` `,` `{` `"`, with white space between them. */
function splitAtBorders(text: Uint8Array, [start, end]: Span): readonly Span[] {
  const spans: Span[] = [];
  let from = start;
  for (let at = from; at < end; at++) {
    if (text[at] !== closeBrace) continue;
    const separator = skipSpace(text, at + 1);
    if (text[separator] !== comma) continue;
    const next = skipSpace(text, separator + 1);
    if (text[next] !== openBrace || text[skipSpace(text, next + 1)] !== quote) continue;
    spans.push([from, at + 1]);
    from = next;
    at = next;
  }
  if (end > from) spans.push([from, end]);
  return spans;
}

/** The value of the last member of this name, as `JSON.parse` has it. */
function findMember(text: Uint8Array, objectAt: number, name: string): number | null {
  if (text[objectAt] !== openBrace) return null;
  let found: number | null = null;
  let at = skipSpace(text, objectAt + 1);
  while (text[at] === quote) {
    const keyEnd = skipString(text, at);
    if (keyEnd === null) return found;
    const key = parse(text.subarray(at, keyEnd));
    at = skipSpace(text, keyEnd);
    if (text[at] !== colon) return found;
    at = skipSpace(text, at + 1);
    if (key === name) found = at;
    const end = skipValue(text, at, closeBrace);
    if (end === null || text[end] !== comma) return found;
    at = skipSpace(text, end + 1);
  }
  return found;
}

/** @returns the place after the closing quote. */
function skipString(text: Uint8Array, from: number): number | null {
  for (let at = from + 1; at < text.length; at++) {
    if (text[at] === backslash) at += 1;
    else if (text[at] === quote) return at + 1;
  }
  return null;
}

function parse(...parts: readonly Uint8Array[]): unknown {
  try {
    return JSON.parse(parts.map((part) => new TextDecoder().decode(part)).join(''));
  } catch {
    return undefined;
  }
}

function skipSpace(text: Uint8Array, from: number): number {
  let at = from;
  while (isSpace(text[at])) at += 1;
  return at;
}

function trimEnd(text: Uint8Array, from: number, to: number): number {
  let end = to;
  while (end > from && isSpace(text[end - 1])) end -= 1;
  return end;
}

const isSpace = (byte: number | undefined) =>
  byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;

const startsWithBom = (text: Uint8Array) => text[0] === 0xef && text[1] === 0xbb && text[2] === 0xbf;
