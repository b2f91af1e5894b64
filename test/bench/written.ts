import { closeSync, openSync, readSync, writeSync } from 'node:fs';
import { DatabaseSync, type SQLInputValue, StatementSync } from 'node:sqlite';
import { deserialize, serialize } from 'node:v8';

/** One statement that changed a row, with its values. */
export interface Write {
  readonly sql: string;
  readonly values: readonly SQLInputValue[];
}

const isWrite = /^\s*(?:INSERT|UPDATE|DELETE)/i;

/**
 * From now on every committed transaction of this thread is also written to a file, statement by statement: a length of four
 * bytes, then the list of `Write`s as `node:v8` serializes it. It slows the thread: nothing is to be measured meanwhile.
 */
export function recordWrites(path: string): void {
  const file = openSync(path, 'w');
  let open: Write[] | null = null;
  const { exec } = DatabaseSync.prototype;
  DatabaseSync.prototype.exec = function (this: DatabaseSync, sql: string): void {
    exec.call(this, sql);
    if (sql.startsWith('BEGIN')) open = [];
    else if (sql === 'COMMIT' && open !== null) {
      const bytes = serialize(open);
      const head = Buffer.alloc(4);
      head.writeUInt32LE(bytes.length);
      writeSync(file, head);
      writeSync(file, bytes);
      open = null;
    }
  };
  const { run, get } = StatementSync.prototype;
  const note = (statement: StatementSync, values: readonly SQLInputValue[]) => {
    if (open !== null && isWrite.test(statement.sourceSQL)) open.push({ sql: statement.sourceSQL, values });
  };
  StatementSync.prototype.run = function (this: StatementSync, ...values: SQLInputValue[]) {
    note(this, values);
    return Reflect.apply(run, this, values);
  } as typeof run;
  StatementSync.prototype.get = function (this: StatementSync, ...values: SQLInputValue[]) {
    note(this, values);
    return Reflect.apply(get, this, values);
  } as typeof get;
}

/** The transactions of such a file, one at a time. */
export function* recordedTransactions(path: string): Generator<readonly Write[]> {
  const file = openSync(path, 'r');
  try {
    const head = Buffer.alloc(4);
    while (readSync(file, head) === head.length) {
      const bytes = Buffer.alloc(head.readUInt32LE());
      readSync(file, bytes);
      yield deserialize(bytes) as readonly Write[];
    }
  } finally {
    closeSync(file);
  }
}
