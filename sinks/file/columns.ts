import { reasonText } from '../../processors/classify/index.ts';
import {
  categories,
  classes,
  kinds,
  type Language,
  type Names,
  organisations,
  removals,
  sources,
  statuses,
} from './words.ts';

/** The JSON form of an item (schemas/index.ts `toJson`), as far as the columns look into it. */
export type Json = Readonly<Record<string, unknown>>;
/** Null for an empty one. */
export type Cell = string | number | null;

interface Column {
  readonly zh: string;
  readonly en: string;
  readonly cell: (item: Json, language: Language) => Cell;
}

const at = (value: unknown, path: string): unknown =>
  path.split('.').reduce<unknown>((inner, key) => (inner as Json | null | undefined)?.[key], value);

const plain =
  (path: string) =>
  (item: Json): Cell => {
    const value = at(item, path);
    return typeof value === 'number' || value === null || value === undefined
      ? (value ?? null)
      : String(value);
  };

/** `2026-03-10T08:12:33.000+08:00` as clerks write it: `2026-03-10 08:12:33`. */
const time =
  (path: string) =>
  (item: Json): Cell => {
    const value = at(item, path);
    return typeof value === 'string' ? value.slice(0, 19).replace('T', ' ') : null;
  };

const name = (code: unknown, names: Names, language: Language): string =>
  names.get(String(code))?.[language] ?? String(code);

const named =
  (path: string, names: Names) =>
  (item: Json, language: Language): Cell => {
    const code = at(item, path);
    return code === null || code === undefined ? null : name(code, names, language);
  };

/** What a clerk needs to act, in the order in which it is read. The key is the option's word for the column. */
export const columns = {
  reportedAt: { zh: '受理时间', en: 'reported at', cell: time('reportedAt') },
  source: { zh: '来源系统', en: 'source', cell: named('source.system', sources) },
  recordId: { zh: '来源编号', en: 'record', cell: plain('source.recordId') },
  kind: { zh: '诉求类型', en: 'kind', cell: named('kind', kinds) },
  title: { zh: '标题', en: 'title', cell: plain('title') },
  body: { zh: '内容', en: 'text', cell: plain('body') },
  address: { zh: '地址', en: 'address', cell: plain('place.address') },
  category: { zh: '类别', en: 'category', cell: named('category.code', categories) },
  itemClass: { zh: '分级', en: 'class', cell: named('classification.itemClass', classes) },
  reasons: { zh: '分级理由', en: 'reasons', cell: reasons },
  lead: { zh: '主办单位', en: 'lead', cell: named('route.leadDepartment', organisations) },
  helpers: { zh: '协办单位', en: 'helpers', cell: helpers },
  status: { zh: '状态', en: 'status', cell: named('status', statuses) },
  signBy: { zh: '签收时限', en: 'sign by', cell: time('deadlines.signBy') },
  contactBy: { zh: '联系时限', en: 'contact by', cell: time('deadlines.contactBy') },
  resolveBy: { zh: '办结时限', en: 'resolve by', cell: time('deadlines.resolveBy') },
  removed: { zh: '移出原因', en: 'removed because', cell: named('removed.reason', removals) },
  removedTo: { zh: '移往', en: 'removed to', cell: named('removed.to', organisations) },
  revision: { zh: '版本', en: 'revision', cell: plain('revision') },
  itemId: { zh: '事项编号', en: 'item', cell: plain('itemId') },
} as const satisfies Record<string, Column>;

export type ColumnName = keyof typeof columns;
export const columnNames = Object.keys(columns) as [ColumnName, ...ColumnName[]];

/** The item carries the Chinese text; the English one is made from the same evidence. */
function reasons(item: Json, language: Language): Cell {
  const all = (at(item, 'classification.reasons') ?? []) as readonly Readonly<Record<string, string>>[];
  const texts = all.map(({ text, ruleId, evidence }) =>
    language === 'en' ? reasonText(ruleId ?? '', evidence ?? '', 'en') : text,
  );
  return texts.join(language === 'en' ? '; ' : '；');
}

function helpers(item: Json, language: Language): Cell {
  const ids = (at(item, 'route.coDepartments') ?? []) as readonly string[];
  return ids.map((id) => name(id, organisations, language)).join(language === 'en' ? ', ' : '、');
}
