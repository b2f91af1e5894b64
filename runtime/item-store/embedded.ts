import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import type { ItemEvent } from '../../schemas/types.ts';
import type { Serde } from '../core/serde.ts';
import type { Log } from '../log/index.ts';
import { topics } from '../topics.ts';
import type { ItemCounts, ItemQuery, ItemStore, StoredItem } from './index.ts';
import { pairReading } from './pairs.ts';
import { assertItemStore } from './tables.ts';

export type { ItemStore } from './index.ts';

const mostItems = 1_000;

interface ItemRow {
  readonly item_id: string;
  readonly base_id: string;
  readonly partition: number;
  readonly value: Uint8Array;
}

interface CountedRow {
  readonly item_class: string;
  readonly status: string;
  readonly lead: string;
  readonly n: number;
}

type Counting = { -readonly [K in keyof ItemCounts]: ItemCounts[K] } & {
  readonly byClass: Record<string, number>;
  readonly byStatus: Record<string, number>;
  readonly byLead: Record<string, number>;
};

/** The read side: works on a read-only connection, in any thread or process. Its methods throw HUB_DATA_FORMAT, see assertItemStore. */
export function openItemStore(database: DatabaseSync, log: Log, serde: Serde): ItemStore {
  const columns = 'item_id, base_id, partition, value';
  let isChecked = false;
  const prepared = (sql: string) => {
    if (!isChecked) assertItemStore(database);
    isChecked = true;
    return database.prepare(sql);
  };

  async function rows(
    condition: string,
    values: readonly SQLInputValue[],
    limit: number,
    order = 'reported_at DESC, item_id',
  ): Promise<StoredItem[]> {
    const found = prepared(
      `SELECT ${columns} FROM store_item WHERE ${condition} ORDER BY ${order} LIMIT ?`,
    ).all(...values, limit) as unknown as ItemRow[];
    await serde.prepare(
      'item',
      found.map((row) => row.value),
    );
    return found.map((row) => ({
      itemId: row.item_id,
      baseId: row.base_id,
      partition: row.partition,
      item: serde.decode('item', row.value),
    }));
  }

  const ofCluster = (clusterId: string) =>
    rows('item_id IN (SELECT item_id FROM store_cluster WHERE cluster_id = ?)', [clusterId], mostItems);

  return {
    ...pairReading((sql, ...values) => prepared(sql).all(...values)),
    ofCluster,

    async find(idOrNumber) {
      const id = idOrNumber.toLowerCase();
      const exact = await rows('item_id = ?', [id], 1);
      if (exact.length > 0) return exact;
      if (isUuid(id)) {
        const members = await ofCluster(id);
        // An item that was always alone is looked for in the whole table: seldom asked, so it has no index.
        return members.length > 0 ? members : rows('cluster_id = ?', [id], 1);
      }
      if (/^[0-9a-f-]{8,35}$/.test(id)) {
        const byPrefix = await rows('item_id >= ? AND item_id < ?', [id, `${id}g`], 10);
        if (byPrefix.length > 0) return byPrefix;
      }
      const recordId = idOrNumber.slice(idOrNumber.indexOf(':') + 1);
      return idOrNumber.includes(':')
        ? rows('record_id = ? AND base_id = ?', [recordId, idOrNumber], mostItems)
        : rows('record_id = ?', [recordId], mostItems);
    },

    async events(itemId) {
      const pointers = prepared(
        'SELECT partition, offset FROM store_event WHERE item_id = ? ORDER BY seq',
      ).all(itemId) as unknown as { partition: number; offset: number }[];
      const found: ItemEvent[] = [];
      for (const { partition, offset } of pointers) {
        const [record] = await log.read(topics.events, partition, offset, 1);
        if (record?.value == null || record.offset !== offset) continue;
        await serde.prepare('item-event', [record.value]);
        found.push(serde.decode('item-event', record.value));
      }
      return found;
    },

    search(query) {
      const { conditions, values } = where(query);
      return rows(conditions.join(' AND '), values, Math.min(query.limit ?? 50, mostItems));
    },

    inCategories({ categories, reportedFrom, reportedTo }, after, limit) {
      const places = categories.map(() => '?').join();
      return rows(
        `category IN (${places}) AND reported_at >= ? AND reported_at < ? AND item_id > ?`,
        [...categories, reportedFrom, reportedTo, after],
        limit,
        'item_id',
      );
    },

    async counts(): Promise<ItemCounts> {
      const counts = { total: 0, byClass: {}, byStatus: {}, byLead: {}, unsignedMajor: 0 } as Counting;
      const found = prepared(
        'SELECT item_class, status, lead, count(*) AS n FROM store_item GROUP BY 1, 2, 3',
      ).all() as unknown as CountedRow[];
      for (const { item_class: itemClass, status, lead, n } of found) {
        counts.total += n;
        counts.byClass[itemClass] = (counts.byClass[itemClass] ?? 0) + n;
        counts.byStatus[status] = (counts.byStatus[status] ?? 0) + n;
        if (status !== 'LINKED') counts.byLead[lead] = (counts.byLead[lead] ?? 0) + n;
        if (itemClass === 'MAJOR' && status === 'SUBMITTED') counts.unsignedMajor += n;
      }
      return counts;
    },
  };
}

const isUuid = (text: string): boolean => /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

function where(query: ItemQuery): { conditions: string[]; values: SQLInputValue[] } {
  const conditions = ['1 = 1'];
  const values: SQLInputValue[] = [];
  const add = (condition: string, value: SQLInputValue | undefined) => {
    if (value === undefined) return;
    conditions.push(condition);
    values.push(value);
  };
  add('source = ?', query.source);
  add('item_class = ?', query.itemClass);
  add('category = ?', query.category);
  add('lead = ?', query.lead);
  add('status = ?', query.status);
  add('instr(title, ?) > 0', query.text);
  add('reported_at >= ?', query.reportedFrom);
  add('reported_at < ?', query.reportedTo);
  return { conditions, values };
}
