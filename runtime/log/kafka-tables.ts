import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import type { Clock } from '../clock.ts';
import { inTransaction } from '../embedded/database.ts';
import { HubError } from '../errors.ts';
import type { Gathered } from './gathered-transaction.ts';
import type { LogRecord, NewRecord, TopicPartition } from './index.ts';
import type { KafkaOffsets } from './kafka-offsets.ts';
import type { KafkaReading } from './kafka-reading.ts';

/** In the folder of the worker. Made from the log: whoever deletes it loses time at the next start, nothing else. */
export const tablesFileName = 'kafka-tables.db';

/** Layout of the file; another one is thrown away and made anew. */
const formatVersion = 1;
const readAtOnce = 10_000;
/** A transaction that holds back what is behind it is aborted by the broker after 10 s; then the wait ends. */
const patienceMs = 15_000;
/** Brokers drop a removed key for good a day after its removal (delete.retention.ms): a file that missed so much would keep it for ever. */
const tooOldMs = 12 * 3_600_000;

interface Row {
  readonly key: string;
  readonly offset: number;
  readonly timestamp: number;
  /** JSON, or null for none. */
  readonly headers: string | null;
  readonly value: Uint8Array | null;
}

interface Table extends TopicPartition {
  readonly id: number;
  /** Everything below is in the file. */
  next: number;
  /** Only this process writes there, as long as it holds the partition. */
  isOwned: boolean;
  /** The file and `pending` together have everything: own commits are all that is new. */
  isCurrent: boolean;
  /** Rises with every commit of this process, also one that failed. */
  commits: number;
  /** Own commits whose offsets are not known yet: a commit is answered before the partition has its marker. */
  readonly pending: (readonly NewRecord[])[];
  readonly pendingKeys: Set<string>;
  /** The last one at the end: what reads on waits for what does already. */
  reading: Promise<unknown>;
}

/**
 * The last record of each key of compacted partitions, in an SQLite file: read from the topic where the file ends, and for partitions that
 * this process alone writes kept up with its own commits, after they are committed. The offset up to which a table is true is
 * written with its rows, so that a process which dies between the two commits reads on from there.
 */
export class KafkaTables {
  readonly #db: DatabaseSync;
  readonly #reading: KafkaReading;
  readonly #offsets: KafkaOffsets;
  readonly #clock: Clock;
  readonly #tables = new Map<string, Table>();
  readonly #find: StatementSync;
  readonly #put: StatementSync;
  readonly #remove: StatementSync;
  readonly #reach: StatementSync;

