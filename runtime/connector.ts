import type { z } from 'zod';
import type { SourceRecord, VesselPosition, Warning } from '../schemas/types.ts';
import type { Clock } from './clock.ts';
import type { Outcome } from './outcome.ts';
import type { Logger } from './telemetry.ts';

/** One record as the source gave it, before anybody has understood it. */
export interface RawRecord {
  /** As received. Above 512 KiB the intake keeps a claim check instead, above `maxRecordBytes` only the head and the hash. */
  readonly bytes: Uint8Array;
  readonly format: 'JSON' | 'XML' | 'CSV' | 'XLSX' | 'ROW' | 'NMEA' | 'OTHER';
  /** Page, file or message it came in: for `lineage.correlationId`. */
  readonly correlationId: string;
}

/** What `read` yields: records and the position after them. Both are committed in one transaction, or neither is. */
export interface ReadBatch<P> {
  readonly records: readonly RawRecord[];
  /** JSON-serializable; handed back to `read` after a restart. Must not lie beyond what has been yielded. */
  readonly position: P;
  readonly beside?: BesideRecords;
}

/** What a batch carries beside records; committed with them, in the same transaction. */
export interface BesideRecords {
  /** Newest state of vessels, one a MMSI: to `hub.vessels`. */
  readonly vessels: readonly VesselPosition[];
  /** To `hub.stream.<source>`, which keeps a day; the connector's definition must say `hasStream`. */
  readonly stream: readonly StreamPiece[];
}

/** Part of what a source sends without end and without replay. */
export interface StreamPiece {
  /** Who received it: pieces of one key keep their order. */
  readonly key: string;
  /** As received. */
  readonly bytes: Uint8Array;
}

export interface ReadContext<C, P> {
  readonly config: C;
  /** Null on the first start. */
  readonly position: P | null;
  /** Aborts on shutdown and when the connector is ended; every wait and every request must take it. */
  readonly signal: AbortSignal;
  readonly clock: Clock;
  readonly log: Logger;
  /**
   * For a connector that `isEverywhere`: false while another worker's does what needs doing once only, such as a pull beside the pushes. To be asked again each
   * time: it changes. For a moment two may lead, or none. Absent: it leads.
   */
  readonly leads?: () => boolean;
}

export interface NormalizeContext<C> {
  /** Null where records are read without their source: from files, or again from the dead letters, on a hub that is not configured for it. */
  readonly config: C | null;
  /** Hub clock at intake, ms; for FUTURE_TIME only. */
  readonly ingestedAt: number;
}

/**
 * What `normalize` knows of a record. The runtime adds what only it knows (`rawRef`, `rawSha256`, `ingestedAt`,
 * `contentHash`, trace ids).
 */
export type NormalizedRecord = Omit<
  SourceRecord,
  'system' | 'rawFormat' | 'rawRef' | 'rawSha256' | 'ingestedAt' | 'contentHash' | 'traceId' | 'correlationId'
> & {
  /**
   * The source's own fields whose change makes a CORRECTION (domain.md §6), as they came, before scrubbing: everything the
   * connector understands except volatile fields (its own update time, view counters) and the status.
   * Hashed in the order of the keys' names.
   */
  readonly content: Readonly<Record<string, unknown>>;
};

/** What a source says of one warning. The runtime adds what only it knows: the id, the issuer, when it was heard. */
export interface SaidWarning extends Omit<Warning, 'warningId' | 'issuer' | 'reference' | 'at'> {
  /** The source's own number of the warning, the same for ever: its id is made from it. */
  readonly reference: string;
}

/** A record that is no matter of its own: it sets, changes or ends warnings (docs/decisions/0006). */
export interface RoutedWarnings {
  readonly kind: 'route';
  readonly to: 'warnings';
  /** The source's own number of the record. */
  readonly recordId: string;
  readonly warnings: readonly SaidWarning[];
  /** Absent where the record says all that it changes, as an alert does. */
  readonly replaces?: Replaced;
}

/**
 * The record is a whole forecast: it takes the place of all that its source said before of some areas. The runtime ends what it no longer names, and
 * finds the earlier warning that one of `warnings` goes on with; so these are all SET, the earliest first, and do not touch where type, level and areas
 * are the same. Their references must be new with each forecast: they are used where none goes on.
 */
export interface Replaced {
  /** Area ids of the catalogue. */
  readonly areas: readonly string[];
  /** From then on, ms: until then the earlier one holds. */
  readonly from: number;
  /** Of two forecasts the one issued later counts, ms. */
  readonly issuedAt: number;
  /** Why a warning ends that is no longer named. */
  readonly text: string;
}

/** What `normalize` makes of a record: that of an item, or what goes by another way. */
export type Normalized = Outcome<NormalizedRecord> | RoutedWarnings;

/**
 * A source. `read` does the I/O, `normalize` is pure. A connector never produces to the log, holds no position and knows
 * no department: the runtime commits what it yields and calls it again after every failure, from the last committed position.
 */
export interface ConnectorDefinition<C = unknown, P = unknown> {
  /** Folder = config key = metric label = topic segment; kebab-case. */
  readonly name: string;
  readonly summary: string;
  /** Its batches carry pieces of a stream, so its source has a topic for them. */
  readonly hasStream?: boolean;
  /**
   * Its source calls the hub, and it holds nothing that two of it would do twice to harm: where a hub has several workers it runs on each of them, with a position
   * of its own on each. Without it, one worker at a time runs the connector.
   */
  readonly isEverywhere?: boolean;
  /** Every option described (`.describe`), with default, bounds and unit in its name. */
  readonly config: z.ZodType<C>;
  /**
   * For so long it may bring nothing before whoever is on duty is told, ms; by how many records a day the source brings (domain.md §3).
   * Rule of thumb: 35 times the mean pause between two records. At a fifth of the mean rate, as at night, chance alone makes a pause that
   * long once in a thousand. Default: a day. The option `silentAfterMs` of the same name goes before it.
   */
  readonly silentAfterMs?: number;
  /**
   * Its source may rightly have nothing to say for weeks: then it is not silent while it answers, and `silentAfterMs` is how long it may give no answer. Such a
   * `read` yields a batch for every answer, an empty one too.
   */
  readonly answersAreSigns?: boolean;
  /**
   * Tries address and rights; throws a HubError that says what to do. The runtime calls it whenever the connector starts, before
   * anything is read, and again with backoff until it succeeds.
   */
  check(context: Omit<ReadContext<C, P>, 'position'>): Promise<void>;
  /**
   * Reads for ever (polling, sleeping on `clock`) until `signal` aborts. Awaits its consumer: each `yield` returns only when the
   * batch is committed. Throws HubErrors; a retriable one is retried by the runtime with backoff, another stops the connector
   * (shown red in `hub status`) until it is restarted.
   */
  read(context: ReadContext<C, P>): AsyncGenerator<ReadBatch<P>, void, void>;
  /** Cuts a backfill file into the same raw records that `read` yields. */
  readFile(path: string): AsyncGenerator<RawRecord, void, void>;
  normalize(raw: RawRecord, context: NormalizeContext<C>): Normalized;
}

export function defineConnector<C, P>(definition: ConnectorDefinition<C, P>): ConnectorDefinition<C, P> {
  return definition;
}
