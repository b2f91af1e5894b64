import type { Pool, PoolClient } from 'pg';
import { HubError } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import type { PostgresOptions } from './postgres-options.ts';
import { schemaOf } from './postgres-tables.ts';

/** Connections to the tables of one instance. They are made when they are needed, and again after a restart of the server. */
export interface PostgresLink {
  readonly schema: string;
  /** Throws HUB_ITEM_STORE_UNAVAILABLE, HUB_ITEM_STORE_SETTING. Null where the tables have not been made yet. */
  rows(sql: string, values: readonly unknown[]): Promise<readonly Record<string, unknown>[] | null>;
  /** All of `work` or nothing. Throws what `work` throws, and the same. */
  transaction<T>(work: (client: Pick<PoolClient, 'query'>) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

export async function openPostgresLink(
  { url, connections, connectTimeoutMs, statementTimeoutMs }: PostgresOptions,
  instance: string,
  logger: Pick<Logger, 'warn'>,
): Promise<PostgresLink> {
  const schema = schemaOf(instance);
  // Loaded here and not above: the embedded hub has no use for it.
  const { default: pg } = await import('pg');
  const pool: Pool = new pg.Pool({
    connectionString: url,
    max: connections,
    connectionTimeoutMillis: connectTimeoutMs,
    statement_timeout: statementTimeoutMs,
    // A connection that a firewall has forgotten would be waited for without end.
    query_timeout: statementTimeoutMs + 5_000,
    keepAlive: true,
    application_name: `city-hub ${instance}`,
    options: `-c search_path=${schema}`,
    allowExitOnIdle: true,
  });
  // An idle connection that breaks; the next question makes another.
  pool.on('error', (error) => logger.warn('a connection to PostgreSQL was lost', { message: error.message }));

  return {
    schema,
    async rows(sql, values) {
      try {
        return (await pool.query(sql, [...values])).rows;
      } catch (thrown) {
        if (isAbsent(thrown)) return null;
        throw storeError(thrown);
      }
    },
    async transaction(work) {
      let client: PoolClient;
      try {
        client = await pool.connect();
      } catch (thrown) {
        throw storeError(thrown);
      }
      let isBroken = true;
      try {
        await client.query('BEGIN');
        const result = await work(client);
        await client.query('COMMIT');
        isBroken = false;
        return result;
      } catch (thrown) {
        isBroken = await client.query('ROLLBACK').then(
          () => false,
          () => true,
        );
        throw storeError(thrown);
      } finally {
        client.release(isBroken);
      }
    },
    close: () => pool.end(),
  };
}

const sqlState = (thrown: unknown): string | null => {
  const { code } = (thrown ?? {}) as { readonly code?: unknown };
  return typeof code === 'string' && /^[0-9A-Z]{5}$/.test(code) ? code : null;
};

/** No schema, or no table in it. */
const isAbsent = (thrown: unknown): boolean => ['3F000', '42P01'].includes(sqlState(thrown) ?? '');

/** postgresql.org/docs/current/errcodes-appendix.html: what somebody must put right. */
const settings = /^(28|3D000|42501|0A)/;
/** What the hub's own statements got wrong. All others are the server's state, which passes: down, starting, full, a lock, a standby. */
const bugs = /^(22|23|42|2[BDF]|3[89BF])/;

/** The server's words name tables and accounts; those of its errors about values may quote a row, and stay behind. */
function storeError(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown;
  const state = sqlState(thrown);
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  if (
    thrown instanceof TypeError ||
    thrown instanceof RangeError ||
    (state !== null && bugs.test(state) && !settings.test(state))
  )
    return new HubError('HUB_INTERNAL', `the item store in PostgreSQL: a bug of the hub (${state})`, {
      cause: thrown,
    });
  const code =
    state !== null && settings.test(state) ? 'HUB_ITEM_STORE_SETTING' : 'HUB_ITEM_STORE_UNAVAILABLE';
  return new HubError(code, `PostgreSQL: ${message || (thrown as { code?: string }).code}`, {
    cause: thrown,
    context: { state },
  });
}
