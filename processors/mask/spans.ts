/** What stands for a piece of personal data in a scrubbed text. */
export type Label = 'PHONE' | 'ID' | 'CARD' | 'NAME' | 'EMAIL' | 'ACCOUNT' | 'PREMISE' | 'PLATE' | 'ADDRESS';

/** A piece of a text, in UTF-16 units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly label: Label;
}

/** Full-width forms to half-width, unit by unit: spans found in the folded text are true in the original. */
export const fold = (text: string): string =>
  text.replace(/[\uff01-\uff5e\u3000]/g, (wide) =>
    wide === '\u3000' ? ' ' : String.fromCharCode(wide.charCodeAt(0) - 0xfee0),
  );

/** All matches of a global pattern; its first group, where there is one, is what is personal in it. */
export function spansOf(text: string, pattern: RegExp, label: Label): readonly Span[] {
  const found: Span[] = [];
  for (const match of text.matchAll(pattern)) {
    const value = match[1] ?? match[0];
    const start = match.index + match[0].lastIndexOf(value);
    found.push({ start, end: start + value.length, label });
  }
  return found;
}

/** Spans in order, none over another: of two that overlap the earlier stays and takes the other's end. */
export function disjoint(spans: readonly Span[]): readonly Span[] {
  const kept: Span[] = [];
  for (const span of [...spans].sort((a, b) => a.start - b.start || b.end - a.end)) {
    const last = kept.at(-1);
    if (last === undefined || span.start >= last.end) kept.push(span);
    else if (span.end > last.end) kept[kept.length - 1] = { ...last, end: span.end };
  }
  return kept;
}

/** The text with `[LABEL]` in the place of each span. */
export function cover(text: string, spans: readonly Span[]): string {
  let covered = '';
  let from = 0;
  for (const { start, end, label } of spans) {
    covered += `${text.slice(from, start)}[${label}]`;
    from = end;
  }
  return covered + text.slice(from);
}
