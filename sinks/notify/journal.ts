import { existsSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { inTransaction } from '../../runtime/embedded/database.ts';
import { HubError } from '../../runtime/index.ts';
import type { Acknowledgement, Incident, Incidents, Matter } from './incidents.ts';

const fileName = 'incidents.db';
const formatVersion = 1;

/** Two that begin at the same time may both do it. */
const tables = `
  CREATE TABLE IF NOT EXISTS incident (id TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS matter (item_id TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;
  CREATE TABLE IF NOT EXISTS attempt (
    number INTEGER PRIMARY KEY, message TEXT NOT NULL, incident TEXT NOT NULL, person TEXT NOT NULL,
    channel TEXT NOT NULL, at INTEGER NOT NULL, outcome TEXT NOT NULL) STRICT;
  CREATE INDEX IF NOT EXISTS attempt_message ON attempt (message);
  CREATE TABLE IF NOT EXISTS acknowledgement (
    number INTEGER PRIMARY KEY, incident TEXT NOT NULL, actor TEXT NOT NULL, reason TEXT, at INTEGER NOT NULL) STRICT;
  PRAGMA user_version = ${formatVersion};
`;

/** One attempt to tell one person by one channel. */
export interface Attempt {
  /** See Message.id. */
  readonly message: string;
  readonly incident: string;
  readonly person: string;
  readonly channel: string;
  readonly at: number;
}

export interface GivenAcknowledgement extends Acknowledgement {
  readonly incident: string;
}

/**
 * What the sink remembers, in a file of its own: incidents, the items in them, every attempt, every acknowledgement. A row that is written survives power
 * loss (`synchronous=FULL`). The sink's thread writes, and the command `hub ack` beside it.
 */
export interface Journal {
  load(): { readonly incidents: readonly Incident[]; readonly matters: readonly Matter[] };
  /** All changes, or none. */
  save(changes: ReturnType<Incidents['changes']>): void;
  /** Before a message goes out. */
  sending(attempt: Attempt): void;
  /** After it, together with what follows from it. */
  settled(attempt: Attempt, outcome: 'SENT' | 'FAILED', changes: ReturnType<Incidents['changes']>): void;
  /** The hub died while this message was going out: it may have arrived. */
  isUnsettled(message: string): boolean;
  /** Given since the last call, each once for each journal opened. */
  newAcknowledgements(): readonly GivenAcknowledgement[];
  acknowledge(given: GivenAcknowledgement): void;
  /** All that were ever given, oldest first. */
  acknowledgements(): readonly GivenAcknowledgement[];
  close(): void;
}

export const journalIn = (stateFolder: string): string => join(stateFolder, fileName);

/**
 * @param mode `existing`: null where there is none yet
 * Throws HUB_DATA_FORMAT, HUB_DATA_WRITE.
 */
export function openJournal(stateFolder: string): Journal;
export function openJournal(stateFolder: string, mode: 'existing'): Journal | null;
export function openJournal(stateFolder: string, mode?: 'existing'): Journal | null {
  const path = journalIn(stateFolder);
  if (mode === 'existing' && !existsSync(path)) return null;
  try {
    mkdirSync(stateFolder, { recursive: true });
    return journalOver(new DatabaseSync(path, { timeout: 5_000 }), path);
  } catch (thrown) {
    if (thrown instanceof HubError) throw thrown;
    throw new HubError('HUB_DATA_WRITE', `${path}: ${(thrown as Error).message}`, {
      cause: thrown,
      context: { path },
    });
  }
}

function journalOver(db: DatabaseSync, path: string): Journal {
  db.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL');
  const { user_version: version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  if (version > formatVersion) {
    db.close();
    throw new HubError(
      'HUB_DATA_FORMAT',
      `${path}: found format ${version}; this hub reads ${formatVersion}`,
    );
  }
  if (version < formatVersion) inTransaction(db, () => db.exec(tables));
  const put = {
    incident: db.prepare('INSERT OR REPLACE INTO incident VALUES (?, ?)'),
    matter: db.prepare('INSERT OR REPLACE INTO matter VALUES (?, ?)'),
  };
  const remove = {
    incident: db.prepare('DELETE FROM incident WHERE id = ?'),
    matter: db.prepare('DELETE FROM matter WHERE item_id = ?'),
  };
  let lastAcknowledgement = 0;

  function write(changes: ReturnType<Incidents['changes']>): void {
    for (const [id, incident] of changes.incidents)
      if (incident === null) remove.incident.run(id);
      else put.incident.run(id, JSON.stringify(incident));
    for (const [id, matter] of changes.matters)
      if (matter === null) remove.matter.run(id);
      else put.matter.run(id, JSON.stringify(matter));
  }

  const valuesOf = <T>(table: 'incident' | 'matter'): T[] =>
    db
      .prepare(`SELECT value FROM ${table}`)
      .all()
      .map(({ value }) => JSON.parse(String(value)) as T);

  const acknowledgementsAfter = (number: number) =>
    db
      .prepare(
        'SELECT number, incident, actor, reason, at FROM acknowledgement WHERE number > ? ORDER BY number',
      )
      .all(number) as unknown as readonly (GivenAcknowledgement & { readonly number: number })[];

  return {
    load: () => ({ incidents: valuesOf<Incident>('incident'), matters: valuesOf<Matter>('matter') }),
    save(changes) {
      if (changes.incidents.size + changes.matters.size > 0) inTransaction(db, () => write(changes));
    },
    sending({ message, incident, person, channel, at }) {
      inTransaction(db, () =>
        db
          .prepare(
            `INSERT INTO attempt (message, incident, person, channel, at, outcome) VALUES (?, ?, ?, ?, ?, 'SENDING')`,
          )
          .run(message, incident, person, channel, at),
      );
    },
    settled({ message, channel }, outcome, changes) {
      inTransaction(db, () => {
        db.prepare(
          `UPDATE attempt SET outcome = ? WHERE message = ? AND channel = ? AND outcome = 'SENDING'`,
        ).run(outcome, message, channel);
        write(changes);
      });
    },
    isUnsettled: (message) =>
      db.prepare(`SELECT 1 FROM attempt WHERE message = ? AND outcome = 'SENDING' LIMIT 1`).get(message) !==
      undefined,
    newAcknowledgements() {
      const rows = acknowledgementsAfter(lastAcknowledgement);
      lastAcknowledgement = rows.at(-1)?.number ?? lastAcknowledgement;
      return rows;
    },
    acknowledgements: () => acknowledgementsAfter(0),
    acknowledge({ incident, actor, reason, at }) {
      inTransaction(db, () =>
        db
          .prepare('INSERT INTO acknowledgement (incident, actor, reason, at) VALUES (?, ?, ?, ?)')
          .run(incident, actor, reason, at),
      );
    },
    close: () => db.close(),
  };
}
