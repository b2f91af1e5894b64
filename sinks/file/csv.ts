import { stringify } from 'csv-stringify/sync';

/** The JSON form of an item (schemas/index.ts `toJson`), as far as the columns look into it. */
type Json = Readonly<Record<string, unknown>>;

interface Column {
  readonly zh: string;
  readonly en: string;
  readonly value: (item: Json) => unknown;
}

const at = (value: unknown, ...path: readonly string[]): unknown =>
  path.reduce<unknown>((inner, key) => (inner as Json | null | undefined)?.[key], value);
const field =
  (...path: readonly string[]) =>
  (item: Json) =>
    at(item, ...path);
/** `2026-03-10T08:12:33.000+08:00` as clerks write it: `2026-03-10 08:12:33`. */
const time =
  (...path: readonly string[]) =>
  (item: Json) =>
    typeof at(item, ...path) === 'string'
      ? String(at(item, ...path))
          .slice(0, 19)
          .replace('T', ' ')
      : '';

/** What a clerk needs to act, in the order in which it is read. The key is the option's word for the column. */
export const columns = {
  itemId: { zh: '事项编号', en: 'item', value: field('itemId') },
  revision: { zh: '版本', en: 'revision', value: field('revision') },
  source: { zh: '来源系统', en: 'source', value: field('source', 'system') },
  recordId: { zh: '来源编号', en: 'record', value: field('source', 'recordId') },
  reportedAt: { zh: '受理时间', en: 'reported at', value: time('reportedAt') },
  title: { zh: '标题', en: 'title', value: field('title') },
  body: { zh: '内容', en: 'text', value: field('body') },
  address: { zh: '地址', en: 'address', value: field('place', 'address') },
  category: { zh: '类别', en: 'category', value: field('category', 'code') },
  itemClass: { zh: '分级', en: 'class', value: field('classification', 'itemClass') },
  reasons: {
    zh: '分级理由',
    en: 'reasons',
    value: (item) =>
      ((at(item, 'classification', 'reasons') ?? []) as readonly Json[])
        .map(({ text }) => String(text))
        .join('；'),
  },
  lead: { zh: '主办单位', en: 'lead', value: field('route', 'leadDepartment') },
  helpers: {
    zh: '协办单位',
    en: 'helpers',
    value: (item) => ((at(item, 'route', 'coDepartments') ?? []) as readonly string[]).join('、'),
  },
  status: { zh: '状态', en: 'status', value: field('status') },
  signBy: { zh: '签收时限', en: 'sign by', value: time('deadlines', 'signBy') },
  resolveBy: { zh: '办结时限', en: 'resolve by', value: time('deadlines', 'resolveBy') },
  removed: { zh: '已移出原因', en: 'removed because', value: field('removed', 'reason') },
  removedTo: { zh: '移送单位', en: 'removed to', value: field('removed', 'to') },
} as const satisfies Record<string, Column>;

export type ColumnName = keyof typeof columns;
export const columnNames = Object.keys(columns) as [ColumnName, ...ColumnName[]];

/** Without it Excel takes UTF-8 for the local code page. */
const byteOrderMark = '\ufeff';

export const csvHead = (chosen: readonly ColumnName[], language: 'zh-CN' | 'en'): Uint8Array =>
  Buffer.from(byteOrderMark + row(chosen.map((name) => columns[name][language === 'en' ? 'en' : 'zh'])));

export const csvRow = (item: Json, chosen: readonly ColumnName[]): Uint8Array =>
  Buffer.from(row(chosen.map((name) => columns[name].value(item))));

const row = (cells: readonly unknown[]): string =>
  stringify([cells.map((cell) => harmless(cell === null || cell === undefined ? '' : String(cell)))], {
    record_delimiter: 'windows',
  });

/** A citizen's text must not become a formula in a clerk's sheet; a number may begin with its sign. */
const harmless = (text: string): string =>
  /^[=+\-@\t\r]/.test(text) && !/^[+-]?[\d.]+$/.test(text) ? `'${text}` : text;
