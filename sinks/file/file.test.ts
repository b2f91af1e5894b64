import { appendFileSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import type { LogRecord } from '../../runtime/log/index.ts';
import { silentLogger } from '../../runtime/telemetry.ts';
import { exampleItem } from '../../schemas/examples.ts';
import { toJson } from '../../schemas/index.ts';
import { file } from './index.ts';

const topic = 'hub.department.law-enforcement';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-file-sink-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** Record `offset` of a partition; its value names the item, which the stand-in for `decode` builds. */
const record = (offset: number, title: string, partition = 0): LogRecord => ({
  topic,
  partition,
  offset,
  key: `item-${offset}`,
  value: Buffer.from(title),
  headers: {},
  timestamp: Date.UTC(2026, 2, 10, 1),
});

const open = (options: Record<string, unknown> = {}) =>
  file.open({
    config: file.config.parse({ folder, organisations: ['law-enforcement'], rotate: 'none', ...options }),
    signal: new AbortController().signal,
    log: silentLogger,
    decode: (value) => toJson('item', { ...exampleItem, title: Buffer.from(value).toString() }),
  });

const path = (name: string): string => join(folder, 'law-enforcement', name);
const titles = (): readonly string[] =>
  readFileSync(path('law-enforcement.jsonl'), 'utf8')
    .trimEnd()
    .split('\n')
    .map((line) => (JSON.parse(line) as { title: string }).title);

describe('the file sink', () => {
  test('writes one JSON object a line, in order, and says where it goes on', async () => {
    const sink = await open();
    await sink.write(topic, 0, [record(0, '一'), record(1, '二')]);
    await sink.write(topic, 1, [record(0, '三', 1)]);
    expect(titles()).toEqual(['一', '二', '三']);
    expect([
      await sink.resumeAt(topic, 0),
      await sink.resumeAt(topic, 1),
      await sink.resumeAt(topic, 2),
    ]).toEqual([2, 1, 0]);
  });

  test('writes nothing twice when it is given records again', async () => {
    const sink = await open();
    await sink.write(topic, 0, [record(0, '一'), record(1, '二')]);
    await sink.write(topic, 0, [record(0, '一'), record(1, '二'), record(2, '三')]);
    expect(titles()).toEqual(['一', '二', '三']);
  });

  test('cuts off what a crash has left half written, and goes on from there', async () => {
    const before = await open();
    await before.write(topic, 0, [record(0, '一')]);
    appendFileSync(path('law-enforcement.jsonl'), '{"title":"half a li');
    const after = await open();
    expect(await after.resumeAt(topic, 0)).toBe(1);
    await after.write(topic, 0, [record(1, '二')]);
    expect(titles()).toEqual(['一', '二']);
  });

  test('begins a file a day, and a second part where one grows too large', async () => {
    const sink = await open({ rotate: 'daily', maxFileBytes: 4_096 });
    await sink.write(topic, 0, [record(0, '一'), record(1, '二')]);
    const names = readdirSync(join(folder, 'law-enforcement')).filter((name) => name.endsWith('.jsonl'));
    expect(names.sort()).toEqual(['law-enforcement-2026-03-10.2.jsonl', 'law-enforcement-2026-03-10.jsonl']);
  });

  test('writes CSV that Excel opens: byte order mark, CRLF, quotes; and no citizen’s text becomes a formula', async () => {
    const sink = await open({ format: 'csv', columns: ['title', 'reportedAt', 'removed'] });
    const nasty = ['=1+1', '+86', '-SUM(A1)', '@cmd', '他说"好",\n第二行'];
    await sink.write(
      topic,
      0,
      nasty.map((title, offset) => record(offset, title)),
    );
    const bytes = readFileSync(path('law-enforcement.csv'));
    expect([...bytes.subarray(0, 3)]).toEqual([0xef, 0xbb, 0xbf]);
    expect(bytes.toString()).toContain('标题,受理时间,已移出原因\r\n');
    const rows = parse(bytes, { bom: true, columns: true }) as Record<string, string>[];
    expect(rows.map((row) => row.标题)).toEqual(["'=1+1", '+86', "'-SUM(A1)", "'@cmd", '他说"好",\n第二行']);
    expect(rows[0]!.受理时间).toMatch(/^2026-03-1\d \d\d:\d\d:\d\d$/);
  });
});
