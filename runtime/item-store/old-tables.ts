import type { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../embedded/database.ts';

const names = ['store_item', 'store_event', 'store_cluster', 'store_pair', 'store_layout'];

/**
 * Before it had a file of its own the item store lay in `hub.db`. Its tables go, and with them the offsets of its groups: an older hub
 * that is put back on this folder begins at the start of the log.
 */
export function dropOldItemStore(database: DatabaseSync): void {
  const exists = database.prepare("SELECT 1 FROM sqlite_schema WHERE name = 'store_item'").get();
  if (exists === undefined) return;
  inTransaction(database, () => {
    for (const name of names) database.exec(`DROP TABLE IF EXISTS ${name}`);
    database.exec("DELETE FROM group_offset WHERE group_id LIKE 'item-store%'");
  });
}
