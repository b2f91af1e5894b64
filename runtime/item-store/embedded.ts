import type { DatabaseSync } from 'node:sqlite';
import type { Serde } from '../core/serde.ts';
import type { Log } from '../log/index.ts';
import type { Logger } from '../telemetry.ts';
import type { Advance, ItemStore, ItemStoreWriter } from './index.ts';
import { guarded, isUnsound, itemsFileIn, openForReading, openForWriting, removeFile } from './items-file.ts';
import { movedOn } from './positions.ts';
import { itemStoreReading, reachedOfRow } from './reading.ts';
import type { Rows } from './rows.ts';

/** The read side: in any thread or process, beside a running hub or without one. Its methods throw HUB_DATA_DAMAGED, HUB_DATA_FORMAT. */
export function openItemStore(folder: string, log: Pick<Log, 'read'>, serde: Serde): ItemStore {
  const file = openForReading(itemsFileIn(folder));
  const dialect = {
    placeOf: 'instr',
    all: async (sql: string, ...values: readonly (string | number)[]) => file.all(sql, values),
  };
  return {
    ...itemStoreReading(dialect, log, serde),
    close: async () => file.close(),
  };
}

/**
 * The write side. One at a time: who opens it holds the folder's lock. A file that turns out to be damaged is made anew; the batch at
 * hand then does not fit any more (HUB_LOG_FENCED), and the projection begins from the start. Throws HUB_DATA_WRITE.
 */
export function openItemStoreWriter(folder: string, logger: Pick<Logger, 'warn'>): ItemStoreWriter {
  const file = itemsFileIn(folder);
  let database = openForWriting(file);
  let write = statements(database);

  function renew(): void {
    database.close();
    removeFile(file);
    database = openForWriting(file);
    write = statements(database);
  }

  function sound<T>(action: () => T): T {
    try {
      return guarded(file, action);
    } catch (thrown) {
      if (!isUnsound(thrown)) throw thrown;
      logger.warn('the item store is damaged and is filled anew', { message: (thrown as Error).message });
      renew();
      return guarded(file, action);
    }
  }

  return {
    reached: async () =>
      sound(() =>
        database.prepare('SELECT topic, partition, next, last_key, last_at FROM reached').all(),
      ).map(reachedOfRow),
    apply: async (rows, advances) =>
      sound(() => {
        database.exec('BEGIN IMMEDIATE');
        try {
          write(rows, advances);
          database.exec('COMMIT');
        } finally {
          // After a failure; a full disk has mostly rolled back already.
          if (database.isTransaction) database.exec('ROLLBACK');
        }
      }),
    reset: async () => guarded(file, renew),
    close: async () => database.close(),
  };
}

/** All that is written of one batch, within a transaction of the caller. */
function statements(database: DatabaseSync): (rows: Rows, advances: readonly Advance[]) => void {
  const next = database.prepare('SELECT next FROM reached WHERE topic = ? AND partition = ?');
  const reach = database.prepare(
    `INSERT INTO reached (topic, partition, next, last_key, last_at) VALUES (?, ?, ?, ?, ?)
     ON CONFLICT (topic, partition) DO UPDATE SET
       next = excluded.next, last_key = excluded.last_key, last_at = excluded.last_at`,
  );
  const item = database.prepare(
    `INSERT INTO item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (item_id) DO UPDATE SET item_class = excluded.item_class, category = excluded.category,
       lead = excluded.lead, status = excluded.status, reported_at = excluded.reported_at, title = excluded.title,
       cluster_id = excluded.cluster_id, value = excluded.value`,
  );
  const event = database.prepare('INSERT OR REPLACE INTO event VALUES (?, ?, ?, ?)');
  const cluster = database.prepare('INSERT OR IGNORE INTO cluster VALUES (?, ?)');
  const pair = database.prepare('INSERT OR REPLACE INTO pair VALUES (?, ?, ?, ?)');
  const noPair = database.prepare('DELETE FROM pair WHERE owner_id = ? AND other_id = ?');

  return (rows, advances) => {
    for (const { topic, partition, from, next: to, lastKey, lastAt } of advances) {
      const found = Number(next.get(topic, partition)?.next ?? 0);
      if (found !== from) throw movedOn(topic, partition, found, from);
      reach.run(topic, partition, to, lastKey, lastAt);
    }
    for (const row of rows.items) {
      const { itemId, baseId, recordId, partition, source, itemClass, category } = row;
      const { lead, status, reportedAt, title, clusterId, value } = row;
      item.run(
        itemId,
        baseId,
        recordId,
        partition,
        source,
        itemClass,
        category,
        lead,
        status,
        reportedAt,
        title,
        clusterId,
        value,
      );
    }
    for (const { itemId, seq, partition, offset } of rows.events) event.run(itemId, seq, partition, offset);
    for (const { clusterId, itemId } of rows.clusters) cluster.run(clusterId, itemId);
    for (const { ownerId, otherId, verdict } of rows.pairs) {
      if (verdict === null) noPair.run(ownerId, otherId);
      else pair.run(ownerId, otherId, verdict.outcome, verdict.word);
    }
  };
}
