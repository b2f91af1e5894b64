import { setTimeout as pause } from 'node:timers/promises';
import { HubError } from '../errors.ts';
import { answered, type KafkaClients } from '../kafka/clients.ts';
import { kafkaFault } from '../kafka/faults.ts';
import type { NativeError, NativeProducer } from '../kafka/native.ts';
import { maxMessageBytes } from '../kafka/topic-settings.ts';
import { type Gathered, GatheredTransaction } from './gathered-transaction.ts';
import type { Consumer, NewRecord, Producer, TopicPartition, Transaction } from './index.ts';
import { KafkaConsumer } from './kafka-consumer.ts';

type NextOffset = TopicPartition & { readonly next: number };

/** The broker aborts a transaction that is open for longer: until then it holds back every reader of its partitions. */
const transactionTimeoutMs = 10_000;
/** _QUEUE_FULL: what was produced before must be sent first. */
const queueFull = -184;

/** What a producer needs of the log it belongs to. */
export interface ProducerLog {
  readonly clients: KafkaClients;
  /** Throws HUB_LOG_UNKNOWN_TOPIC, and HUB_INTERNAL where a record of a compacted topic has no key. */
  check(written: readonly Gathered[]): Promise<void>;
  /** A transaction is committed, its records are not to be seen by every reader yet. */
  committed(written: readonly Gathered[]): void;
  /** Nobody knows, or it is aborted: what was kept of these partitions is to be read again. */
  failed(written: readonly Gathered[]): void;
  assertOpen(): void;
}

/**
 * One producer of Kafka, fenced by the next of its transactional id. A transaction is gathered in memory and sent in one burst: begin, produce,
 * offsets, commit. Where its end stays unknown the client is replaced: `initTransactions` ends what was open, one way or the other.
 */
export class KafkaProducer implements Producer {
  readonly #log: ProducerLog;
  readonly #transactionalId: string;
  #client: NativeProducer | null = null;
  #fenced: HubError | null = null;
  #open: KafkaTransaction | null = null;
  #isClosed = false;

  private constructor(log: ProducerLog, transactionalId: string) {
    this.#log = log;
    this.#transactionalId = transactionalId;
  }

  static async open(log: ProducerLog, transactionalId: string): Promise<KafkaProducer> {
    const producer = new KafkaProducer(log, transactionalId);
    producer.#client = await producer.#connect();
    return producer;
  }

