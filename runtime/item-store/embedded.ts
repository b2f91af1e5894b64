import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import { partOf } from '../../schemas/part.ts';
import type { Item, ItemEvent } from '../../schemas/types.ts';
import type { Serde } from '../core/serde.ts';
import type { Log } from '../log/index.ts';
import { topics } from '../topics.ts';
import type { ItemCounts, ItemQuery, ItemStore, StoredItem } from './index.ts';

export type { ItemStore } from './index.ts';

/** docs/data-format.md describes them. */
const tables = `
CREATE TABLE IF NOT EXISTS store_item (
  item_id TEXT PRIMARY KEY,
  base_id TEXT NOT NULL,
  record_id TEXT NOT NULL,
  partition INTEGER NOT NULL,
  source TEXT NOT NULL,
  item_class TEXT NOT NULL,
  category TEXT NOT NULL,
  lead TEXT NOT NULL,
  status TEXT NOT NULL,
  reported_at INTEGER NOT NULL,
  title TEXT NOT NULL,
  value BLOB NOT NULL
);
CREATE INDEX IF NOT EXISTS store_item_record ON store_item (record_id);
CREATE INDEX IF NOT EXISTS store_item_reported ON store_item (reported_at);
CREATE TABLE IF NOT EXISTS store_event (
  item_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  PRIMARY KEY (item_id, seq)
) WITHOUT ROWID;
`;

const mostItems = 1_000;

/** Creates the projection's tables where they are missing. */
export function prepareItemStore(database: DatabaseSync): void {
  database.exec(tables);
}

interface ItemRow {
  readonly item_id: string;
  readonly base_id: string;
  readonly partition: number;
  readonly value: Uint8Array;
}

/** The read side: works on a read-only connection, in any thread or process. */
export function openItemStore(database: DatabaseSync, log: Log, serde: Serde): ItemStore {
  const columns = 'item_id, base_id, partition, value';

  async function rows(
    condition: string,
    values: readonly SQLInputValue[],
    limit: number,
  ): Promise<StoredItem[]> {
    const found = database
      .prepare(
        `SELECT ${columns} FROM store_item WHERE ${condition} ORDER BY reported_at DESC, item_id LIMIT ?`,
      )
      .all(...values, limit) as unknown as ItemRow[];
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

  function counted(column: 'item_class' | 'status'): Record<string, number> {
    const found = database
      .prepare(`SELECT ${column} AS name, count(*) AS n FROM store_item GROUP BY 1`)
      .all();
    return Object.fromEntries(found.map((row) => [String(row.name), Number(row.n)]));
  }

  return {
    async find(idOrNumber) {
      const id = idOrNumber.toLowerCase();
      const exact = await rows('item_id = ?', [id], 1);
      if (exact.length > 0) return exact;
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
      const pointers = database
        .prepare('SELECT partition, offset FROM store_event WHERE item_id = ? ORDER BY seq')
        .all(itemId) as unknown as { partition: number; offset: number }[];
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

    async counts(): Promise<ItemCounts> {
      const total = database.prepare('SELECT count(*) AS n FROM store_item').get();
      const unsigned = database
        .prepare("SELECT count(*) AS n FROM store_item WHERE item_class = 'MAJOR' AND status = 'SUBMITTED'")
        .get();
      return {
        total: Number(total?.n ?? 0),
        byClass: counted('item_class'),
        byStatus: counted('status'),
        unsignedMajor: Number(unsigned?.n ?? 0),
      };
    },
  };
}

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

/** What the rows show of an item; the rest is read from its value when somebody asks for it. */
export interface RowOfItem {
  readonly itemId: string;
  readonly source: Pick<Item['source'], 'system' | 'recordId'>;
  readonly classification: Pick<Item['classification'], 'itemClass'>;
  readonly category: Pick<Item['category'], 'code'>;
  readonly route: Pick<Item['route'], 'leadDepartment'>;
  readonly status: string;
  readonly reportedAt: number;
  readonly title: string;
}

export type RowOfEvent = Pick<ItemEvent, 'itemId' | 'seq'>;

export const rowOfItem = partOf('item', {
  itemId: true,
  source: { system: true, recordId: true },
  classification: { itemClass: true },
  category: { code: true },
  route: { leadDepartment: true },
  status: true,
  reportedAt: true,
  title: true,
});

export const rowOfEvent = partOf('item-event', { itemId: true, seq: true });

/** The write side: statements of one batch, to be run inside one SQLite transaction together with the consumer's offsets. */
export function itemStoreWriter(database: DatabaseSync): {
  putItem(item: RowOfItem, partition: number, value: Uint8Array): void;
  putEvent(event: RowOfEvent, partition: number, offset: number): void;
} {
  const item = database.prepare(
    `INSERT INTO store_item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (item_id) DO UPDATE SET item_class = excluded.item_class, category = excluded.category,
       lead = excluded.lead, status = excluded.status, reported_at = excluded.reported_at, title = excluded.title,
       value = excluded.value`,
  );
  const event = database.prepare('INSERT OR REPLACE INTO store_event VALUES (?, ?, ?, ?)');
  return {
    putItem(value, partition, bytes) {
      const { itemId, source, classification, category, route, status, reportedAt, title } = value;
      const baseId = `${source.system}:${source.recordId}`;
      item.run(
        itemId,
        baseId,
        source.recordId,
        partition,
        source.system,
        classification.itemClass,
        category.code,
        route.leadDepartment,
        status,
        reportedAt,
        title,
        bytes,
      );
    },
    putEvent(value, partition, offset) {
      event.run(value.itemId, value.seq, partition, offset);
    },
  };
}
