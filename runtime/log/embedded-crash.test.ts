import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { crashGroup, partsOf } from '../../test/support/committing-process.ts';
import { temporaryFolder } from '../../test/support/embedded-log.ts';
import { systemClock } from '../clock.ts';
import { openDatabase } from '../embedded/database.ts';
import { EmbeddedLog } from './embedded.ts';

const program = new URL('../../test/support/committing-process.ts', import.meta.url).pathname;

/** What must hold of the data folder at any instant. Returns the number of the last transaction, -1 for none. */
async function check(folder: string): Promise<number> {
  const db = openDatabase(folder, 'read');
  const log = new EmbeddedLog(db, { clock: systemClock, mode: 'read' });
  expect(db.prepare('PRAGMA integrity_check').get()).toEqual({ integrity_check: 'ok' });
  const numbers = await log.read('c.numbers', 0, 0, 1_000_000);
  const last = numbers.length - 1;
  expect(numbers.map((record) => record.key)).toEqual(numbers.map((_, n) => String(n)));
  expect((await log.range('c.numbers', 0)).end).toBe(numbers.length);
  const value = (await log.latest('c.last', 0, ['last'])).get('last')?.value;
  expect(value ? Number(Buffer.from(value).toString()) : -1).toBe(last);
  const [committed] = await log.committed(crashGroup, [{ topic: 'c.numbers', partition: 0 }]);
  expect(committed).toBe(last < 1 ? null : last);

  const expected: string[][] = [[], [], [], []];
  for (let n = 0; n <= last; n += 1) {
    const { partition, records } = partsOf(n);
    for (const { key, value } of records) expected[partition]!.push(`${key} ${value!.length}`);
  }
  for (let partition = 0; partition < 4; partition += 1) {
    const found: string[] = [];
    const { end } = await log.range('c.parts', partition);
    for (let offset = 0; offset < end; ) {
      const records = await log.read('c.parts', partition, offset, 1_000);
      for (const { key, value } of records) found.push(`${key} ${value!.length}`);
      offset = records.at(-1)!.offset + 1;
    }
    expect(found).toEqual(expected[partition]);
    expect(end).toBe(found.length);
  }
  db.close();
  return last;
}

/** Resolves with the last number told before the process has ended. */
async function followed(child: ChildProcess, onNumber: (n: number) => void = () => {}): Promise<number> {
  let last = -1;
  const lines = createInterface({ input: child.stdout! });
  lines.on('line', (line) => {
    last = Number(line);
    onNumber(last);
  });
  await once(lines, 'close');
  if (child.exitCode === null && child.signalCode === null) await once(child, 'exit');
  return last;
}

describe('a data file', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());

  test('whose writer is killed with kill -9 again and again holds whole transactions, and all that were acknowledged', async () => {
    let last = -1;
    let random = 20261103;
    for (let round = 0; round < 8; round += 1) {
      random = (Math.imul(random, 1103515245) + 12345) >>> 0;
      const until = last + 1 + ((random >>> 16) % 60);
      const child = spawn(process.execPath, [program, folder.path], { stdio: ['ignore', 'pipe', 'pipe'] });
      const told = await followed(child, (n) => {
        if (n >= until) child.kill('SIGKILL');
      });
      expect(child.signalCode).toBe('SIGKILL');
      expect(told).toBeGreaterThanOrEqual(until);
      last = await check(folder.path);
      expect(last).toBeGreaterThanOrEqual(told);
    }
  });

  test('that meets a limit on the size of files says HUB_DATA_WRITE, keeps whole transactions, and goes on without it', async () => {
    const limited = spawn(
      'sh',
      ['-c', 'ulimit -f 4096 && exec "$0" "$@"', process.execPath, program, folder.path],
      {
        stdio: ['ignore', 'pipe', 'pipe'],
      },
    );
    let complaint = '';
    limited.stderr.on('data', (chunk) => {
      complaint += chunk;
    });
    const told = await followed(limited);
    expect(complaint).toContain('HUB_DATA_WRITE');
    expect(limited.exitCode).toBe(1);
    const last = await check(folder.path);
    expect(last).toBe(told);

    const free = spawn(process.execPath, [program, folder.path], { stdio: ['ignore', 'pipe', 'pipe'] });
    await followed(free, (n) => {
      if (n >= last + 20) free.kill('SIGKILL');
    });
    expect(await check(folder.path)).toBeGreaterThanOrEqual(last + 20);
  });
});
