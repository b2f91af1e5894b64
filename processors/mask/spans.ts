/** What stands for a piece of personal data in a scrubbed text. */
export type Label = 'PHONE' | 'ID' | 'CARD' | 'NAME' | 'EMAIL' | 'ACCOUNT' | 'PREMISE' | 'PLATE' | 'ADDRESS';

/** A piece of a text, in UTF-16 units, `end` exclusive. */
export interface Span {
  readonly start: number;
  readonly end: number;
  readonly label: Label;
}

/** Full-width forms to half-width, unit by unit: spans found in the folded text are true in the original. */
export function fold(text: string): string {
  let folded = '';
  let from = 0;
  for (let at = 0; at < text.length; at++) {
    const unit = text.charCodeAt(at);
    if (unit !== 0x3000 && (unit < 0xff01 || unit > 0xff5e)) continue;
    folded += text.slice(from, at) + (unit === 0x3000 ? ' ' : String.fromCharCode(unit - 0xfee0));
    from = at + 1;
  }
  return from === 0 ? text : folded + text.slice(from);
}

/** All matches of a global pattern that never matches nothing; its first group, where there is one, is what is personal in it. */
export function spansOf(text: string, pattern: RegExp, label: Label): readonly Span[] {
  let found: Span[] | null = null;
  pattern.lastIndex = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    const value = match[1] ?? match[0];
    const start = match.index + match[0].lastIndexOf(value);
    found ??= [];
    found.push({ start, end: start + value.length, label });
  }
  return found ?? none;
}

const none: readonly Span[] = [];

/** Spans in order, none over another: of two that overlap the earlier stays and takes the other's end. */
export function disjoint(spans: readonly Span[]): readonly Span[] {
  if (spans.length < 2) return spans;
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
