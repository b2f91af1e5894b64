import type { Catalogue } from '../../processors/catalogue/index.ts';
import type { ItemCounts, StoredItem } from '../../runtime/item-store/index.ts';
import type { Language } from '../language.ts';
import { messagesIn, nameOf } from '../messages/index.ts';
import { clockTime } from '../time.ts';
import { organisation } from './item-head.ts';
import { indented, labelled } from './layout.ts';

/** What the first minutes of a hub show. Times in ms. */
export interface Pulse {
  /** Raw records ever received, by source. */
  readonly received: Readonly<Record<string, number>>;
  readonly deadLetters: number;
  readonly counts: Pick<ItemCounts, 'total' | 'byClass' | 'byStatus' | 'byLead'>;
  /** Newest report first. */
  readonly newest: readonly Pick<StoredItem, 'itemId' | 'item'>[];
}

const mostOrganisations = 5;
const titleLength = 24;
/** As `find` of the item store takes them. */
const shortIdLength = 8;
const classes = ['ORDINARY', 'SPECIALIZED', 'MAJOR'] as const;
const procedures = { ORDINARY: 'DISPATCH', SPECIALIZED: 'TRANSFER', MAJOR: 'SUPERVISE' } as const;

/** A dozen lines: what has come in, what became of it, and what to ask next. */
export function pulseView(pulse: Pulse, catalogue: Catalogue, language: Language): string[] {
  const t = messagesIn(language);
  const { received, deadLetters, counts, newest } = pulse;
  const sources = Object.entries(received);
  const records = sources.reduce((sum, [, count]) => sum + count, 0);
  const byClass = classes.map(
    (name) =>
      `${nameOf(t.names.classes, name)} ${counts.byClass[name] ?? 0} → ${nameOf(t.names.procedures, procedures[name])}`,
  );
  const leads = Object.entries(counts.byLead).sort(([a, m], [b, n]) => n - m || (a < b ? -1 : 1));
  const toWhom = leads
    .slice(0, mostOrganisations)
    .map(([id, count]) => `${organisation(id, catalogue, language)} ${count}`);
  const others = leads.length - toWhom.length;
  if (others > 0) toWhom.push(t.pulse.others(others));
  const example = newest[0]?.itemId.slice(0, shortIdLength) ?? t.pulse.item;
  return [
    ...labelled([
      [
        t.pulse.received,
        t.pulse.records(records, sources.map(([name, count]) => `${name} ${count}`).join(', ')),
      ],
      [t.pulse.items, t.pulse.itemsOf(counts.total, counts.byStatus.LINKED ?? 0)],
      [t.pulse.classes, byClass.join('; ')],
      [t.pulse.toWhom, toWhom.join(', ')],
      [t.pulse.unreadable, deadLetters === 0 ? null : t.pulse.letters(deadLetters)],
    ]),
    t.pulse.newest,
    ...indented(newest.map(({ itemId, item }) => newestLine(itemId, item, catalogue, language))),
    t.pulse.next,
    ...indented([
      'npm run -s hub -- tap items',
      'npm run -s hub -- status',
      `npm run -s hub -- why ${example}`,
    ]),
  ];
}

function newestLine(
  itemId: string,
  item: StoredItem['item'],
  catalogue: Catalogue,
  language: Language,
): string {
  const t = messagesIn(language);
  const { classification, category, route, primaryItemId } = item;
  const gloss = catalogue.category(category.code);
  const title = [...item.title].slice(0, titleLength).join('');
  const fate =
    primaryItemId === null
      ? `→ ${route.leadDepartment}`
      : t.pulse.follows(primaryItemId.slice(0, shortIdLength));
  return [
    itemId.slice(0, shortIdLength),
    clockTime(item.reportedAt).slice(0, 16),
    nameOf(t.names.classes, classification.itemClass),
    `${title} (${language === 'zh-CN' ? gloss.zh : gloss.en})`,
    fate,
  ].join('  ');
}
