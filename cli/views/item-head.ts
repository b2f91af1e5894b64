import type { Catalogue } from '../../processors/catalogue/index.ts';
import type { StoredItem } from '../../runtime/item-store/index.ts';
import type { Language } from '../language.ts';
import { type Messages, messagesIn, nameOf } from '../messages/index.ts';
import { clockTime } from '../time.ts';
import { labelled } from './layout.ts';

/** An id from the data, and its name behind it where the language has one. */
export function named(names: Readonly<Record<string, string>>, value: string): string {
  const name = nameOf(names, value);
  return name === value ? value : `${value} (${name})`;
}

/** An organisation's id with its name in the catalogue. */
export function organisation(id: string, catalogue: Catalogue, language: Language): string {
  const found = catalogue.organisations.find((one) => one.id === id);
  return found === undefined ? id : `${id} (${language === 'zh-CN' ? found.zh : found.en})`;
}

/** What an item is and where it stands, the same in every view of it. */
export function itemHead(stored: StoredItem, catalogue: Catalogue, language: Language): string[] {
  const t: Messages = messagesIn(language);
  const { itemId, baseId, item } = stored;
  const { classification, route, deadlines } = item;
  const { itemClass, procedure } = classification;
  const org = (id: string) => organisation(id, catalogue, language);
  const time = (ms: number | null) => (ms === null ? null : clockTime(ms));
  return labelled([
    [t.item.source, baseId],
    [t.item.title, item.title],
    [t.item.item, `${itemId}, ${t.item.revision(item.revision, item.contentRevision)}`],
    [t.item.reported, clockTime(item.reportedAt)],
    [t.item.status, named(t.names.statuses, item.status)],
    [t.item.class, `${named(t.names.classes, itemClass)} → ${named(t.names.procedures, procedure)}`],
    [t.item.lead, org(route.leadDepartment)],
    [t.item.co, route.coDepartments.map(org).join(', ')],
    [t.item.signBy, time(deadlines.signBy)],
    [t.item.resolveBy, time(deadlines.extendedTo ?? deadlines.resolveBy)],
  ]);
}
