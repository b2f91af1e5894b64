import type { Cluster, Redis } from 'ioredis';
import { HubError } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import type { Script } from './redis-scripts.ts';

/** What the index needs of a client of Redis. All calls made without waiting in between share one round trip. */
export interface RedisLink {
  /** Throws HUB_INDEX_UNAVAILABLE, HUB_INDEX_FULL or HUB_INDEX_SETTING. */
  run(script: Script, key: string, args: readonly (Buffer | string)[]): Promise<unknown>;
  /** Keys of one bucket. */
  getAll(keys: readonly Buffer[]): Promise<readonly (Buffer | null)[]>;
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  /** Removes all keys that begin so. @returns how many */
  removeAll(prefix: string): Promise<number>;
  close(): Promise<void>;
}

export interface RedisLinkOptions {
  /** One server, as `redis://…`; null: a cluster. */
  readonly url: string | null;
  /** Some nodes of a cluster, as host:port. */
  readonly nodes: readonly string[];
  readonly username?: string | undefined;
  readonly password?: string | undefined;
  readonly tls?: { readonly ca?: string | undefined } | undefined;
  readonly connectTimeoutMs: number;
  /** Longest wait for an answer; the batch then goes on without links. */
  readonly requestTimeoutMs: number;
  readonly logger: Logger;
}

/**
 * Connects in the background, and again whenever the connection is lost: nothing here waits for a Redis that is not there, as items do not
 * wait for links.
 */
export async function openRedisLink(options: RedisLinkOptions): Promise<RedisLink> {
  // Loaded here and not above: the embedded hub has no use for it.
  const { Cluster, Redis } = await import('ioredis');
  const { url, nodes, username, password, tls, connectTimeoutMs, requestTimeoutMs, logger } = options;
  const common = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...(tls !== undefined && { tls: tls.ca === undefined ? {} : { ca: tls.ca } }),
    connectTimeout: connectTimeoutMs,
    commandTimeout: requestTimeoutMs,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  };
  const again = (failures: number): number => Math.min(2_000, 100 * failures);
  const client =
    url === null
      ? new Cluster(nodes.map(nodeOf), {
          redisOptions: common,
          enableOfflineQueue: false,
          clusterRetryStrategy: again,
          slotsRefreshTimeout: requestTimeoutMs,
          // The index asks again by itself: here a command is tried once more where its slot has moved, no more.
          maxRedirections: 4,
        })
      : new Redis(url, { ...common, enableOfflineQueue: false, retryStrategy: again });
  let isComplaining = false;
  client.on('error', (error: Error) => {
    if (!isComplaining) logger.warn('Redis cannot be reached', { message: error.message });
    isComplaining = true;
  });
  client.on('ready', () => {
    if (isComplaining) logger.info('Redis can be reached again', {});
    isComplaining = false;
  });
  await new Promise<void>((resolve) => {
    client.once('ready', resolve);
    client.once('error', () => resolve());
  });
  return new Link(client);
}

class Link implements RedisLink {
  readonly #client: Redis | Cluster;

  constructor(client: Redis | Cluster) {
    this.#client = client;
  }

  async run(script: Script, key: string, args: readonly (Buffer | string)[]): Promise<unknown> {
    return attempt(async () => {
      try {
        return await this.#client.callBuffer('evalsha', script.sha1, '1', key, ...args);
      } catch (thrown) {
        // A server that was started anew knows no scripts; one that learns it here keeps it.
        if (!(thrown instanceof Error) || !thrown.message.startsWith('NOSCRIPT')) throw thrown;
        return this.#client.callBuffer('eval', script.source, '1', key, ...args);
      }
    });
  }

  getAll(keys: readonly Buffer[]): Promise<readonly (Buffer | null)[]> {
    return attempt(() => this.#client.mgetBuffer(...keys));
  }

  get(key: string): Promise<string | null> {
    return attempt(() => this.#client.get(key));
  }

  async set(key: string, value: string): Promise<void> {
    await attempt(() => this.#client.set(key, value));
  }

  async removeAll(prefix: string): Promise<number> {
    const masters = 'nodes' in this.#client ? this.#client.nodes('master') : [this.#client];
    let removed = 0;
    for (const master of masters) {
      for (let cursor = '0'; ; ) {
        const [next, keys] = await attempt(() =>
          master.scanBuffer(cursor, 'MATCH', `${globbed(prefix)}*`, 'COUNT', 1_000),
        );
        await attempt(() => Promise.all(keys.map((key) => master.unlink(key))));
        removed += keys.length;
        cursor = next.toString();
        if (cursor === '0') break;
      }
    }
    return removed;
  }

  async close(): Promise<void> {
    this.#client.disconnect();
  }
}

const nodeOf = (address: string): { host: string; port: number } => {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon), port: Number(address.slice(colon + 1)) };
};

const globbed = (prefix: string): string => prefix.replace(/[\\*?[\]]/g, '\\$&');

async function attempt<T>(call: () => Promise<T>): Promise<T> {
  try {
    return await call();
  } catch (thrown) {
    throw toIndexError(thrown);
  }
}

function toIndexError(thrown: unknown): HubError {
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  const says = (words: RegExp): boolean => words.test(message);
  const code = says(/^OOM |OOM command not allowed/)
    ? 'HUB_INDEX_FULL'
    : says(/^(NOAUTH|WRONGPASS|NOPERM)/)
      ? 'HUB_INDEX_SETTING'
      : 'HUB_INDEX_UNAVAILABLE';
  return new HubError(code, `Redis: ${message}`, { cause: thrown });
}
