import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import { inTransaction } from '../embedded/database.ts';
import { HubError } from '../errors.ts';
import { Changes } from './changes.ts';
import { LogReading } from './embedded-reading.ts';
import { Topics } from './embedded-topics.ts';
import { LogWriting } from './embedded-writing.ts';

/** What the embedded log, its producers and its consumers share: the tables, the closing, the waking. */
export class LogStore {
  readonly clock: Clock;
  readonly changes = new Changes();
  readonly #db: DatabaseSync;
  readonly mode: 'write' | 'read';
  readonly #topics: Topics;
  readonly #reading: LogReading;
  readonly #writing: LogWriting | undefined;
  readonly #dataVersion: StatementSync;
  #isClosed = false;

  constructor(db: DatabaseSync, clock: Clock, mode: 'write' | 'read') {
    this.#db = db;
    this.clock = clock;
    this.mode = mode;
    this.#topics = new Topics(db);
    this.#reading = new LogReading(db);
    this.#writing = mode === 'write' ? new LogWriting(db) : undefined;
    this.#dataVersion = db.prepare('PRAGMA data_version');
  }

  /** This and the next two throw HUB_LOG_CLOSED once the log is closed. */
  get topics(): Topics {
    this.assertOpen();
    return this.#topics;
  }

  get reading(): LogReading {
    this.assertOpen();
    return this.#reading;
  }

  get writing(): LogWriting {
    this.assertWritable();
    return this.#writing!;
  }

  /** All of `write` in one SQLite transaction, or none; wakes the readers afterwards. See `inTransaction`. */
  transact<T>(write: (writing: LogWriting) => T): T {
    const writing = this.writing;
    const result = inTransaction(this.#db, () => write(writing));
    this.changes.announce();
    return result;
  }

  /** Another value means: something was committed since. Of a reading log also by others, of a writing log only by itself. */
  version(): number {
    this.assertOpen();
    if (this.mode === 'write') return this.changes.count();
    return (this.#dataVersion.get() as { data_version: number }).data_version;
  }

  assertOpen(): void {
    if (this.#isClosed) throw new HubError('HUB_LOG_CLOSED', 'The log is closed');
  }

  /** Throws HUB_LOG_CLOSED, also when the log was opened for reading only. */
  assertWritable(): void {
    this.assertOpen();
    if (!this.#writing) throw new HubError('HUB_LOG_CLOSED', 'The log was opened for reading only');
  }

  /** Wakes whoever waits, who then finds it closed. */
  close(): void {
    this.#isClosed = true;
    this.changes.announce();
  }
}
