import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { StatementSync } from 'node:sqlite';
import { openDatabase } from '../../runtime/embedded/database.ts';
import { recordedTransactions, type Write } from './written.ts';

export interface BareLoop {
  readonly wallMs: number;
  readonly cpuMs: number;
  readonly bytes: number;
}

/**
 * Does once more what a hub has written, and nothing else: the same statements with the same values in the same transactions,
 * through node:sqlite, on a copy of the file as it was. Reading the statements is not timed.
 *
 * @param before data folder of the hub when the recording began
 * @param recording from `recordWrites`
 */
export function bareLoop(before: string, recording: string): BareLoop {
  const folder = mkdtempSync(join(tmpdir(), 'hub-bench-bare-'));
  cpSync(before, folder, { recursive: true });
  const database = openDatabase(folder, 'write');
  const statements = new Map<string, StatementSync>();
  const prepared = (sql: string): StatementSync => {
    const known = statements.get(sql) ?? database.prepare(sql);
    statements.set(sql, known);
    return known;
  };
  let bytes = 0;
  let wallMs = 0;
  let cpuMs = 0;
  try {
    for (const writes of recordedTransactions(recording)) {
      const ready = writes.map(({ sql, values }) => ({ statement: prepared(sql), values }));
      const started = performance.now();
      const cpu = process.threadCpuUsage();
      database.exec('BEGIN IMMEDIATE');
      for (const { statement, values } of ready) statement.run(...values);
      database.exec('COMMIT');
      const used = process.threadCpuUsage(cpu);
      wallMs += performance.now() - started;
      cpuMs += (used.user + used.system) / 1_000;
      for (const write of writes) bytes += bytesOf(write);
    }
  } finally {
    database.close();
    rmSync(folder, { recursive: true, force: true });
  }
  return { wallMs, cpuMs, bytes };
}

const bytesOf = ({ values }: Write): number =>
  values.reduce<number>((sum, value) => {
    if (typeof value === 'string') return sum + Buffer.byteLength(value);
    return sum + (value instanceof Uint8Array ? value.length : 0);
  }, 0);
