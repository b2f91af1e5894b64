import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { isMainThread } from 'node:worker_threads';
import { HubError } from '../errors.ts';
import { wordsOf } from '../foreign-error.ts';
import type { RdkafkaSettings } from './connection.ts';

/**
 * What the hub uses of node-rdkafka 3.6, and what it knows of it. Our own words, so that the hub is type-checked without the client; the
 * client itself lies in a folder of its own because it compiles (`npm run kafka:client`).
 *
 * Callbacks of the client run on the main loop of the process, and the module loads once in a process: it works in no worker thread.
 */
export interface KafkaClientModule {
  readonly librdkafkaVersion: string;
  /** As built: `ssl`, `sasl_scram`, `lz4` and so on. */
  readonly features: readonly string[];
  readonly KafkaConsumer: new (settings: RdkafkaConfig, topicSettings: RdkafkaSettings) => NativeConsumer;
  readonly Producer: new (settings: RdkafkaConfig, topicSettings: RdkafkaSettings) => NativeProducer;
}

/** `error.code` says which: `assignPartitions`, `revokePartitions`. Nothing happens until the callee assigns or unassigns. */
export type RebalanceCallback = (error: NativeError, places: readonly NativePlace[]) => void;

/** Without an error the group has the offsets. */
export type CommitCallback = (error: NativeError | null, places: readonly NativePlace[]) => void;

/** Of librdkafka, with `rebalance_cb` and `offset_commit_cb`, the callbacks that are no events. */
export type RdkafkaConfig = Readonly<
  Record<string, string | number | boolean | RebalanceCallback | CommitCallback>
>;

/** Codes of `rebalance_cb`. */
export const assignPartitions = -175;
export const revokePartitions = -174;

/** LibrdKafkaError. `code` is a number of librdkafka: negative its own, positive a broker's. */
export interface NativeError extends Error {
  readonly code: number;
  readonly isFatal?: boolean;
  readonly isRetriable?: boolean;
  readonly isTxnRequiresAbort?: boolean;
}

export interface NativePlace {
  readonly topic: string;
  readonly partition: number;
  readonly offset?: number;
}

export interface NativeRecord {
  readonly topic: string;
  readonly partition: number;
  readonly offset: number;
  readonly key: Buffer | null;
  readonly value: Buffer | null;
  /** Absent where there are none. Each object has one name. */
  readonly headers?: readonly Readonly<Record<string, Buffer>>[];
  readonly timestamp: number;
}

/** Errors come first; the client is of Node's old school. */
type Done<T = void> = (error: NativeError | null | undefined, result: T) => void;

interface NativeClient {
  connect(options: { readonly timeout: number }, done: Done<unknown>): unknown;
  disconnect(done: Done<unknown>): unknown;
  isConnected(): boolean;
  setOauthBearerToken(token: string): unknown;
  on(event: 'event.error', listener: (error: NativeError) => void): unknown;
  on(
    event: 'event.log',
    listener: (line: { readonly severity: number; readonly message: string }) => void,
  ): unknown;
}

export interface NativeConsumer extends NativeClient {
  subscribe(topics: readonly string[]): unknown;
  incrementalAssign(places: readonly NativePlace[]): unknown;
  incrementalUnassign(places: readonly NativePlace[]): unknown;
  pause(places: readonly NativePlace[]): unknown;
  /** For each record that `consume` waits for, not for all of them. */
  setDefaultConsumeTimeout(ms: number): void;
  /** Holds a thread of libuv until it answers. With `enable.partition.eof` also emits `partition.eof`, before the answer. */
  consume(max: number, done: Done<readonly NativeRecord[]>): void;
  on(event: 'event.error', listener: (error: NativeError) => void): unknown;
  on(
    event: 'event.log',
    listener: (line: { readonly severity: number; readonly message: string }) => void,
  ): unknown;
  on(event: 'partition.eof', listener: (end: Required<NativePlace>) => void): unknown;
  /** Waits for what a transaction under way has sent, where the client reads committed records only. */
  committed(places: readonly NativePlace[], timeoutMs: number, done: Done<readonly NativePlace[]>): unknown;
  /** `offset` is a time in ms since 1970, or -1 for the end and -2 for the start; one request a broker, whatever the number of places. */
  offsetsForTimes(
    places: readonly NativePlace[],
    timeoutMs: number,
    done: Done<readonly NativePlace[]>,
  ): unknown;
  /** Returns at once; what becomes of it is told to `offset_commit_cb`, within `consume`. */
  commit(places: readonly NativePlace[]): unknown;
}

export interface NativeProducer extends NativeClient {
  initTransactions(timeoutMs: number, done: Done): void;
  beginTransaction(done: Done): void;
  /** Takes the group's generation when it runs, not of the poll that gave the records. */
  sendOffsetsToTransaction(
    places: readonly NativePlace[],
    consumer: NativeConsumer,
    timeoutMs: number,
    done: Done,
  ): void;
  commitTransaction(timeoutMs: number, done: Done): void;
  abortTransaction(timeoutMs: number, done: Done): void;
  /** Copies; throws ERR__QUEUE_FULL. A timestamp of 0 means "now". */
  produce(
    topic: string,
    partition: number,
    value: Uint8Array | null,
    key: string | null,
    timestamp: number,
    opaque: undefined,
    headers: readonly Readonly<Record<string, string>>[] | undefined,
  ): unknown;
}

/** Where package.json of the client lies. */
export const clientFolder = join(import.meta.dirname, 'client');

/** Throws HUB_KAFKA_CLIENT_MISSING, which says what to do. */
export async function loadKafkaClient(folder: string = clientFolder): Promise<KafkaClientModule> {
  if (!isMainThread)
    throw new HubError('HUB_INTERNAL', 'The Kafka client works in the main thread of a process only');
  // Not `import`: a test's own registry of modules would load the native part again, and that works once in a process.
  const { createRequire } = process.getBuiltinModule('node:module');
  const node = `Node.js ${process.versions.node} (ABI ${process.versions.modules})`;
  try {
    return createRequire(join(folder, 'package.json'))('node-rdkafka') as KafkaClientModule;
  } catch (thrown) {
    const isBuilt = existsSync(join(folder, 'node_modules', 'node-rdkafka'));
    const found = isBuilt
      ? `The Kafka client was not built for this ${node} (${wordsOf(thrown)})`
      : `The Kafka client for ${node} has not been built`;
    throw new HubError('HUB_KAFKA_CLIENT_MISSING', `${found}; expected node-rdkafka 3.6 in ${folder}`, {
      cause: thrown,
      context: { folder, node: process.versions.node, abi: process.versions.modules },
    });
  }
}