  /**
   * @param folder null keeps the tables in memory: read whole at every start
   * @param cluster whose topics they are; a file of another cluster is thrown away
   */
  constructor(
    folder: string | null,
    cluster: string,
    { reading, offsets, clock }: { reading: KafkaReading; offsets: KafkaOffsets; clock: Clock },
  ) {
    this.#reading = reading;
    this.#offsets = offsets;
    this.#clock = clock;
    this.#db = openTables(folder, cluster, clock.now());
    this.#find = this.#db.prepare(
      'SELECT key, offset, timestamp, headers, value FROM latest WHERE place_id = ? AND key = ?',
    );
    this.#put = this.#db.prepare(
      `INSERT INTO latest (place_id, key, offset, timestamp, headers, value) VALUES (?, ?, ?, ?, ?, ?)
       ON CONFLICT (place_id, key) DO UPDATE SET
         offset = excluded.offset, timestamp = excluded.timestamp, headers = excluded.headers, value = excluded.value`,
    );
    this.#remove = this.#db.prepare('DELETE FROM latest WHERE place_id = ? AND key = ?');
    this.#reach = this.#db.prepare('UPDATE place SET next = ?, at = ? WHERE id = ?');
  }

  /** See `Log.latest`; the partition exists and is compacted. */
  async latest(
    topic: string,
    partition: number,
    keys: readonly string[],
  ): Promise<ReadonlyMap<string, LogRecord>> {
    const table = this.#table({ topic, partition });
    if (!table.isCurrent) await this.#catchUp(table);
    else if (keys.some((key) => table.pendingKeys.has(key))) await this.#settled(table);
    const found = new Map<string, LogRecord>();
    for (const key of keys) {
      const row = this.#find.get(table.id, key) as unknown as Row | undefined;
      if (row) found.set(key, { topic, partition, ...row, headers: headersOf(row) });
    }
    return found;
  }

  /**
   * From now on only this process writes there: it holds the partition, and all transactions of whoever held it before are decided.
   * Resolves when the tables have everything.
   */
  async own(places: readonly TopicPartition[]): Promise<void> {
    const tables = places.map((place) => this.#table(place));
    for (const table of tables) {
      table.isOwned = true;
      await this.#catchUp(table);
    }
  }

  disown(places: readonly TopicPartition[]): void {
    for (const place of places) {
      const table = this.#table(place);
      table.isOwned = false;
      distrust(table);
    }
  }

  /** A transaction of this process is committed. */
  committed(written: readonly Gathered[]): void {
    for (const { topic, partition, records } of written) {
      const table = this.#tables.get(keyOf({ topic, partition }));
      if (!table) continue;
      table.commits += 1;
      if (!table.isCurrent) continue;
      table.pending.push(records);
      for (const { key } of records) table.pendingKeys.add(key!);
    }
  }

  /** A transaction of this process is not committed, or nobody knows: what lies there now is read from the topic. */
  failed(written: readonly Gathered[]): void {
    for (const place of written) {
      const table = this.#tables.get(keyOf(place));
      if (!table) continue;
      table.commits += 1;
      distrust(table);
    }
  }

  /** Takes over own commits that are below the ends of their partitions: they lie in one piece behind what came before, and a marker behind them. */
  settle(places: readonly TopicPartition[], ends: readonly number[]): void {
    for (const [i, place] of places.entries()) {
      const table = this.#tables.get(keyOf(place));
      if (table?.isCurrent) this.#settle(table, ends[i]!);
    }
  }

  close(): void {
    this.#db.close();
  }

  #settle(table: Table, end: number): void {
    if (table.pending.length === 0 && table.next === end) return;
    let next = table.next;
    const rows: (readonly [NewRecord, number])[] = [];
    while (table.pending.length > 0 && next + table.pending[0]!.length + 1 <= end) {
      const records = table.pending.shift()!;
      for (const [i, record] of records.entries()) rows.push([record, next + i]);
      next += records.length + 1;
    }
    if (rows.length > 0) this.#store(table, rows, next);
    if (table.pending.length === 0) {
      table.pendingKeys.clear();
      // Something that no commit of ours explains: read it.
      if (end > next) distrust(table);
    }
  }

  async #settled(table: Table): Promise<void> {
    for (
      let waited = 0, pause = 1;
      table.pending.length > 0;
      waited += pause, pause = Math.min(2 * pause, 50)
    ) {
      if (waited > patienceMs) throw tooLong(table);
      this.#settle(table, (await this.#offsets.ends([table]))[0]!);
      if (!table.isCurrent) return this.#catchUp(table);
      if (table.pending.length > 0) await this.#clock.sleep(pause);
    }
  }

  /** Up to all that was committed before the call, also where a transaction of somebody else still holds it back from readers. */
  #catchUp(table: Table): Promise<void> {
    const caughtUp = table.reading
      .catch(() => {})
      .then(async () => {
        const { commits } = table;
        const [high = 0] = await this.#offsets.highs([table]);
        // The topic was made anew.
        if (table.next > high) this.#empty(table);
        let pause = 1;
        const startedAt = this.#clock.now();
        while (table.next < high) {
          const [end = 0] = await this.#offsets.settledEnds([table]);
          if (end > table.next) {
            await this.#readOn(table, end);
            continue;
          }
          if (this.#clock.now() - startedAt > patienceMs) throw tooLong(table);
          await this.#clock.sleep(pause);
          pause = Math.min(2 * pause, 50);
        }
        table.isCurrent = table.isOwned && table.commits === commits;
      });
    table.reading = caughtUp;
    return caughtUp;
  }

  async #readOn(table: Table, end: number): Promise<void> {
    const records = await this.#reading.read(table.topic, table.partition, table.next, readAtOnce);
    const rows = records.map((record) => [record, record.offset] as const);
    this.#store(table, rows, records.length === 0 ? end : records.at(-1)!.offset + 1);
  }

  #store(table: Table, rows: readonly (readonly [NewRecord, number])[], next: number): void {
    inTransaction(this.#db, () => {
      for (const [{ key, value, headers, timestamp }, offset] of rows) {
        // A record without a key is not ours, and could not be asked for.
        if (key === null) continue;
        if (value === null) this.#remove.run(table.id, key);
        else this.#put.run(table.id, key, offset, timestamp, textOf(headers), value);
      }
      this.#reach.run(next, this.#clock.now(), table.id);
    });
    table.next = next;
  }

  #empty(table: Table): void {
    inTransaction(this.#db, () => {
      this.#db.prepare('DELETE FROM latest WHERE place_id = ?').run(table.id);
      this.#reach.run(0, this.#clock.now(), table.id);
    });
    table.next = 0;
  }

  #table({ topic, partition }: TopicPartition): Table {
    const known = this.#tables.get(keyOf({ topic, partition }));
    if (known) return known;
    const { id, next } = this.#db
      .prepare(
        `INSERT INTO place (topic, partition, next, at) VALUES (?, ?, 0, ?)
         ON CONFLICT (topic, partition) DO UPDATE SET at = excluded.at RETURNING id, next`,
      )
      .get(topic, partition, this.#clock.now()) as { id: number; next: number };
    const table: Table = {
      topic,
      partition,
      id,
      next,
      isOwned: false,
      isCurrent: false,
      commits: 0,
      pending: [],
      pendingKeys: new Set(),
      reading: Promise.resolve(),
    };
    this.#tables.set(keyOf({ topic, partition }), table);
    return table;
  }
}

