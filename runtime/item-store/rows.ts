import type { DatabaseSync } from 'node:sqlite';
import { partOf } from '../../schemas/part.ts';
import type { Item, ItemEvent, PairFact } from '../../schemas/types.ts';
import { clusterIdOf } from '../core/ids.ts';

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
  readonly clusterId: string;
  readonly primaryItemId: string | null;
}

export type RowOfEvent = Pick<ItemEvent, 'itemId' | 'seq'>;
export interface RowOfLink {
  readonly pair: Pick<PairFact, 'outcome' | 'word'> | null;
}

export const rowOfItem = partOf('item', {
  itemId: true,
  source: { system: true, recordId: true },
  classification: { itemClass: true },
  category: { code: true },
  route: { leadDepartment: true },
  status: true,
  reportedAt: true,
  title: true,
  clusterId: true,
  primaryItemId: true,
});

export const rowOfEvent = partOf('item-event', { itemId: true, seq: true });
export const rowOfLink = partOf('link-record', { pair: { outcome: true, word: true } });

/** The write side: statements of one batch, to be run inside one SQLite transaction together with the consumer's offsets. */
export function itemStoreWriter(database: DatabaseSync): {
  putItem(item: RowOfItem, partition: number, value: Uint8Array): void;
  /**
   * Keeps which clusters the item has belonged to, from each of its revisions. One that follows nobody costs nothing here: those who
   * follow it tell of both, and the id that each had on its own.
   */
  putCluster(item: Pick<RowOfItem, 'itemId' | 'clusterId' | 'primaryItemId'>): void;
  putEvent(event: RowOfEvent, partition: number, offset: number): void;
  /** A null verdict has been taken back. */
  putPair(pair: Pick<PairFact, 'ownerId' | 'otherId'>, verdict: RowOfLink['pair']): void;
} {
  const item = database.prepare(
    `INSERT INTO store_item VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
     ON CONFLICT (item_id) DO UPDATE SET item_class = excluded.item_class, category = excluded.category,
       lead = excluded.lead, status = excluded.status, reported_at = excluded.reported_at, title = excluded.title,
       cluster_id = excluded.cluster_id, value = excluded.value`,
  );
  const cluster = database.prepare('INSERT OR IGNORE INTO store_cluster VALUES (?, ?)');
  const event = database.prepare('INSERT OR REPLACE INTO store_event VALUES (?, ?, ?, ?)');
  const pair = database.prepare('INSERT OR REPLACE INTO store_pair VALUES (?, ?, ?, ?)');
  const noPair = database.prepare('DELETE FROM store_pair WHERE owner_id = ? AND other_id = ?');
  return {
    putItem(value, partition, bytes) {
      const { itemId, source, classification, category, route, status, reportedAt, title, clusterId } = value;
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
        clusterId,
        bytes,
      );
    },
    putCluster({ itemId, clusterId, primaryItemId }) {
      if (primaryItemId === null) return;
      for (const member of [itemId, primaryItemId]) {
        cluster.run(clusterId, member);
        cluster.run(clusterIdOf(member), member);
      }
    },
    putEvent(value, partition, offset) {
      event.run(value.itemId, value.seq, partition, offset);
    },
    putPair({ ownerId, otherId }, verdict) {
      if (verdict === null) noPair.run(ownerId, otherId);
      else pair.run(ownerId, otherId, verdict.outcome, verdict.word);
    },
  };
}
