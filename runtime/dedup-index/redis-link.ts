import type { Cluster, Redis } from 'ioredis';
import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import type { RedisOptions } from './redis-options.ts';
import type { Script } from './redis-scripts.ts';

/** What the index needs of a client of Redis. All calls made without waiting in between share one round trip. */
export interface RedisLink {
  /** Throws HUB_INDEX_UNAVAILABLE, HUB_INDEX_FULL or HUB_INDEX_SETTING. */
  run(script: Script, key: string, args: readonly (Buffer | string)[]): Promise<unknown>;
  /** Keys of one bucket. */
  getAll(keys: readonly Buffer[]): Promise<readonly (Buffer | null)[]>;
  get(key: string): Promise<string | null>;
  set(key: string, value: string): Promise<void>;
  setIfAbsent(key: string, value: string): Promise<void>;
  /** Removes all keys that begin so. @returns how many */
  removeAll(prefix: string): Promise<number>;
  close(): Promise<void>;
}

export interface RedisLinkOptions {
  readonly redis: RedisOptions;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** After an answer that did not come in time nothing is asked for so long: every batch would wait for it anew. */
const restMs = 5_000;
/** Pause before settings that are no good are looked at again. */
const settingMs = 30_000;

/**
 * Connects, and again whenever the connection is lost: nothing waits for a Redis that is not there, as items do not wait for links. One
 * that refuses the hub, or that may drop what it holds without a word, throws HUB_INDEX_SETTING here.
 */
export async function openRedisLink({ redis, clock, logger }: RedisLinkOptions): Promise<RedisLink> {
  // Loaded here and not above: the embedded hub has no use for it.
  const { Cluster, Redis } = await import('ioredis');
  const { url, nodes = [], username, password, tls, ca, connectTimeoutMs, requestTimeoutMs } = redis;
  const common = {
    ...(username !== undefined && { username }),
    ...(password !== undefined && { password }),
    ...((tls || ca !== undefined || url?.startsWith('rediss:')) && { tls: ca === undefined ? {} : { ca } }),
    connectTimeout: connectTimeoutMs,
    commandTimeout: requestTimeoutMs,
    // A connection on which nothing comes any more is a new one's turn.
    socketTimeout: requestTimeoutMs * 5,
    maxRetriesPerRequest: 0,
    autoResendUnfulfilledCommands: false,
  };
  const again = (failures: number): number => Math.min(2_000, 100 * failures);
  const client =
    url === undefined
      ? new Cluster(nodes.map(nodeOf), {
          redisOptions: common,
          enableOfflineQueue: false,
          clusterRetryStrategy: again,
          slotsRefreshTimeout: requestTimeoutMs,
          // A command follows its slot to another node; it is not sent again otherwise.
          maxRedirections: 4,
          retryDelayOnFailover: 100,
        })
      : new Redis(url, { ...common, enableOfflineQueue: false, retryStrategy: again });
  const link = new Link(client, clock, logger);
  await link.connected(connectTimeoutMs);
  return link;
}

class Link implements RedisLink {
  readonly #client: Redis | Cluster;
  readonly #clock: Clock;
  readonly #logger: Logger;
  #isComplaining = false;
  #restsUntil = 0;
  #refusal: HubError | null = null;
  #refusedAt = 0;

