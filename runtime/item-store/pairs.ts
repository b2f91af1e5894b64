import type { SQLOutputValue } from 'node:sqlite';
import type { ItemStore, PairEnd, StoredPair } from './index.ts';

type Row = Record<string, SQLOutputValue>;

/** The part of the store that tells of pairs. @param all runs a query */
export function pairReading(
  all: (sql: string, ...values: readonly string[]) => readonly Row[],
): Pick<ItemStore, 'pairsOf' | 'suggestedPairs' | 'unlinkedClusters'> {
  const end = (side: 'owner' | 'other') =>
    ['item_id', 'base_id', 'partition', 'cluster_id', 'status']
      .map((column) => `${side}.${column} AS ${side}_${column}`)
      .join(', ');
  const joined = `
    FROM store_pair AS pair
    JOIN store_item AS owner ON owner.item_id = pair.owner_id
    JOIN store_item AS other ON other.item_id = pair.other_id`;
  const pairs = `SELECT pair.outcome, pair.word, ${end('owner')}, ${end('other')} ${joined}`;

  return {
    async pairsOf(itemId) {
      return [
        ...all(`${pairs} WHERE pair.owner_id = ?`, itemId),
        ...all(`${pairs} WHERE pair.other_id = ?`, itemId),
      ].map(pairOfRow);
    },
    async suggestedPairs() {
      return all(`${pairs} WHERE pair.outcome = 'SUGGESTED' AND pair.word = 'NONE'`).map(pairOfRow);
    },
    async unlinkedClusters() {
      return all(
        `SELECT DISTINCT owner.cluster_id AS one, other.cluster_id AS two ${joined} WHERE pair.word = 'UNLINK'`,
      ).map(({ one, two }) => [String(one), String(two)] as const);
    },
  };
}

const pairOfRow = (row: Row): StoredPair => ({
  owner: endOfRow(row, 'owner'),
  other: endOfRow(row, 'other'),
  outcome: row.outcome as StoredPair['outcome'],
  word: row.word as StoredPair['word'],
});

const endOfRow = (row: Row, side: 'owner' | 'other'): PairEnd => ({
  itemId: String(row[`${side}_item_id`]),
  baseId: String(row[`${side}_base_id`]),
  partition: Number(row[`${side}_partition`]),
  clusterId: String(row[`${side}_cluster_id`]),
  status: String(row[`${side}_status`]),
});
