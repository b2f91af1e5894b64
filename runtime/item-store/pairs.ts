import type { ItemStore, PairEnd, StoredPair } from './index.ts';
import type { Dialect, Row } from './reading.ts';

/** The part of the store that tells of pairs. */
export function pairReading(
  all: Dialect['all'],
): Pick<ItemStore, 'pairsOf' | 'suggestedPairs' | 'unlinkedClusters'> {
  const end = (side: 'owner' | 'other') =>
    ['item_id', 'base_id', 'partition', 'cluster_id', 'status']
      .map((column) => `${side}.${column} AS ${side}_${column}`)
      .join(', ');
  const joined = `
    FROM pair
    JOIN item AS owner ON owner.item_id = pair.owner_id
    JOIN item AS other ON other.item_id = pair.other_id`;
  const pairs = `SELECT pair.outcome, pair.word, ${end('owner')}, ${end('other')} ${joined}`;
  const inOrder = 'ORDER BY pair.owner_id, pair.other_id';

  return {
    async pairsOf(itemId) {
      const found = [
        ...(await all(`${pairs} WHERE pair.owner_id = ? ${inOrder}`, itemId)),
        ...(await all(`${pairs} WHERE pair.other_id = ? ${inOrder}`, itemId)),
      ];
      return found.map(pairOfRow);
    },
    async suggestedPairs() {
      const found = await all(`${pairs} WHERE pair.outcome = 'SUGGESTED' AND pair.word = 'NONE' ${inOrder}`);
      return found.map(pairOfRow);
    },
    async unlinkedClusters() {
      const found = await all(
        `SELECT DISTINCT owner.cluster_id AS one, other.cluster_id AS two ${joined}
         WHERE pair.word = 'UNLINK' ORDER BY one, two`,
      );
      return found.map(({ one, two }) => [String(one), String(two)] as const);
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
