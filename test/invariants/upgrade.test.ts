import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { gunzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { formatVersion } from '../../runtime/embedded/format.ts';
import { checkData, hub, readJsonLines } from '../support/hub-process.ts';
import { portalRow, writeRows } from '../support/portal-rows.ts';

const formats = new URL('./data-formats/', import.meta.url);
const earlier = readdirSync(formats).filter((name) => name.endsWith('.db.gz'));

let folder: string;
let data: string;
let file: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-upgrade-'));
  data = join(folder, 'data');
  file = join(data, 'hub.db');
  mkdirSync(data);
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

const unpack = (name: string): void => writeFileSync(file, gunzipSync(readFileSync(new URL(name, formats))));
const formatOf = (): number => {
  const db = new DatabaseSync(file, { readOnly: true });
  const { user_version } = db.prepare('PRAGMA user_version').get() as { user_version: number };
  db.close();
  return user_version;
};
/** Newest revision of each item, as anybody taps it. */
async function items(): Promise<ReadonlyMap<string, Readonly<Record<string, unknown>>>> {
  const { stdout, stderr, code } = await hub('tap', 'items', '--until-end', '--data', data);
  expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
  return new Map(readJsonLines(stdout).map((item) => [String(item.itemId), item]));
}
const rows = (name: string, ...texts: string[]): string => writeRows(join(folder, name), texts);
const backfill = (path: string) => hub('backfill', 'complaint-report', path, '--data', data);

describe.each(earlier)('the data of an earlier hub (%s)', (name) => {
  test('are brought up to date by the first command that writes, and lose nothing', async () => {
    unpack(name);
    const before = await checkData(data);
    const fresh = rows('fresh.jsonl', portalRow({ id: 'TS202603120001', title: '窨井盖缺失' }));
    const { stdout, code } = await backfill(fresh);
    expect({ code, ...JSON.parse(stdout) }).toMatchObject({ code: 0, read: 1, items: 1, dead: 0 });
    expect(formatOf()).toBe(formatVersion);

    const after = await checkData(data);
    expect(after.problems).toEqual([]);
    expect(after.deadLetters).toEqual(before.deadLetters);
    expect(Object.keys(before.deadLetters).length).toBe(1);
    expect(after.recordIds).toEqual([...before.recordIds, 'TS202603120001'].sort());
    for (const [itemId, { contentHash, itemClass }] of Object.entries(before.projection))
      expect({ itemId, ...after.projection[itemId] }).toMatchObject({ itemId, contentHash, itemClass });
  }, 60_000);

  test("know what they have: told again it is a repeat, a correction stays one, a person's word counts", async () => {
    unpack(name);
    const told = rows(
      'again.jsonl',
      portalRow({ content: '海印路的路灯四天没亮，电话 13800138000', updateTime: 1_773_187_953_000 }),
    );
    expect(JSON.parse((await backfill(told)).stdout)).toMatchObject({ read: 1, items: 0, redelivered: 1 });
    const found = await items();
    const byRecord = (recordId: string) =>
      [...found.values()].find(({ source }) => (source as { recordId: string }).recordId === recordId);
    expect(byRecord('TS202603100001')).toMatchObject({ contentRevision: 2 });
    expect(byRecord('TS202603100002')).toMatchObject({ classification: { itemClass: 'SPECIALIZED' } });
    const why = await hub('why', 'TS202603100002', '--data', data);
    expect(why.stdout).toContain('wang');
  }, 60_000);

  test('are found by trace and why when the read model has been filled anew, in a file of its own', async () => {
    unpack(name);
    await backfill(rows('fresh.jsonl', portalRow({ id: 'TS202603120001' })));
    const db = new DatabaseSync(file, { readOnly: true });
    const left = db.prepare("SELECT name FROM sqlite_schema WHERE name LIKE 'store_%'").all();
    const groups = db.prepare("SELECT * FROM group_offset WHERE group_id LIKE 'item-store%'").all();
    db.close();
    expect({ left, groups }).toEqual({ left: [], groups: [] });
    for (const recordId of ['TS202603100001', 'TS202603100005', 'TS202603120001']) {
      const { stdout, stderr, code } = await hub('trace', recordId, '--data', data);
      expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
      expect(stdout).toContain('ITEM_RECEIVED');
    }
  }, 60_000);

  test('can be backed up as they are, before anything is brought up to date', async () => {
    unpack(name);
    const format = formatOf();
    const archive = join(folder, 'before.tar.gz');
    expect(await hub('backup', archive, '--data', data)).toMatchObject({ code: 0, stderr: '' });
    rmSync(data, { recursive: true });
    expect(await hub('restore', archive, '--data', data)).toMatchObject({ code: 0, stderr: '' });
    expect(formatOf()).toBe(format);
    expect((await checkData(data)).problems).toEqual([]);
  }, 60_000);
});

describe('the data of a newer hub', () => {
  test.each([
    ['up', '--config', 'CONFIG'],
    ['status'],
    ['tap', 'items', '--until-end'],
    ['trace', 'TS202603100001'],
    ['backfill', 'complaint-report', 'ROWS'],
    ['reclass', 'TS202603100001', 'ORDINARY', '--reason', 'x'],
    ['backup', 'ARCHIVE'],
  ])('are refused by %s, and left as they are', async (...args) => {
    unpack(earlier.at(-1)!);
    const db = new DatabaseSync(file);
    db.exec(`PRAGMA journal_mode = DELETE; PRAGMA user_version = ${formatVersion + 1}`);
    db.close();
    const before = readFileSync(file);
    writeFileSync(join(folder, 'empty.yaml'), '{}');
    const named: Readonly<Record<string, string>> = {
      CONFIG: join(folder, 'empty.yaml'),
      ROWS: rows('rows.jsonl', portalRow()),
      ARCHIVE: join(folder, 'hub.tar.gz'),
    };
    const { stdout, stderr, code } = await hub(...args.map((arg) => named[arg] ?? arg), '--data', data);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr).toContain('HUB_DATA_FORMAT');
    expect(stderr).toContain(`found format ${formatVersion + 1}; this hub reads format ${formatVersion}`);
    expect(readFileSync(file).equals(before)).toBe(true);
  });
});

test('every format has a data file that a hub of its time has written', () => {
  const found = new Set(earlier.map((name) => Number(/^format-(\d+)-/.exec(name)?.[1])));
  expect([...found].sort((a, b) => a - b)).toEqual(
    Array.from({ length: formatVersion }, (_, index) => index + 1),
  );
});
