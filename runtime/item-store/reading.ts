import type { Item, ItemEvent } from '../../schemas/types.ts';
import type { Serde } from '../core/serde.ts';
import type { Log } from '../log/index.ts';
import { topics } from '../topics.ts';
import type { ItemCounts, ItemQuery, ItemStore, Reached, StoredItem } from './index.ts';
import { pairReading } from './pairs.ts';

export type Value = string | number;
export type Row = Readonly<Record<string, unknown>>;

/** What the two forms do not share. */
export interface Dialect {
  /**
   * Runs a statement with `?` for its values, in SQL that both databases understand. Numbers may come back as text. No rows where there
   * is no store yet.
   */
  all(sql: string, ...values: readonly Value[]): Promise<readonly Row[]>;
  /** Function that gives the place of a text in another, 0 where it is not in it; letter by letter, whatever the language. */
  readonly placeOf: string;
}

const mostItems = 1_000;
const columns = 'item_id, base_id, partition, value';

/** The read side over tables that both forms have alike (docs/data-format.md). */
export function itemStoreReading(
  { all, placeOf }: Dialect,
  log: Pick<Log, 'read'>,
  serde: Serde,
): Omit<ItemStore, 'close'> {
  async function itemsIn(found: readonly Row[]): Promise<StoredItem[]> {
    await serde.prepare(
      'item',
      found.map((row) => row.value as Uint8Array),
    );
    return found.map((row) => ({
      itemId: String(row.item_id),
      baseId: String(row.base_id),
      partition: Number(row.partition),
      item: serde.decode('item', row.value as Uint8Array) as Item,
    }));
  }

  const select = async (condition: string, values: readonly Value[], limit: number) =>
    itemsIn(
      await all(
        `SELECT ${columns} FROM item WHERE ${condition} ORDER BY reported_at DESC, item_id LIMIT ?`,
        ...values,
        limit,
      ),
    );

  const ofCluster = (clusterId: string) =>
    select('item_id IN (SELECT item_id FROM cluster WHERE cluster_id = ?)', [clusterId], mostItems);

  return {
    ...pairReading(all),
    ofCluster,

    async reached() {
      const rows = await all('SELECT topic, partition, next, last_key, last_at FROM reached');
      return rows.map(reachedOfRow);
    },

    async find(idOrNumber) {
      const id = idOrNumber.toLowerCase();
      const exact = await select('item_id = ?', [id], 1);
      if (exact.length > 0) return exact;
      if (isUuid(id)) {
        const members = await ofCluster(id);
        // An item that was always alone is looked for in the whole table: seldom asked, so it has no index.
        return members.length > 0 ? members : select('cluster_id = ?', [id], 1);
      }
      if (/^[0-9a-f-]{8,35}$/.test(id)) {
        const byPrefix = await select('item_id >= ? AND item_id < ?', [id, `${id}g`], 10);
        if (byPrefix.length > 0) return byPrefix;
      }
      const recordId = idOrNumber.slice(idOrNumber.indexOf(':') + 1);
      return idOrNumber.includes(':')
        ? select('record_id = ? AND base_id = ?', [recordId, idOrNumber], mostItems)
        : select('record_id = ?', [recordId], mostItems);
    },

    async events(itemId) {
      const found: ItemEvent[] = [];
      const pointers = await all(
        'SELECT partition, record_offset FROM event WHERE item_id = ? ORDER BY seq',
        itemId,
      );
      for (const pointer of pointers) {
        const offset = Number(pointer.record_offset);
        const [record] = await log.read(topics.events, Number(pointer.partition), offset, 1);
        if (record?.value == null || record.offset !== offset) continue;
        await serde.prepare('item-event', [record.value]);
        found.push(serde.decode('item-event', record.value));
      }
      return found;
    },

    search(query) {
      const { conditions, values } = where(query, placeOf);
      return select(conditions.join(' AND '), values, Math.min(query.limit ?? 50, mostItems));
    },

    async inCategories({ categories, reportedFrom, reportedTo }, after, limit, wanted) {
      const reached = wanted.map(() => '(topic = ? AND partition = ? AND next >= ?)').join(' OR ') || '1 = 0';
      // One statement: both databases answer it as of one moment.
      const rows = await all(
        `SELECT reached_of.n, ${columns}
         FROM (SELECT count(*) AS n FROM reached WHERE ${reached}) AS reached_of
         LEFT JOIN item ON category IN (${categories.map(() => '?').join()})
           AND reported_at >= ? AND reported_at < ? AND item_id > ?
         ORDER BY item_id LIMIT ?`,
        ...wanted.flatMap(({ topic, partition, next }) => [topic, partition, next]),
        ...categories,
        reportedFrom,
        reportedTo,
        after,
        limit,
      );
      if (Number(rows[0]?.n ?? 0) < wanted.length) return null;
      return itemsIn(rows.filter(({ item_id: itemId }) => itemId !== null));
    },

    async counts(): Promise<ItemCounts> {
      const byClass: Record<string, number> = {};
      const byStatus: Record<string, number> = {};
      const byLead: Record<string, number> = {};
      let total = 0;
      let unsignedMajor = 0;
      for (const row of await all(
        'SELECT item_class, status, lead, count(*) AS n FROM item GROUP BY item_class, status, lead',
      )) {
        const [itemClass, status, lead] = [String(row.item_class), String(row.status), String(row.lead)];
        const n = Number(row.n);
        total += n;
        byClass[itemClass] = (byClass[itemClass] ?? 0) + n;
        byStatus[status] = (byStatus[status] ?? 0) + n;
        if (status !== 'LINKED') byLead[lead] = (byLead[lead] ?? 0) + n;
        if (itemClass === 'MAJOR' && status === 'SUBMITTED') unsignedMajor += n;
      }
      return { total, byClass, byStatus, byLead, unsignedMajor };
    },
  };
}

export const reachedOfRow = (row: Row): Reached => ({
  topic: String(row.topic),
  partition: Number(row.partition),
  next: Number(row.next),
  lastKey: row.last_key === null ? null : String(row.last_key),
  lastAt: Number(row.last_at),
});

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

function where(query: ItemQuery, placeOf: string): { conditions: string[]; values: Value[] } {
  const conditions = ['1 = 1'];
  const values: Value[] = [];
  const add = (condition: string, value: Value | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  add('source = ?', query.source);
  add('item_class = ?', query.itemClass);
  add('category = ?', query.category);
  add('lead = ?', query.lead);
  add('status = ?', query.status);
  add(`${placeOf}(title, ?) > 0`, query.text);
  add('reported_at >= ?', query.reportedFrom);
  add('reported_at < ?', query.reportedTo);
  return { conditions, values };
}
