import {
  appendFileSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { LogRecord } from '../../runtime/log/index.ts';
import { exampleEvent, exampleItem } from '../../schemas/examples.ts';
import { toJson } from '../../schemas/index.ts';
import { sinkContract } from '../../test/contract/sink.ts';
import { sinkSurroundings } from '../../test/support/sink-surroundings.ts';
import { file } from './index.ts';

const topic = 'hub.department.law-enforcement';
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-file-sink-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

sinkContract({
  definition: file,
  async target() {
    const folder = mkdtempSync(join(tmpdir(), 'hub-file-sink-'));
    const inside = join(folder, 'law-enforcement');
    const away = join(folder, 'away');
    return {
      options: { folder, organisations: ['law-enforcement'] },
      delivered: async () =>
        linesOf(inside).map(({ title, removed }) => ({ title, removed: removed !== null })),
      async fail() {
        renameSync(inside, away);
        writeFileSync(inside, 'in the way');
      },
      async mend() {
        rmSync(inside);
        renameSync(away, inside);
      },
      remove: async () => rmSync(folder, { recursive: true }),
    };
  },
});

interface SinkLine {
  readonly title: string;
  readonly removed: unknown;
}

/** Lines of all files of a topic, earlier days first. */
function linesOf(path: string): readonly SinkLine[] {
  return namesIn(path).flatMap((name) =>
    readFileSync(join(path, name), 'utf8')
      .split('\n')
      .slice(0, -1)
      .map((line) => JSON.parse(line) as SinkLine),
  );
}

const namesIn = (path: string): readonly string[] =>
  (existsSync(path) ? readdirSync(path) : []).filter((name) => !name.startsWith('.')).sort();

/** Record `offset` of a partition; its value names the item, which the stand-in for `decode` builds. */
const record = (offset: number, title: string, time = '2026-03-10T09:00:00+08:00'): LogRecord => ({
  topic,
  partition: 0,
  offset,
  key: `item-${offset}`,
  value: Buffer.from(title),
  headers: {},
  timestamp: Date.parse(time),
});

const open = (options: Record<string, unknown> = {}) =>
  file.open({
    config: file.config.parse({ folder, organisations: ['law-enforcement'], rotate: 'none', ...options }),
    signal: new AbortController().signal,
    ...sinkSurroundings,
    decode: (value) => toJson('item', { ...exampleItem, title: Buffer.from(value).toString() }),
  });

const inside = () => join(folder, 'law-enforcement');
const path = (name: string): string => join(inside(), name);
const titles = (): readonly string[] => linesOf(inside()).map(({ title }) => title);

describe('the configuration of the file sink', () => {
  const topicsOf = (options: Record<string, unknown>) =>
    file.topics(file.config.parse({ folder, ...options }));
  const messages = (options: Record<string, unknown>) =>
    file.config
      .safeParse({ folder, ...options })
      .error?.issues.map(({ path, message }) => [path[0], message]);

  test('names topics by organisation, by kind of stream, or all of the catalogue at once', () => {
    expect(topicsOf({ organisations: ['town-command-330903003', 'petition'] })).toEqual([
      'hub.department.town-command-330903003',
      'hub.department.petition',
    ]);
    expect(topicsOf({ topics: ['items', 'events', 'items'] })).toEqual(['hub.items', 'hub.events']);
    const all = topicsOf({ organisations: ['*', 'petition'] });
    expect(all).toContain('hub.department.petition');
    expect(all).toContain('hub.department.town-command-330903003');
    expect(new Set(all).size).toBe(all.length);
  });

  test.each([
    [{}, [['organisations', 'expected at least one organisation or topic']]],
    [{ organisations: ['petitoin'] }, [['organisations', expect.stringContaining('expected "*" or the id')]]],
    [
      { topics: ['events'], format: 'csv' },
      [['topics', expect.stringContaining('expected no events with csv')]],
    ],
    [{ topics: ['items'], columns: ['titel'] }, [['columns', expect.stringContaining('title')]]],
    [{ topics: ['items'], maxFileBytes: 10 }, [['maxFileBytes', expect.stringContaining('>=4096')]]],
  ])('is refused: %j', (options, expected) => {
    expect(messages(options)).toEqual(expected);
  });
});

describe('the file sink', () => {
  test('writes the JSON form of each record as one line, whatever is in its text', async () => {
    const sink = await open();
    const nasty = ['一', 'two\nlines', '"quoted", \\ and \u2028', '𠮷'];
    await sink.write(
      topic,
      0,
      nasty.map((title, offset) => record(offset, title)),
    );
    const lines = readFileSync(path('law-enforcement.jsonl'), 'utf8').split('\n');
    expect(lines.pop()).toBe('');
    expect(lines.map((line) => JSON.parse(line))).toEqual(
      nasty.map((title) => toJson('item', { ...exampleItem, title })),
    );
  });

  test('writes events, too', async () => {
    const sink = await file.open({
      config: file.config.parse({ folder, topics: ['events'] }),
      signal: new AbortController().signal,
      ...sinkSurroundings,
      decode: () => toJson('item-event', exampleEvent),
    });
    await sink.write('hub.events', 0, [record(0, '')]);
    const [name = ''] = namesIn(join(folder, 'events'));
    expect(name).toBe('events-2026-03-10.jsonl');
    expect(JSON.parse(readFileSync(join(folder, 'events', name), 'utf8'))).toEqual(
      toJson('item-event', exampleEvent),
    );
  });

  test('keeps its position for each partition beside the files, and begins at the start where there is none', async () => {
    const sink = await open();
    await sink.write(topic, 0, [record(4, '一'), record(7, '二')]);
    await sink.write(topic, 1, [record(0, '三')]);
    const written = record(7, '').timestamp;
    const again = await open();
    const next = await Promise.all([0, 1, 2].map((partition) => again.resumeAt(topic, partition)));
    expect(next.map((position) => position?.next)).toEqual([8, 1, 0]);
    expect(next.map((position) => position?.lastTimestamp)).toEqual([written, written, null]);
    expect(JSON.parse(readFileSync(path('.position-jsonl.json'), 'utf8'))).toEqual({
      format: 1,
      next: { 0: 8, 1: 1 },
      last: { 0: written, 1: written },
      files: { 'law-enforcement.jsonl': statSync(path('law-enforcement.jsonl')).size },
    });
  });

  test('puts a record into the file of its day at +08:00, also when other days have come before', async () => {
    const sink = await open({ rotate: 'daily' });
    await sink.write(topic, 0, [
      record(0, 'before midnight', '2026-03-10T23:59:59.999+08:00'),
      record(1, 'after midnight', '2026-03-11T00:00:00+08:00'),
    ]);
    await sink.write(topic, 1, [record(0, 'of another partition', '2026-03-10T12:00:00+08:00')]);
    expect(namesIn(inside())).toEqual([
      'law-enforcement-2026-03-10.jsonl',
      'law-enforcement-2026-03-11.jsonl',
    ]);
    expect(titles()).toEqual(['before midnight', 'of another partition', 'after midnight']);
  });

  test('goes on in the next part before a file grows beyond its limit; a single line may be larger', async () => {
    const sink = await open({ maxFileBytes: 10_000 });
    const long = '长'.repeat(5_000);
    await sink.write(topic, 0, [record(0, '一'), record(1, '二')]);
    await sink.write(topic, 0, [record(2, '三'), record(3, '四'), record(4, long), record(5, '五')]);
    const sizes = namesIn(inside()).map((name) => statSync(path(name)).size);
    expect(namesIn(inside()).length).toBe(4);
    expect(sizes.filter((size) => size > 10_000).length).toBe(1);
    expect([...titles()].sort()).toEqual(['一', '二', '三', '四', long, '五'].sort());
  });

  test('cuts off what a crash has left half written', async () => {
    await (await open()).write(topic, 0, [record(0, '一')]);
    appendFileSync(path('law-enforcement.jsonl'), '{"title":"half a li');
    const after = await open();
    expect(await after.resumeAt(topic, 0)).toMatchObject({ next: 1 });
    expect(titles()).toEqual(['一']);
    await after.write(topic, 0, [record(1, '二')]);
    expect(titles()).toEqual(['一', '二']);
  });

  test('begins the next part where its columns or their language have changed', async () => {
    const chinese = { format: 'csv', columns: ['title', 'lead'] };
    await (await open(chinese)).write(topic, 0, [record(0, '一')]);
    await (await open({ ...chinese, language: 'en' })).write(topic, 0, [record(1, '二')]);
    await (await open({ ...chinese, language: 'en' })).write(topic, 0, [record(2, '三')]);
    const first = readFileSync(path('law-enforcement.csv'), 'utf8');
    const second = readFileSync(path('law-enforcement.2.csv'), 'utf8');
    expect(first.match(/标题|一|二|三/g)).toEqual(['标题', '一']);
    expect(second.match(/title|一|二|三/g)).toEqual(['title', '二', '三']);
  });

  test.each<[string, (name: string) => void]>([
    ['moved away', (name) => renameSync(name, join(folder, 'archived'))],
    ['shortened', (name) => writeFileSync(name, 'a')],
    ['saved by another program with another beginning', (name) => writeFileSync(name, 'x'.repeat(10_000))],
  ])('leaves a file that was %s as it is, while it runs or stands still', async (_, change) => {
    const options = { format: 'csv', columns: ['title'] };
    const sink = await open(options);
    await sink.write(topic, 0, [record(0, '一')]);
    change(path('law-enforcement.csv'));
    const changed = namesIn(inside()).map((name) => readFileSync(path(name), 'utf8'));
    await expect(sink.write(topic, 0, [record(1, '二')])).rejects.toMatchObject({ code: 'HUB_SINK_FAILED' });
    const after = await open(options);
    await after.write(topic, 0, [record(1, '二'), record(2, '三')]);
    expect(readFileSync(path('law-enforcement.2.csv'), 'utf8')).toBe('\ufeff"标题"\r\n"二"\r\n"三"\r\n');
    const left = namesIn(inside()).filter((name) => name !== 'law-enforcement.2.csv');
    expect(left.map((name) => readFileSync(path(name), 'utf8'))).toEqual(changed);
  });

  test('never overwrites a file that was there before it', async () => {
    await (await open({ organisations: ['law-enforcement'] })).resumeAt(topic, 0);
    writeFileSync(path('law-enforcement.jsonl'), 'kept by somebody\n');
    await (await open()).write(topic, 0, [record(0, '一')]);
    expect(readFileSync(path('law-enforcement.jsonl'), 'utf8')).toBe('kept by somebody\n');
    expect(readFileSync(path('law-enforcement.2.jsonl'), 'utf8')).toContain('"title":"一"');
  });

  test('remembers the length of the files written last only, and goes on in a new part of an older one', async () => {
    const day = (n: number) => new Date(Date.UTC(2026, 0, 1 + n, 4)).toISOString();
    const sink = await open({ rotate: 'daily' });
    for (let n = 0; n < 100; n++) await sink.write(topic, 0, [record(n, `day ${n}`, day(n))]);
    const { files } = JSON.parse(readFileSync(path('.position-jsonl.json'), 'utf8')) as { files: object };
    expect(Object.keys(files).length).toBe(64);
    await sink.write(topic, 0, [record(100, 'late', day(0)), record(101, 'less late', day(99))]);
    expect(namesIn(inside()).slice(0, 2)).toEqual([
      'law-enforcement-2026-01-01.2.jsonl',
      'law-enforcement-2026-01-01.jsonl',
    ]);
    expect(new Set(titles()).size).toBe(102);
    expect(titles().length).toBe(102);
    expect(namesIn(inside()).length).toBe(101);
  });

  test('keeps positions of the two formats apart', async () => {
    await (await open()).write(topic, 0, [record(0, '一')]);
    const csv = await open({ format: 'csv' });
    expect(await csv.resumeAt(topic, 0)).toMatchObject({ next: 0 });
    await csv.write(topic, 0, [record(0, '一')]);
    expect(await (await open()).resumeAt(topic, 0)).toMatchObject({ next: 1 });
  });

  test('refuses to share its folder with another sink', async () => {
    const one = await open();
    const other = await open();
    await one.write(topic, 0, [record(0, '一')]);
    await other.resumeAt(topic, 0);
    await one.write(topic, 0, [record(1, '二')]);
    await expect(other.write(topic, 0, [record(1, '二')])).rejects.toMatchObject({
      code: 'HUB_SINK_FAILED',
      message: expect.stringContaining('another sink'),
    });
    expect(titles()).toEqual(['一', '二']);
  });

  test('says which file is not a position, and touches nothing', async () => {
    await (await open()).write(topic, 0, [record(0, '一')]);
    writeFileSync(path('.position-jsonl.json'), '{"format":2}');
    await expect((await open()).resumeAt(topic, 0)).rejects.toMatchObject({
      code: 'HUB_SINK_FAILED',
      message: expect.stringContaining('.position-jsonl.json'),
    });
    expect(titles()).toEqual(['一']);
  });

  test('lets nobody but its user and group read personal data', async () => {
    await (await open()).write(topic, 0, [record(0, '一')]);
    for (const name of ['law-enforcement.jsonl', '.position-jsonl.json', '.'])
      expect(statSync(path(name)).mode & 0o007).toBe(0);
  });
});