  constructor(client: Redis | Cluster, clock: Clock, logger: Logger) {
    this.#client = client;
    this.#clock = clock;
    this.#logger = logger;
    client.on('error', (error: Error) => this.#complain(error));
    client.on('ready', () => void this.#welcome());
  }

  /** Ready, or not to be reached for now. Throws HUB_INDEX_SETTING. */
  async connected(withinMs: number): Promise<void> {
    const given = new AbortController();
    await Promise.race([
      new Promise<void>((resolve) => {
        this.#client.once('ready', resolve);
        this.#client.once('error', () => resolve());
      }),
      this.#clock.sleep(withinMs, given.signal),
    ]);
    given.abort();
    if (this.#client.status === 'ready') await this.#welcome();
    if (this.#refusal === null) return;
    this.#client.disconnect();
    throw this.#refusal;
  }

  run(script: Script, key: string, args: readonly (Buffer | string)[]): Promise<unknown> {
    return this.#attempt(async () => {
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
    return this.#attempt(() => this.#client.mgetBuffer(...keys));
  }

  get(key: string): Promise<string | null> {
    return this.#attempt(() => this.#client.get(key));
  }

  async set(key: string, value: string): Promise<void> {
    await this.#attempt(() => this.#client.set(key, value));
  }

  async setIfAbsent(key: string, value: string): Promise<void> {
    await this.#attempt(() => this.#client.set(key, value, 'NX'));
  }

  async removeAll(prefix: string): Promise<number> {
    let removed = 0;
    for (const master of this.#masters()) {
      for (let cursor = '0'; ; ) {
        const [next, keys] = await this.#attempt(() =>
          master.scanBuffer(cursor, 'MATCH', `${globbed(prefix)}*`, 'COUNT', 1_000),
        );
        await this.#attempt(() => Promise.all(keys.map((key) => master.unlink(key))));
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

  async #attempt<T>(call: () => Promise<T>): Promise<T> {
    const now = this.#clock.now();
    if (this.#refusal !== null) {
      if (now - this.#refusedAt > settingMs) void this.#welcome();
      throw this.#refusal;
    }
    const rest = this.#restsUntil - now;
    if (rest > 0 && rest <= restMs)
      throw new HubError(
        'HUB_INDEX_UNAVAILABLE',
        'Redis: it did not answer in time, and is left alone for a while',
      );
    try {
      return await call();
    } catch (thrown) {
      if (isTimeout(thrown)) this.#restsUntil = this.#clock.now() + restMs;
      throw indexError(thrown);
    }
  }

  #masters(): readonly Redis[] {
    return 'nodes' in this.#client ? this.#client.nodes('master') : [this.#client];
  }

  /** A new connection, mostly to another server than before: is it one to be trusted? */
  async #welcome(): Promise<void> {
    this.#restsUntil = 0;
    this.#refusedAt = this.#clock.now();
    try {
      for (const master of this.#masters()) assertKeeps(await master.info('memory'));
      this.#refusal = null;
      if (this.#isComplaining) this.#logger.info('Redis can be reached again', {});
      this.#isComplaining = false;
    } catch (thrown) {
      this.#complain(thrown);
    }
  }

  #complain(thrown: unknown): void {
    const error = indexError(thrown);
    this.#refusal = error.code === 'HUB_INDEX_SETTING' ? error : this.#refusal;
    const { code, message } = error;
    if (!this.#isComplaining) this.#logger.warn('Redis cannot be used', { code, message });
    this.#isComplaining = true;
  }
}

/** All keys of the index expire some day: any policy but noeviction may take them before. */
function assertKeeps(info: string): void {
  const of = (name: string): string => new RegExp(`^${name}:(.*?)\\r?$`, 'm').exec(info)?.[1] ?? '';
  const policy = of('maxmemory_policy');
  if (Number(of('maxmemory')) === 0 || policy === 'noeviction') return;
  throw new HubError(
    'HUB_INDEX_SETTING',
    `Redis: maxmemory-policy is ${policy}, noeviction was expected: it may drop entries of the index without a word`,
  );
}

const nodeOf = (address: string): { host: string; port: number } => {
  const colon = address.lastIndexOf(':');
  return { host: address.slice(0, colon).replace(/^\[|\]$/g, ''), port: Number(address.slice(colon + 1)) };
};

const globbed = (prefix: string): string => prefix.replace(/[\\*?[\]]/g, '\\$&');

const messageOf = (thrown: unknown): string => (thrown instanceof Error ? thrown.message : String(thrown));

const isTimeout = (thrown: unknown): boolean => /timed out/i.test(messageOf(thrown));

function indexError(thrown: unknown): HubError {
  if (thrown instanceof HubError) return thrown;
  const message = messageOf(thrown);
  const says = (words: RegExp): boolean => words.test(message);
  const code = says(/OOM command not allowed/)
    ? 'HUB_INDEX_FULL'
    : says(/NOAUTH|WRONGPASS|NOPERM|invalid password/)
      ? 'HUB_INDEX_SETTING'
      : 'HUB_INDEX_UNAVAILABLE';
  return new HubError(code, `Redis: ${message}`, { cause: thrown });
}
