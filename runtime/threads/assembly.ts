import type { Intake } from '../core/intake.ts';
import type { Log } from '../log/index.ts';
import type { Methods, Remote } from './rpc.ts';

/** All that lives in the writer thread: the only SQLite writer, intakes, writer loop, projection. */
export interface WriterAssembly {
  readonly log: Log;
  /** Opens the intake of one connector and fences every earlier one of the same name. */
  openIntake(name: string): Promise<Intake>;
  /** What the main thread may ask for, by name; arguments and values survive structured clone. */
  readonly admin: Methods;
  /** Loops until `signal` aborts, then finishes the batch in flight. Rejecting ends the hub. */
  run(signal: AbortSignal): Promise<void>;
  close(): Promise<void>;
}

/** What a sink's thread opens for itself: it reads, it never writes. */
export interface ReaderAssembly {
  readonly log: Pick<Log, 'topics' | 'range' | 'read' | 'committed'>;
  /** Resolves when something was committed since the last call, or after `waitMs`, or when `signal` aborts. */
  changed(options: { readonly waitMs: number; readonly signal: AbortSignal }): Promise<unknown>;
  /** Before values are decoded: fetches the schemas that they name. */
  prepare(values: Iterable<Uint8Array | null>): Promise<void>;
  /** Wire bytes to the JSON form (see `SinkContext`). */
  decode(value: Uint8Array): unknown;
  /** See `SinkContext`. */
  stateFolder(sink: string): string;
  close(): Promise<void>;
}

/** What the modules named by `AssemblyAt` export. */
export interface WriterModule {
  assembleWriter(options: unknown): Promise<WriterAssembly>;
}

export interface ReaderModule {
  /** @param writer the sink's own port to the writer, for a log that cannot be read in a thread (see remote-log.ts) */
  assembleReader(options: unknown, writer: Pick<Remote, 'call'>): Promise<ReaderAssembly>;
}
