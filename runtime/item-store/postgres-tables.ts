import type { ClientBase } from 'pg';
import { HubError } from '../errors.ts';
import type { PostgresLink } from './postgres-link.ts';

/** Name of the schema that holds an instance's tables: `hub`, and `east_side_hub` for the instance `east-side`. Throws HUB_CONFIG_INVALID. */
export function schemaOf(instance: string): string {
  // Instances are in kebab-case, so that no two of them become one name.
  const name = instance === 'hub' ? 'hub' : `${instance.replaceAll('-', '_')}_hub`;
  // PostgreSQL cuts a longer one off, and two instances might meet.
  if (name.length <= longestName) return name;
  throw new HubError(
    'HUB_CONFIG_INVALID',
    `instance: "${instance}" has ${instance.length} characters, expected at most ${longestName - 4} beside PostgreSQL`,
  );
}

const longestName = 63;

/**
 * Entry i leads from layout i to layout i + 1. Append only; what is released is never edited. One that needs rows filled anew empties
 * `reached` and the tables. Ids and names are compared byte by byte (COLLATE "C"), as the embedded form does.
 */
const migrations: readonly string[] = [
  `CREATE TABLE item (
     item_id text COLLATE "C" PRIMARY KEY,
     base_id text COLLATE "C" NOT NULL,
     record_id text COLLATE "C" NOT NULL,
     partition integer NOT NULL,
     source text COLLATE "C" NOT NULL,
     item_class text COLLATE "C" NOT NULL,
     category text COLLATE "C" NOT NULL,
     lead text COLLATE "C" NOT NULL,
     status text COLLATE "C" NOT NULL,
     reported_at bigint NOT NULL,
     title text COLLATE "C" NOT NULL,
     cluster_id text COLLATE "C" NOT NULL,
     value bytea NOT NULL
   );
   CREATE INDEX item_record ON item (record_id);
   CREATE INDEX item_reported ON item (reported_at DESC, item_id);
   CREATE INDEX item_counted ON item (item_class, status, lead);
   CREATE TABLE event (
     item_id text COLLATE "C" NOT NULL,
     seq integer NOT NULL,
     partition integer NOT NULL,
     record_offset bigint NOT NULL,
     PRIMARY KEY (item_id, seq)
   );
   CREATE TABLE cluster (
     cluster_id text COLLATE "C" NOT NULL,
     item_id text COLLATE "C" NOT NULL,
     PRIMARY KEY (cluster_id, item_id)
   );
   CREATE TABLE pair (
     owner_id text COLLATE "C" NOT NULL,
     other_id text COLLATE "C" NOT NULL,
     outcome text COLLATE "C" NOT NULL,
     word text COLLATE "C" NOT NULL,
     PRIMARY KEY (owner_id, other_id)
   );
   CREATE INDEX pair_other ON pair (other_id);
   CREATE INDEX pair_suggested ON pair (outcome) WHERE outcome = 'SUGGESTED' AND word = 'NONE';
   CREATE INDEX pair_unlinked ON pair (word) WHERE word = 'UNLINK';
   CREATE TABLE reached (
     topic text COLLATE "C" NOT NULL,
     partition integer NOT NULL,
     next bigint NOT NULL,
     last_key text COLLATE "C",
     last_at double precision NOT NULL,
     PRIMARY KEY (topic, partition)
   );`,
  // Of the attachment store (attachment-store/postgres.ts), which is no projection: what lies here lies nowhere else.
  `CREATE TABLE attachment (
     reference text COLLATE "C" NOT NULL,
     piece integer NOT NULL,
     bytes bytea NOT NULL,
     PRIMARY KEY (reference, piece)
   );
   ALTER TABLE attachment ALTER COLUMN bytes SET STORAGE EXTERNAL;`,
];

export const tableNames = ['item', 'event', 'cluster', 'pair', 'reached'] as const;

/**
 * Brings the tables up to date, in the transaction that the caller has open; the first of several workers that start at once does it, the
 * others wait for its lock. Throws HUB_DATA_FORMAT for tables of a newer hub, HUB_ITEM_STORE_SETTING for a database that cannot hold
 * every letter.
 */
export async function migrate(client: Pick<ClientBase, 'query'>, schema: string): Promise<void> {
  await client.query('SELECT pg_advisory_xact_lock(hashtext($1))', [`city-hub item store ${schema}`]);
  const { rows: encodings } = await client.query('SHOW server_encoding');
  const encoding = String(encodings[0]?.server_encoding);
  if (encoding !== 'UTF8')
    throw new HubError('HUB_ITEM_STORE_SETTING', `the database has the encoding ${encoding}, expected UTF8`);
  const known = await client.query('SELECT 1 FROM pg_namespace WHERE nspname = $1', [schema]);
  // Whoever may not make a schema can be given one.
  if (known.rowCount === 0) await client.query(`CREATE SCHEMA "${schema}"`);
  await client.query(`CREATE TABLE IF NOT EXISTS "${schema}".migration (
    number integer PRIMARY KEY, applied_at timestamptz NOT NULL DEFAULT now())`);
  const { rows } = await client.query(`SELECT coalesce(max(number), 0) AS layout FROM "${schema}".migration`);
  const found = Number(rows[0]?.layout);
  if (found > migrations.length)
    throw new HubError(
      'HUB_DATA_FORMAT',
      `the item store in PostgreSQL (schema ${schema}) has layout ${found}; this hub knows layout ${migrations.length}`,
      { context: { schema, found } },
    );
  for (const [index, sql] of migrations.entries()) {
    if (index < found) continue;
    await client.query(sql);
    await client.query(`INSERT INTO "${schema}".migration (number) VALUES ($1)`, [index + 1]);
  }
}

/**
 * Sees to it, once a process, that the tables are there and up to date, before who writes to them goes on; after a failure the next call tries again.
 * Throws what `migrate` throws, HUB_ITEM_STORE_UNAVAILABLE.
 */
export function migration(link: Pick<PostgresLink, 'schema' | 'transaction'>): Migration {
  let ready: Promise<void> | null = null;
  return {
    async done() {
      ready ??= link.transaction((client) => migrate(client, link.schema));
      try {
        await ready;
      } catch (thrown) {
        ready = null;
        throw thrown;
      }
    },
    forget() {
      ready = null;
    },
  };
}

export interface Migration {
  done(): Promise<void>;
  /** Somebody has dropped the schema: the next call makes it again. */
  forget(): void;
}
