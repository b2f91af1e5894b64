import type { ClientBase } from 'pg';
import type { Advance } from './index.ts';
import { movedOn } from './positions.ts';
import { storable } from './postgres-text.ts';
import type { Rows } from './rows.ts';

type Client = Pick<ClientBase, 'query'>;

/** All that is written of one batch, within a transaction of the caller: a statement a table, whatever the number of rows. */
export async function writeBatch(client: Client, rows: Rows, advances: readonly Advance[]): Promise<void> {
  await advance(client, advances);
  await insert(client, {
    into: 'item',
    columns: itemColumns,
    rows: byKey(rows.items, ({ itemId }) => itemId).map((row) => [
      row.itemId,
      row.baseId,
      row.recordId,
      row.partition,
      row.source,
      row.itemClass,
      row.category,
      row.lead,
      row.status,
      row.reportedAt,
      row.title,
      row.clusterId,
      Buffer.from(row.value.buffer, row.value.byteOffset, row.value.byteLength),
    ]),
    conflict: `(item_id) DO UPDATE SET item_class = excluded.item_class, category = excluded.category,
      lead = excluded.lead, status = excluded.status, reported_at = excluded.reported_at, title = excluded.title,
      cluster_id = excluded.cluster_id, value = excluded.value`,
  });
  await insert(client, {
    into: 'event',
    columns: { item_id: 'text', seq: 'integer', partition: 'integer', record_offset: 'bigint' },
    rows: rows.events.map(({ itemId, seq, partition, offset }) => [itemId, seq, partition, offset]),
    conflict:
      '(item_id, seq) DO UPDATE SET partition = excluded.partition, record_offset = excluded.record_offset',
  });
  // Writers of different partitions may tell of the same cluster: in one order, so that they never wait for each other in a ring.
  await insert(client, {
    into: 'cluster',
    columns: { cluster_id: 'text', item_id: 'text' },
    rows: byKey(rows.clusters, ({ clusterId, itemId }) => `${clusterId} ${itemId}`).map(
      ({ clusterId, itemId }) => [clusterId, itemId],
    ),
    conflict: 'DO NOTHING',
  });
  await insert(client, {
    into: 'pair',
    columns: { owner_id: 'text', other_id: 'text', outcome: 'text', word: 'text' },
    rows: rows.pairs.flatMap(({ ownerId, otherId, verdict }) =>
      verdict === null ? [] : [[ownerId, otherId, verdict.outcome, verdict.word]],
    ),
    conflict: '(owner_id, other_id) DO UPDATE SET outcome = excluded.outcome, word = excluded.word',
  });
  const gone = rows.pairs.filter(({ verdict }) => verdict === null);
  if (gone.length > 0)
    await client.query(
      `DELETE FROM pair USING unnest($1::text[], $2::text[]) AS gone (owner_id, other_id)
       WHERE pair.owner_id = gone.owner_id AND pair.other_id = gone.other_id`,
      [gone.map(({ ownerId }) => ownerId), gone.map(({ otherId }) => otherId)],
    );
}

const itemColumns = {
  item_id: 'text',
  base_id: 'text',
  record_id: 'text',
  partition: 'integer',
  source: 'text',
  item_class: 'text',
  category: 'text',
  lead: 'text',
  status: 'text',
  reported_at: 'bigint',
  title: 'text',
  cluster_id: 'text',
  value: 'bytea',
};

/**
 * Moves the partitions on. Whoever does so first holds their rows until it commits; another then finds them elsewhere than it took them
 * to be, and is refused (HUB_LOG_FENCED).
 */
async function advance(client: Client, advances: readonly Advance[]): Promise<void> {
  const steps = byKey(advances, ({ topic, partition }) => `${topic}/${partition}`);
  const columns = (some: readonly Advance[]) => [
    some.map(({ topic }) => topic),
    some.map(({ partition }) => partition),
    some.map(({ next }) => next),
    some.map(({ lastKey }) => lastKey && storable(lastKey)),
    some.map(({ lastAt }) => lastAt),
    some.map(({ from }) => from),
  ];
  const given = `unnest($1::text[], $2::integer[], $3::bigint[], $4::text[], $5::float8[], $6::bigint[])
    AS step (topic, partition, next, last_key, last_at, since)`;
  const begun = steps.filter(({ from }) => from === 0);
  const gone = steps.filter(({ from }) => from > 0);
  let moved = 0;
  if (begun.length > 0) {
    const { rowCount } = await client.query(
      `INSERT INTO reached (topic, partition, next, last_key, last_at)
       SELECT topic, partition, next, last_key, last_at FROM ${given} ON CONFLICT DO NOTHING`,
      columns(begun),
    );
    moved += rowCount ?? 0;
  }
  if (gone.length > 0) {
    const { rowCount } = await client.query(
      `UPDATE reached SET next = step.next, last_key = step.last_key, last_at = step.last_at FROM ${given}
       WHERE reached.topic = step.topic AND reached.partition = step.partition AND reached.next = step.since`,
      columns(gone),
    );
    moved += rowCount ?? 0;
  }
  if (moved < steps.length) throw await refusal(client, steps);
}

/** For the message: one of those that were elsewhere. */
async function refusal(client: Client, steps: readonly Advance[]): Promise<Error> {
  const { rows } = await client.query('SELECT topic, partition, next FROM reached');
  // What has been moved within this transaction stands at its new place.
  for (const { topic, partition, from, next } of steps) {
    const row = rows.find((one) => one.topic === topic && Number(one.partition) === partition);
    const found = Number(row?.next ?? 0);
    if (found !== next) return movedOn(topic, partition, found, from);
  }
  const { topic, partition, from, next } = steps[0]!;
  return movedOn(topic, partition, next, from);
}

async function insert(
  client: Client,
  {
    into,
    columns,
    rows,
    conflict,
  }: {
    readonly into: string;
    /** Name and type of each. */
    readonly columns: Readonly<Record<string, string>>;
    readonly rows: readonly (readonly (string | number | Buffer)[])[];
    readonly conflict: string;
  },
): Promise<void> {
  if (rows.length === 0) return;
  const names = Object.keys(columns);
  const arrays = Object.values(columns).map((type, index) => `$${index + 1}::${type}[]`);
  const values = names.map((_, index) =>
    rows.map((row) => (typeof row[index] === 'string' ? storable(row[index]) : row[index])),
  );
  await client.query(
    `INSERT INTO ${into} (${names.join(', ')}) SELECT * FROM unnest(${arrays.join(', ')}) ON CONFLICT ${conflict}`,
    values,
  );
}

function byKey<T>(rows: readonly T[], keyOf: (row: T) => string): readonly T[] {
  return rows
    .map((row) => ({ row, key: keyOf(row) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ row }) => row);
}