  begin(): Transaction {
    this.#log.assertOpen();
    if (this.#isClosed) throw new HubError('HUB_LOG_CLOSED', `Producer ${this.#transactionalId} is closed`);
    if (this.#open?.isOpen)
      throw new HubError('HUB_INTERNAL', `Producer ${this.#transactionalId} has an open transaction`);
    this.#open = new KafkaTransaction(this, this.#transactionalId);
    return this.#open;
  }

  async close(): Promise<void> {
    if (this.#isClosed) return;
    this.#isClosed = true;
    if (this.#open?.isOpen) await this.#open.abort();
    if (this.#client) await this.#log.clients.close(this.#client);
    this.#client = null;
  }

  /** See `Transaction.commit`. */
  async commit(written: readonly Gathered[], bound: readonly Bound[]): Promise<void> {
    this.#log.assertOpen();
    await this.#log.check(written);
    if (this.#fenced) throw this.#fenced;
    const releases: (() => void)[] = [];
    try {
      for (const { consumer, offsets, epoch } of bound)
        releases.push(
          consumer.member.hold(
            offsets.map(({ partition }) => partition),
            epoch,
          ),
        );
      if (written.length === 0 && bound.every(({ offsets }) => offsets.length === 0)) return;
      await this.#send(written, bound);
      this.#log.committed(written);
      for (const { consumer, offsets } of bound) consumer.hasCommitted(offsets);
    } finally {
      for (const release of releases) release();
    }
  }

  async #send(written: readonly Gathered[], bound: readonly Bound[]): Promise<void> {
    const { clock } = this.#log.clients;
    this.#client ??= await this.#connect();
    const client = this.#client;
    const startedAt = clock.now();
    try {
      await answered<void>((done) => client.beginTransaction(done));
      for (const { topic, partition, records } of written)
        await this.#produce(client, topic, partition, records);
      for (const { consumer, offsets } of bound) {
        const places = offsets.map(({ topic, partition, next }) => ({
          topic: this.#log.clients.names.topic(topic),
          partition,
          offset: next,
        }));
        const group = consumer.member.client();
        await answered<void>((done) =>
          client.sendOffsetsToTransaction(places, group, transactionTimeoutMs, done),
        );
      }
      await this.#end(client, startedAt);
    } catch (thrown) {
      this.#log.failed(written);
      throw await this.#giveUp(client, thrown, clock.now() - startedAt, bound.length > 0);
    }
  }

  async #produce(
    client: NativeProducer,
    topic: string,
    partition: number,
    records: readonly NewRecord[],
  ): Promise<void> {
    const name = this.#log.clients.names.topic(topic);
    for (const { key, value, headers, timestamp } of records) {
      const named = headers && Object.entries(headers).map(([header, text]) => ({ [header]: text }));
      for (;;) {
        try {
          client.produce(name, partition, value, key, timestamp, undefined, named);
          break;
        } catch (thrown) {
          const { code } = thrown as NativeError;
          if (code !== queueFull) throw kafkaFault(thrown, `Writing to ${topic}`);
          await pause(1);
        }
      }
    }
  }

  /** Asks again while the answer is "not yet": until the broker has aborted it by itself. */
  async #end(client: NativeProducer, startedAt: number): Promise<void> {
    const { clock } = this.#log.clients;
    for (;;) {
      try {
        return await answered<void>((done) => client.commitTransaction(transactionTimeoutMs, done));
      } catch (thrown) {
        const { isRetriable } = thrown as NativeError;
        if (!isRetriable || clock.now() - startedAt > 2 * transactionTimeoutMs) throw thrown;
      }
    }
  }

  /** @returns what to tell the caller; afterwards the producer is usable, or fenced for good */
  async #giveUp(
    client: NativeProducer,
    thrown: unknown,
    tookMs: number,
    isBound: boolean,
  ): Promise<HubError> {
    const fault = kafkaFault(thrown, `Committing as ${this.#transactionalId}`);
    const { isFatal, isTxnRequiresAbort, code } = thrown as Partial<NativeError>;
    const isProducerFenced = isFatal === true || [-150, -144, 47, 90].includes(code ?? 0);
    if (!isProducerFenced || isTxnRequiresAbort) {
      try {
        await answered<void>((done) => client.abortTransaction(transactionTimeoutMs, done));
        return fault;
      } catch (again) {
        const abort = again as NativeError;
        this.#log.clients.log.info('kafka transaction could not be aborted', { message: abort.message });
        if (!abort.isFatal) {
          await this.#drop(client);
          return fault;
        }
      }
    }
    // The broker has aborted what took too long, and fences whoever comes late. Where the group says who may write, the same producer may
    // begin anew; else only its owner knows whether another has taken over meanwhile.
    const isLate = isBound && tookMs > transactionTimeoutMs;
    await this.#drop(client);
    if (fault.code !== 'HUB_LOG_FENCED' || isLate)
      return new HubError('HUB_KAFKA_UNREACHABLE', fault.message, { cause: fault, context: fault.context });
    this.#fenced = fault;
    return fault;
  }

  async #drop(client: NativeProducer): Promise<void> {
    if (this.#client === client) this.#client = null;
    await this.#log.clients.close(client);
  }

  async #connect(): Promise<NativeProducer> {
    const { clients } = this.#log;
    const client = await clients.producer(this.#transactionalId, {
      'transactional.id': clients.names.transactionalId(this.#transactionalId),
      'transaction.timeout.ms': transactionTimeoutMs,
      // The client wants an answer within the time of a transaction.
      'socket.timeout.ms': Math.min(clients.options.requestTimeoutMs, transactionTimeoutMs),
      'enable.idempotence': true,
      'compression.codec': 'lz4',
      'message.max.bytes': maxMessageBytes,
      'queue.buffering.max.messages': 500_000,
      'queue.buffering.max.kbytes': 256 * 1024,
      // A burst is there at once: waiting for more would only delay its end.
      'linger.ms': 0,
      'batch.num.messages': 10_000,
    });
    try {
      await answered<void>((done) => client.initTransactions(clients.options.requestTimeoutMs, done));
      return client;
    } catch (thrown) {
      await clients.close(client);
      throw kafkaFault(thrown, `Opening the producer ${this.#transactionalId}`);
    }
  }
}

interface Bound {
  readonly consumer: KafkaConsumer;
  readonly offsets: readonly NextOffset[];
  readonly epoch: number;
}

class KafkaTransaction extends GatheredTransaction {
  readonly #producer: KafkaProducer;
  readonly #bound: Bound[] = [];

  constructor(producer: KafkaProducer, transactionalId: string) {
    super(transactionalId);
    this.#producer = producer;
  }

  protected bind(consumer: Consumer, offsets: readonly NextOffset[]): void {
    if (!(consumer instanceof KafkaConsumer))
      throw new HubError('HUB_INTERNAL', 'The consumer belongs to another log');
    this.#bound.push({ consumer, offsets, epoch: consumer.epoch() });
  }

  protected write(gathered: readonly Gathered[]): Promise<void> {
    return this.#producer.commit(gathered, this.#bound);
  }
}
