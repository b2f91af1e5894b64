import type { Admin } from 'kafkajs';
import type { Clock } from '../clock.ts';
import type { HubError } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { kafkaJsConfig, type RdkafkaSettings, rdkafkaSettings } from './connection.ts';
import { kafkaFault } from './faults.ts';
import type { KafkaNames } from './names.ts';
import {
  type KafkaClientModule,
  loadKafkaClient,
  type NativeConsumer,
  type NativeError,
  type NativeProducer,
  type RdkafkaConfig,
} from './native.ts';
import { type TokenSource, tokenSource } from './oauth.ts';
import type { KafkaOptions } from './options.ts';

/** Called back once, with an error or without. */
export type Done<T> = (error: NativeError | null | undefined, result: T) => void;

/** The client's callbacks as promises; rejects with its own error. */
export const answered = <T>(call: (done: Done<T>) => unknown): Promise<T> =>
  new Promise((resolve, reject) => {
    call((error, result) => (error ? reject(error) : resolve(result)));
  });

export interface KafkaClientsOptions {
  readonly kafka: KafkaOptions;
  readonly names: KafkaNames;
  /** Names this process in the brokers' logs. */
  readonly clientId: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** _FATAL, _FENCED, FENCED_INSTANCE_ID: no call of the client will succeed any more. */
const fatal: ReadonlySet<number> = new Set([-150, -144, 82]);

/** Longest wait for a client to say goodbye. */
const closeWithinMs = 10_000;

type AnyClient = NativeConsumer | NativeProducer;

/** Opens clients of one cluster, all by the same settings, and ends those that are left. */
export class KafkaClients {
  readonly names: KafkaNames;
  readonly clock: Clock;
  readonly log: Logger;
  readonly options: KafkaOptions;
  readonly #module: KafkaClientModule;
  readonly #clientId: string;
  readonly #tokens: TokenSource;
  readonly #open = new Map<AnyClient, AbortController>();
  #admin: Promise<Admin> | null = null;

  private constructor(
    module: KafkaClientModule,
    { kafka, names, clientId, clock, log }: KafkaClientsOptions,
  ) {
    this.#module = module;
    this.options = kafka;
    this.names = names;
    this.clock = clock;
    this.log = log;
    this.#clientId = clientId;
    this.#tokens = tokenSource(kafka.security.oauth, clock, kafka.requestTimeoutMs);
  }

  /** Throws HUB_KAFKA_CLIENT_MISSING; opens no connection yet. */
  static async load(options: KafkaClientsOptions): Promise<KafkaClients> {
    return new KafkaClients(await loadKafkaClient(), options);
  }

  /**
   * @param role what it is for, in the brokers' logs
   * @param onFatal the client will never work again; also told to those who wait by their own calls
   */
  async consumer(
    role: string,
    settings: RdkafkaConfig,
    onFatal?: (error: HubError) => void,
  ): Promise<NativeConsumer> {
    const consumer = new this.#module.KafkaConsumer(this.#settings(role, settings), {
      // Where retention has taken what came next: from the start.
      'auto.offset.reset': 'earliest',
    });
    await this.#connect(consumer, role, onFatal);
    return consumer;
  }

  async producer(
    role: string,
    settings: RdkafkaConfig,
    onFatal?: (error: HubError) => void,
  ): Promise<NativeProducer> {
    const producer = new this.#module.Producer(this.#settings(role, settings), {});
    await this.#connect(producer, role, onFatal);
    return producer;
  }

  /** Of kafkajs; shared, and closed with the others. */
  admin(): Promise<Admin> {
    this.#admin ??= this.#openAdmin().catch((thrown: unknown) => {
      this.#admin = null;
      throw kafkaFault(thrown, 'Reaching the Kafka cluster');
    });
    return this.#admin;
  }

  /** What goes wrong at the end harms nobody: sessions and transactions run out. */
  async close(client: AnyClient): Promise<void> {
    const open = this.#open.get(client);
    if (!open) return;
    this.#open.delete(client);
    open.abort();
    const over = new AbortController();
    const ended = answered<unknown>((done) => client.disconnect(done)).catch((thrown: unknown) =>
      this.log.debug('kafka client did not close well', { message: (thrown as Error).message }),
    );
    // A consumer that the group gives partitions in this very moment may wait for an answer that it takes no more.
    await Promise.race([ended, this.clock.sleep(closeWithinMs, over.signal)]);
    over.abort();
  }

  async closeAll(): Promise<void> {
    await Promise.all([...this.#open.keys()].map((client) => this.close(client)));
    const admin = this.#admin;
    this.#admin = null;
    if (admin) await (await admin).disconnect();
  }

  #settings(role: string, settings: RdkafkaConfig): RdkafkaConfig {
    return {
      ...rdkafkaSettings(this.options, `${this.#clientId}-${role}`),
      // The client writes to stderr by itself, unless its words are events.
      log_level: 4,
      'statistics.interval.ms': 0,
      ...settings,
    };
  }

  async #openAdmin(): Promise<Admin> {
    const { default: kafkajs } = await import('kafkajs');
    const config = kafkaJsConfig(this.options, {
      clientId: `${this.#clientId}-admin`,
      log: this.log,
      tokens: this.#tokens,
    });
    const admin = new kafkajs.Kafka(config).admin();
    await admin.connect();
    return admin;
  }

  async #connect(client: AnyClient, role: string, onFatal?: (error: HubError) => void): Promise<void> {
    const log = this.log.child({ client: role });
    client.on('event.error', (error) => {
      const fault = kafkaFault(error, `Kafka client ${role}`);
      if (fatal.has(error.code)) onFatal?.(fault);
      log.info('kafka client reports', { code: error.code, message: error.message });
    });
    client.on('event.log', ({ severity, message }) => log.debug('kafka client says', { severity, message }));
    const open = new AbortController();
    this.#open.set(client, open);
    try {
      if (this.options.security.sasl === 'OAUTHBEARER') await this.#keepToken(client, open.signal);
      const timeout = this.options.connectTimeoutMs;
      await answered<unknown>((done) => client.connect({ timeout }, done));
    } catch (thrown) {
      this.#open.delete(client);
      open.abort();
      throw kafkaFault(thrown, `Reaching the Kafka cluster as ${role}`);
    }
  }

  async #keepToken(client: AnyClient, signal: AbortSignal): Promise<void> {
    const { value } = await this.#tokens();
    client.setOauthBearerToken(value);
    const renew = async (): Promise<void> => {
      while (!signal.aborted) {
        // The source renews it when four fifths of its life are over.
        await this.clock.sleep(10_000, signal);
        if (signal.aborted) return;
        try {
          client.setOauthBearerToken((await this.#tokens()).value);
        } catch (thrown) {
          this.log.warn('no new token for Kafka', { message: (thrown as Error).message });
        }
      }
    };
    void renew();
  }
}

/** For every consumer of the hub, whatever it is for. */
export const readSettings: RdkafkaSettings = {
  'isolation.level': 'read_committed',
  'enable.auto.commit': false,
  'enable.auto.offset.store': false,
  'enable.partition.eof': true,
  'allow.auto.create.topics': false,
  // A response holds at least one batch, however large; this must not be smaller than the largest.
  'receive.message.max.bytes': 128 * 1024 * 1024,
};
