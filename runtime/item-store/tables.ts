import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../embedded/database.ts';
import { HubError } from '../errors.ts';

/** Raised with every change of the tables. docs/data-format.md describes them. */
const layout = 3;

/**
 * Consumer group of the projection; its lag is how far trace and search are behind. It bears the layout's number: tables of a new
 * layout are empty, and a group that has never read begins at the start of the log.
 */
export const projectionGroup = `item-store-${layout}`;

const tables = `
CREATE TABLE store_item (
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
  cluster_id TEXT NOT NULL,
  value BLOB NOT NULL
);
CREATE INDEX store_item_record ON store_item (record_id);
CREATE INDEX store_item_reported ON store_item (reported_at);
CREATE INDEX store_item_counted ON store_item (item_class, status, lead);
CREATE TABLE store_event (
  item_id TEXT NOT NULL,
  seq INTEGER NOT NULL,
  partition INTEGER NOT NULL,
  offset INTEGER NOT NULL,
  PRIMARY KEY (item_id, seq)
) WITHOUT ROWID;
CREATE TABLE store_cluster (
  cluster_id TEXT NOT NULL,
  item_id TEXT NOT NULL,
  PRIMARY KEY (cluster_id, item_id)
) WITHOUT ROWID;
CREATE TABLE store_pair (
  owner_id TEXT NOT NULL,
  other_id TEXT NOT NULL,
  outcome TEXT NOT NULL,
  word TEXT NOT NULL,
  PRIMARY KEY (owner_id, other_id)
) WITHOUT ROWID;
CREATE INDEX store_pair_other ON store_pair (other_id);
CREATE INDEX store_pair_suggested ON store_pair (outcome) WHERE outcome = 'SUGGESTED' AND word = 'NONE';
CREATE INDEX store_pair_unlinked ON store_pair (word) WHERE word = 'UNLINK';
CREATE TABLE store_layout (version INTEGER NOT NULL);
INSERT INTO store_layout VALUES (${layout});
`;

const names = ['store_item', 'store_event', 'store_cluster', 'store_pair', 'store_layout'];

/** Creates the projection's tables; those of another layout go, and are filled anew from the log. */
export function prepareItemStore(database: DatabaseSync): void {
  if (layoutOf(database) === layout) return;
  inTransaction(database, () => {
    for (const name of names) database.exec(`DROP TABLE IF EXISTS ${name}`);
    database.exec(tables);
  });
}

/** For those who only read. Throws HUB_DATA_FORMAT where no hub of this version has been up yet. */
export function assertItemStore(database: DatabaseSync): void {
  const found = layoutOf(database);
  if (found === layout) return;
  throw new HubError(
    'HUB_DATA_FORMAT',
    `the read model has layout ${found ?? 'none'}, expected ${layout}: start the hub once on this folder, it fills it anew`,
    { context: { found, expected: layout } },
  );
}

function layoutOf(database: DatabaseSync): number | null {
  const exists = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'store_layout'").get();
  if (exists === undefined) return null;
  return Number(database.prepare('SELECT version FROM store_layout').get()?.version);
}
