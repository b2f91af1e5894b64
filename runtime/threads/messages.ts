import type { MessagePort } from 'node:worker_threads';
import type { WireError } from './rpc.ts';
import type { PortRole } from './writer-ports.ts';

/** What the main thread tells a part's thread. */
export type ToPart =
  | { readonly type: 'stop' }
  /** See ReadContext.leads. */
  | { readonly type: 'lead'; readonly leads: boolean };

/** What a part's thread tells the main thread. Its memory is not among it: the main thread measures that itself. */
export type FromPart =
  | { readonly type: 'heartbeat'; readonly progress: Progress }
  | { readonly type: 'retry'; readonly error: WireError; readonly pauseMs: number }
  | { readonly type: 'failed'; readonly error: WireError }
  | { readonly type: 'finished' };

/** Since the thread started. Times in ms since epoch, null before the first. */
export interface Progress {
  readonly batches: number;
  readonly records: number;
  readonly lastBatchAt: number | null;
  /** Of the last batch that was not empty. */
  readonly lastRecordAt: number | null;
  /** Counters of its own, by series. */
  readonly counted?: Readonly<Record<string, number>>;
}

/** Where a definition is found: functions do not cross threads, so each thread imports it for itself. */
export interface DefinitionAt {
  /** Name of the definition, one of the module's exports. */
  readonly type: string;
  /** file: URL of the module. */
  readonly module: string;
}

interface PartData {
  /** Key in the configuration. */
  readonly id: string;
  readonly definition: DefinitionAt;
  /** The part's options as configured, interpolated; checked again in the thread. */
  readonly input: unknown;
  readonly logLevel: string;
  /** To the writer thread. */
  readonly port: MessagePort;
}

export interface ConnectorData extends PartData {
  readonly kind: 'connector';
  /** Id of the source in the hub: that of its topic and of its records. */
  readonly source: string;
  /** Whether it leads from its first moment on; see ReadContext.leads. */
  readonly leads: boolean;
  /** Files in the source's raw form, to be read once (origin BACKFILL); null: the live source. `input` may then be null. */
  readonly files: readonly string[] | null;
  readonly maxRecordBytes: number;
}

export interface SinkData extends PartData {
  readonly kind: 'sink';
  readonly assembly: AssemblyAt;
}

/** Where threads find what they are made of; `options` goes to both as it is (structured clone). */
export interface AssemblyAt {
  /** file: URL of a module that exports `assembleWriter`. */
  readonly writerModule: string;
  /** file: URL of a module that exports `assembleReader`: the smaller of the two, for every sink's thread loads it. */
  readonly readerModule: string;
  readonly options: unknown;
}

export interface WriterData {
  readonly assembly: AssemblyAt;
}

/** What the main thread tells the writer's thread. A second port of the same role and name closes the first. */
export type ToWriter =
  | { readonly type: 'attach'; readonly role: PortRole; readonly name: string; readonly port: MessagePort }
  | { readonly type: 'drain' }
  | { readonly type: 'close' };

export type FromWriter =
  | { readonly type: 'ready' }
  | { readonly type: 'heartbeat' }
  | { readonly type: 'drained' }
  | { readonly type: 'failed'; readonly error: WireError };
