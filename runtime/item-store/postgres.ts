import type { Serde } from '../core/serde.ts';
import type { Log } from '../log/index.ts';
import type { ItemStore, ItemStoreWriter } from './index.ts';
import type { PostgresLink } from './postgres-link.ts';
import { migration, tableNames } from './postgres-tables.ts';
import { storable } from './postgres-text.ts';
import { writeBatch } from './postgres-writing.ts';
import { itemStoreReading, reachedOfRow, type Value } from './reading.ts';

/**
 * The read side, for any number of processes. Its methods throw HUB_ITEM_STORE_UNAVAILABLE, HUB_ITEM_STORE_SETTING; where no writer has made
 * the tables yet there is nothing in it.
 */
export function postgresItemStore(link: PostgresLink, log: Pick<Log, 'read'>, serde: Serde): ItemStore {
  const dialect = {
    placeOf: 'strpos',
    async all(sql: string, ...values: readonly Value[]) {
      const given = values.map((value) => (typeof value === 'string' ? storable(value) : value));
      return (await link.rows(numbered(sql), given)) ?? [];
    },
  };
  return { ...itemStoreReading(dialect, log, serde), close: () => link.close() };
}

/**
 * The write side. Any number of workers may write, each partition one of them at a time: the others are refused (HUB_LOG_FENCED). Its methods
 * make the tables where that has not been done, and throw HUB_ITEM_STORE_UNAVAILABLE (begin again, the server will be back),
 * HUB_ITEM_STORE_SETTING, HUB_DATA_FORMAT (tables of a newer hub).
 */
export function postgresItemStoreWriter(link: PostgresLink): ItemStoreWriter {
  const tables = migration(link);

  return {
    async reached() {
      await tables.done();
      const rows = await link.rows('SELECT topic, partition, next, last_key, last_at FROM reached', []);
      if (rows === null) tables.forget();
      return (rows ?? []).map(reachedOfRow);
    },
    async apply(rows, advances) {
      await tables.done();
      await link.transaction((client) => writeBatch(client, rows, advances));
    },
    async reset() {
      await tables.done();
      await link.transaction((client) => client.query(`TRUNCATE ${tableNames.join(', ')}`));
    },
    close: () => link.close(),
  };
}

/** `?` as PostgreSQL writes them. */
function numbered(sql: string): string {
  let n = 0;
  return sql.replaceAll('?', () => `$${++n}`);
}
