import { stringify } from 'csv-stringify/sync';
import { type Cell, type ColumnName, columns, type Json } from './columns.ts';
import type { Language } from './words.ts';

/** Without it Excel takes UTF-8 for the local code page. */
const byteOrderMark = '\ufeff';

export const csvHead = (chosen: readonly ColumnName[], language: Language): Uint8Array =>
  Buffer.from(byteOrderMark + row(chosen.map((name) => columns[name][language === 'en' ? 'en' : 'zh'])));

export const csvRow = (item: Json, chosen: readonly ColumnName[], language: Language): Uint8Array =>
  Buffer.from(row(chosen.map((name) => columns[name].cell(item, language))));

/** RFC 4180, every text in quotes: a line break alone would otherwise pass for the end of the row. */
const row = (cells: readonly Cell[]): string =>
  stringify([cells.map((cell) => (typeof cell === 'string' ? asText(cell) : cell))], {
    record_delimiter: 'windows',
    quoted_string: true,
  });

/** What Excel reads as a formula; full-width signs count in Chinese editions. */
const formula = /^\s*[=+\-@＝＋－＠]|^[\t\r\n]/;
/** What it takes for a number and spoils: leading zeros, more digits than it keeps, 12E5. */
const spoiled = /^(0\d+|\d{12,}|\d+[eE][+-]?\d+)$/;
const shortNumber = /^[+-]?\d{1,11}(\.\d{1,9})?$/;

/**
 * A citizen's text must not become a formula in a clerk's sheet, nor a long number lose its end: such a cell begins with an
 * apostrophe. One that begins with an apostrophe gets a second, so whoever takes one away has the text again.
 */
export function asText(text: string): string {
  const risky = formula.test(text) && !shortNumber.test(text);
  return risky || spoiled.test(text) || text.startsWith("'") ? `'${text}` : text;
}
