import {
  closeSync,
  cpSync,
  mkdtempSync,
  openSync,
  rmSync,
  statSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { checkData, type HubProcess, hub, startHub } from '../support/hub-process.ts';
import { portalRow, writeRows } from '../support/portal-rows.ts';

const pageBytes = 8_192;

let folder: string;
let whole: string;
let records: string;
let copies = 0;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-damaged-'));
  whole = join(folder, 'whole');
  const rows = Array.from({ length: 50 }, (_, index) => portalRow({ id: `TS${index}` }));
  records = writeRows(join(folder, 'records.jsonl'), rows);
  expect((await hub('backfill', 'complaint-report', records, '--data', whole)).code).toBe(0);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The data folder, with something done to its file. */
function copyOf(damage: (file: string) => void): string {
  copies += 1;
  const data = join(folder, `copy-${copies}`);
  cpSync(whole, data, { recursive: true });
  damage(join(data, 'hub.db'));
  return data;
}

function overwrite(file: string, from: number, bytes: number): void {
  const handle = openSync(file, 'r+');
  writeSync(handle, Buffer.alloc(bytes, 0xa5), 0, bytes, from);
  closeSync(handle);
}

/** A source that is not there: it plays no part. */
const config = {
  connectors: {
    'complaint-report': { baseUrl: 'http://127.0.0.1:9/api', username: 'demo', password: 'demo-only' },
  },
};

/** What it ended with, and what it said. */
async function ended(running: HubProcess): Promise<{ readonly code: number | null; readonly said: string }> {
  const { code } = await running.exited;
  return { code, said: running.said() };
}

const damages: readonly (readonly [string, string, (file: string) => void])[] = [
  [
    'pages are overwritten',
    'HUB_DATA_DAMAGED',
    (file) => overwrite(file, pageBytes, statSync(file).size - pageBytes),
  ],
  ['half is cut off', 'HUB_DATA_DAMAGED', (file) => truncateSync(file, 4 * pageBytes)],
  ['head is overwritten', 'HUB_DATA_FORMAT', (file) => overwrite(file, 0, 100)],
];

describe.each(damages)('a data file whose %s', (_, expected, damage) => {
  test('ends the start of a hub with its code and what to do, not as a bug', async () => {
    const { code, said } = await ended(startHub({ data: copyOf(damage), config }));
    expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining(expected) });
    expect(said).not.toContain('HUB_INTERNAL');
  });

  test.each([['status'], ['tap', 'items', '--until-end'], ['backfill', 'complaint-report', 'RECORDS']])(
    'ends %s so, too',
    async (...args) => {
      const asked = args.map((arg) => (arg === 'RECORDS' ? records : arg));
      const { stdout, stderr, code } = await hub(...asked, '--data', copyOf(damage));
      expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
      expect(stderr).toMatch(new RegExp(`^${expected}: `));
      expect(stderr).toMatch(/^ {2}what to do: \S/m);
    },
  );
});

describe('a lock file that is no database', () => {
  test('says that it can be deleted, and which it is', async () => {
    const data = copyOf((file) => writeFileSync(file.replace('hub.db', 'lock.db'), 'A letter. '.repeat(400)));
    const { stderr, code } = await hub('up', '--data', data, '--config', emptyConfig());
    expect(code).toBe(1);
    expect(stderr).toMatch(/^HUB_DATA_FORMAT: .*lock\.db: .*delete it while no hub runs/);
  });
});

describe('a disk that is full when the hub starts', () => {
  test.each([0, 8, 64])(
    '(files of at most %i KiB) ends the start as HUB_DATA_WRITE, and the next one is whole',
    async (kib) => {
      const data = join(folder, `full-${kib}`);
      const wrap = ['bash', '-c', `ulimit -f ${kib}; exec "$@"`, '--'];
      const { code, said } = await ended(startHub({ data, config, wrap }));
      expect({ code, said }).toEqual({ code: 1, said: expect.stringContaining('HUB_DATA_WRITE') });
      expect(said).not.toContain('HUB_INTERNAL');
      expect((await hub('backfill', 'complaint-report', records, '--data', data)).code).toBe(0);
      const { problems, recordIds } = await checkData(data);
      expect(problems).toEqual([]);
      expect(recordIds).toHaveLength(50);
    },
  );
});

function emptyConfig(): string {
  const path = join(folder, 'empty.yaml');
  writeFileSync(path, '{}');
  return path;
}
