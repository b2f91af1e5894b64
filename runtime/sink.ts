import type { z } from 'zod';
import type { Clock } from './clock.ts';
import type { LogRecord } from './log/index.ts';
import type { Counters, Logger } from './telemetry.ts';

export interface SinkContext<C> {
  readonly config: C;
  readonly signal: AbortSignal;
  readonly log: Logger;
  readonly clock: Clock;
  /** Shown at `/metrics`, with the name of the sink as label. */
  readonly counters: Counters;
  /** In the data folder, for what the sink must remember; its own, and not created yet. */
  readonly stateFolder: string;
  /** Wire bytes (magic byte, schema id, Avro) to the JSON form: ISO 8601 with offset, decimals as strings, nulls as null. */
  decode(value: Uint8Array): unknown;
}

/** How far a target that keeps its position itself has come in a partition. */
export interface SinkPosition {
  /** Offset to read next; 0 where nothing has been written. */
  readonly next: number;
  /**
   * Timestamp of the record before it, ms, by which a log that was put back from a backup, and then has grown past `next` with
   * other records, is told from the one that filled the target. Null where it is not known.
   */
  readonly lastTimestamp: number | null;
}

/** One open sink. The runtime feeds it one batch at a time and moves the group's offset only after `write` has resolved. */
export interface SinkTask {
  /**
   * Where this sink wants to go on, when it keeps its position in the target itself (then a repeat cannot happen); null: at the
   * group's committed offset.
   */
  resumeAt(topic: string, partition: number): Promise<SinkPosition | null>;
  /** Records of one partition, ascending. Durable in the target when it resolves. May be given records again after a crash. */
  write(topic: string, partition: number, records: readonly LogRecord[]): Promise<void>;
  /**
   * What the sink does besides, until `signal` aborts: what only time brings. Begins after `open`, beside the writing; what it throws ends this task
   * as a failed `write` does.
   */
  work?(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

export interface SinkDefinition<C = unknown> {
  /** A noun; folder = config `type` = metric label. */
  readonly name: string;
  readonly summary: string;
  /** Why a record written twice does no harm, in one sentence; printed into the docs. */
  readonly repeat: string;
  readonly config: z.ZodType<C>;
  /** Topics to read, by the sink's own configuration. */
  topics(config: C): readonly string[];
  open(context: SinkContext<C>): Promise<SinkTask>;
}

export function defineSink<C>(definition: SinkDefinition<C>): SinkDefinition<C> {
  return definition;
}
