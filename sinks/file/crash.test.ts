import { spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import { seededRandom } from '../../test/simulation/random.ts';
import {
  type Filling,
  jsonOf,
  partitions,
  perPartition,
  recordAt,
} from '../../test/support/file-sink-process.ts';
import { dayOf } from './placing.ts';

/** `HUB_KILLS=300 npm test -- sinks/file/crash` by hand. */
const kills = Number(process.env.HUB_KILLS ?? 20);
const program = fileURLToPath(new URL('../../test/support/file-sink-process.ts', import.meta.url));

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-file-crash-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const run = (filling: Filling, ...wrap: string[]) => {
  const [command = '', ...args] = [...wrap, process.execPath, program, JSON.stringify(filling)];
  return spawnSync(command, args, { encoding: 'utf8' });
};

/** Titles by day, each day's files in the order of their parts. */
function found(read: (text: string) => readonly { readonly title: string }[]): Map<string, string[]> {
  const inside = join(folder, 'law-enforcement');
  const names = readdirSync(inside).filter((name) => !name.startsWith('.'));
  const place = (name: string): [day: string, part: number] => {
    const [, day = '', part = '1'] = /-(\d{4}-\d\d-\d\d)(?:\.(\d+))?\.\w+$/.exec(name) ?? [];
    return [day, Number(part)];
  };
  names.sort((a, b) => place(a)[0].localeCompare(place(b)[0]) || place(a)[1] - place(b)[1]);
  const days = new Map<string, string[]>();
  for (const name of names) {
    const [day] = place(name);
    const titles = read(readFileSync(join(inside, name), 'utf8')).map(({ title }) => title);
    days.set(day, [...(days.get(day) ?? []), ...titles]);
  }
  return days;
}

const readers = {
  jsonl: (text: string) => {
    if (text !== '' && !text.endsWith('\n')) throw new Error(`half a line: ${text.slice(-80)}`);
    const values = text
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as { title: string });
    for (const value of values) expect(value).toEqual(jsonOf(value.title));
    return values;
  },
  csv: (text: string) => {
    if (text !== '' && !text.endsWith('\r\n')) throw new Error(`half a row: ${text.slice(-80)}`);
    const rows = parse(text, { bom: true, columns: true }) as { title: string; text: string }[];
    for (const row of rows) expect(row.text).toBe(jsonOf(row.title).body);
    return rows;
  },
};

/** Each record once, in the file of its day, those of one partition in order. */
function expectComplete(format: 'jsonl' | 'csv'): void {
  const days = found(readers[format]);
  const expected = new Map<string, string[]>();
  for (let partition = 0; partition < partitions; partition++)
    for (let offset = 0; offset < perPartition; offset++) {
      const day = dayOf(recordAt(partition, offset).timestamp);
      expected.set(day, [...(expected.get(day) ?? []), `${partition}/${offset}`]);
    }
  expect([...days.keys()]).toEqual([...expected.keys()]);
  for (const [day, titles] of days) {
    expect([...titles].sort()).toEqual([...expected.get(day)!].sort());
    for (let partition = 0; partition < partitions; partition++) {
      const own = titles.filter((title) => title.startsWith(`${partition}/`));
      expect(own).toEqual(expected.get(day)!.filter((title) => title.startsWith(`${partition}/`)));
    }
  }
}

const optionsOf = (format: 'jsonl' | 'csv', maxFileBytes = 6_000) => ({
  folder,
  organisations: ['law-enforcement'],
  format,
  columns: ['title', 'body'],
  language: 'en',
  maxFileBytes,
});

describe('the file sink', () => {
  test.each(['jsonl', 'csv'] as const)(
    `has each record once and no half line in %s after ${kills} times kill -9`,
    (format) => {
      const random = seededRandom(20260310, format);
      let killed = 0;
      for (let round = 0; round < kills; round++) {
        // Early calls are those that restore what the kill before has left.
        const dieAt = 1 + random.below(random.pick([8, 30, 60]));
        const { signal, stderr } = run({
          options: optionsOf(format),
          batchRecords: 1 + random.below(9),
          dieAt,
        });
        expect(stderr).toBe('');
        if (signal === 'SIGKILL') killed += 1;
      }
      expect(killed).toBeGreaterThan(kills / 2);
      const { stdout } = run({ options: optionsOf(format), batchRecords: 9, dieAt: null });
      expect(stdout).toBe('complete');
      expectComplete(format);
    },
  );

  test('says what it met on a full disk, leaves no half line there, and goes on when there is room', () => {
    const filling = {
      options: { ...optionsOf('jsonl', 1_000_000), rotate: 'none' },
      batchRecords: 7,
      dieAt: null,
    };
    // Files of at most 64 KiB: a write is cut off in the middle of a line.
    const { stdout } = run(filling, 'bash', '-c', 'ulimit -f 64; exec "$@"', '--');
    expect(JSON.parse(stdout)).toMatchObject({
      code: 'HUB_SINK_FAILED',
      retriable: true,
      message: expect.stringMatching(/law-enforcement: EFBIG/),
    });
    const text = readFileSync(join(folder, 'law-enforcement', 'law-enforcement.jsonl'), 'utf8');
    expect(text.length).toBeGreaterThan(1_000);
    expect(readers.jsonl(text).length).toBeGreaterThan(0);

    expect(run(filling).stdout).toBe('complete');
    const titles = readers
      .jsonl(readFileSync(join(folder, 'law-enforcement', 'law-enforcement.jsonl'), 'utf8'))
      .map(({ title }) => title);
    expect(titles.length).toBe(partitions * perPartition);
    expect(new Set(titles).size).toBe(titles.length);
  });
});