function distrust(table: Table): void {
  table.isCurrent = false;
  table.pending.length = 0;
  table.pendingKeys.clear();
}

function openTables(folder: string | null, cluster: string, now: number): DatabaseSync {
  if (folder !== null) mkdirSync(folder, { recursive: true });
  const db = new DatabaseSync(folder === null ? ':memory:' : join(folder, tablesFileName), {
    timeout: 5_000,
  });
  // NORMAL: a killed process takes nothing back, and what a power loss takes comes again from the topic.
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA cache_size = -65536;');
  db.exec('CREATE TABLE IF NOT EXISTS origin (cluster TEXT NOT NULL, format INTEGER NOT NULL)');
  const origin = db.prepare('SELECT cluster, format FROM origin').get();
  const isSame = origin?.cluster === cluster && origin.format === formatVersion;
  if (!isSame) {
    db.exec(`
      DROP TABLE IF EXISTS latest; DROP TABLE IF EXISTS place; DELETE FROM origin;
      CREATE TABLE place (
        id INTEGER PRIMARY KEY, topic TEXT NOT NULL, partition INTEGER NOT NULL,
        next INTEGER NOT NULL, at INTEGER NOT NULL, UNIQUE (topic, partition)
      );
      CREATE TABLE latest (
        place_id INTEGER NOT NULL, key TEXT NOT NULL, offset INTEGER NOT NULL, timestamp INTEGER NOT NULL,
        headers TEXT, value BLOB, UNIQUE (place_id, key)
      );`);
    db.prepare('INSERT INTO origin VALUES (?, ?)').run(cluster, formatVersion);
  }
  const tooOld = now - tooOldMs;
  db.prepare('DELETE FROM latest WHERE place_id IN (SELECT id FROM place WHERE at < ?)').run(tooOld);
  db.prepare('DELETE FROM place WHERE at < ?').run(tooOld);
  return db;
}

function tooLong({ topic, partition }: TopicPartition): HubError {
  return new HubError(
    'HUB_KAFKA_UNREACHABLE',
    `Reading ${topic}/${partition}: a transaction has been open for more than ${patienceMs / 1_000} s`,
  );
}

const headersOf = ({ headers }: Row): Readonly<Record<string, string>> =>
  headers === null ? {} : (JSON.parse(headers) as Record<string, string>);

const textOf = (headers: Readonly<Record<string, string>> | undefined): string | null =>
  headers === undefined || Object.keys(headers).length === 0 ? null : JSON.stringify(headers);

const keyOf = ({ topic, partition }: TopicPartition): string => `${partition}/${topic}`;
