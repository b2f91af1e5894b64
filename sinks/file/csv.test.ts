import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { parse } from 'csv-parse/sync';
import fc from 'fast-check';
import { en } from '../../cli/messages/en.ts';
import { zhCN } from '../../cli/messages/zh-CN.ts';
import { reasonText } from '../../processors/classify/index.ts';
import { exampleItem } from '../../schemas/examples.ts';
import { sourceSchemas, toJson } from '../../schemas/index.ts';
import type { Item } from '../../schemas/types.ts';
import { type ColumnName, columnNames, columns } from './columns.ts';
import { asText, csvHead, csvRow } from './csv.ts';
import * as words from './words.ts';

const jsonOf = (over: Partial<Item> = {}) => toJson('item', { ...exampleItem, ...over });
const csvOf = (
  items: readonly Partial<Item>[],
  chosen: readonly ColumnName[],
  language: words.Language = 'zh-CN',
) =>
  Buffer.concat([csvHead(chosen, language), ...items.map((item) => csvRow(jsonOf(item), chosen, language))]);
const rowsOf = (bytes: Uint8Array): string[][] => parse(Buffer.from(bytes), { bom: true });

/** What Excel is known to do to it is to be undone by taking one apostrophe away. */
const withoutApostrophe = (cell: string): string => cell.replace(/^'/, '');

/** Python's csv module, as an analyst uses it. */
function readByPython(bytes: Uint8Array): string[][] {
  const script =
    'import csv, io, json, sys\n' +
    'text = io.TextIOWrapper(sys.stdin.buffer, encoding="utf-8-sig", newline="")\n' +
    'json.dump(list(csv.reader(text)), sys.stdout)';
  const { stdout, stderr, status } = spawnSync('python3', ['-c', script], { input: bytes, encoding: 'utf8' });
  if (status !== 0) throw new Error(`python3 is needed for this test: ${stderr}`);
  return JSON.parse(stdout) as string[][];
}

describe('a CSV file', () => {
  test('begins with a byte order mark and a header row, and ends each row with CRLF', () => {
    const bytes = csvOf([{}], ['title', 'removed']);
    expect(Buffer.from(bytes).toString()).toBe(
      '\ufeff"标题","移出原因"\r\n"垃圾堆积三天无人清理","已改派"\r\n',
    );
  });

  test('shows a clerk an item in words and local time', () => {
    const cells = (language: words.Language, item: Partial<Item>) => {
      const [head = [], row = []] = rowsOf(csvOf([item], columnNames, language));
      return Object.fromEntries(head.map((name, index) => [name, row[index]]));
    };
    expect(
      cells('zh-CN', {
        body: '第一行\n第二行',
        route: { ...exampleItem.route, coDepartments: ['health', 'petition'] },
      }),
    ).toEqual({
      受理时间: '2026-03-10 08:12:33',
      来源系统: '12345热线',
      来源编号: 'PT20260310000381',
      诉求类型: '投诉',
      标题: '垃圾堆积三天无人清理',
      内容: '第一行\n第二行',
      地址: '东港街道海印路菜场',
      类别: '暴露垃圾',
      分级: '普通',
      分级理由: '7日内12人反映同一问题',
      主办单位: expect.stringContaining('东港'),
      协办单位: '卫健局、信访局',
      状态: '办理中',
      签收时限: '2026-03-11 23:59:59',
      联系时限: '2026-03-11 23:59:59',
      办结时限: '2026-03-17 23:59:59',
      移出原因: '已改派',
      移往: expect.stringContaining('海洋'),
      版本: '4',
      事项编号: 'b0a1845d-9726-5218-85d3-181c701304cc',
    });
    const reason = {
      code: 'M01',
      text: '涉及人身安全:死亡2人',
      evidence: 'deaths=2',
      ruleId: 'M01',
      ruleVersion: '1',
    };
    const english = cells('en', {
      removed: null,
      place: { ...exampleItem.place, address: null },
      classification: { ...exampleItem.classification, reasons: [reason] },
    });
    expect(english).toMatchObject({
      'reported at': '2026-03-10 08:12:33',
      class: 'ordinary',
      status: 'being handled',
      reasons: reasonText('M01', 'deaths=2', 'en'),
      address: '',
      'removed because': '',
      'removed to': '',
    });
    for (const [name, cell] of Object.entries(english))
      if (!['title', 'text'].includes(name)) expect(cell).not.toMatch(/\p{Script=Han}/u);
  });

  test('shows a code that it has no word for as it is', () => {
    const unknown = {
      status: 'FROM_TOMORROW',
      route: { ...exampleItem.route, leadDepartment: 'new-office' },
    };
    expect(rowsOf(csvOf([unknown], ['status', 'lead']))[1]).toEqual(['FROM_TOMORROW', 'new-office']);
  });

  const nasty = [
    'lone\nline feed',
    'lone\rcarriage return',
    'CRLF\r\nin the middle',
    'he said "no", twice',
    ',;\t',
    ' spaces around ',
    '',
    '"',
    '\ufeffmark',
    '𠮷\u2028\u2029',
    "'quoted'",
    '=HYPERLINK("http://a","b")',
    '+8613800138000',
    '-2+3',
    '@SUM(A1)',
    '\t=1+1',
    '＝1+1',
    '0304',
    '330903003003012',
    '12E5',
  ];

  test.each([
    ['csv-parse', rowsOf],
    ["Python's csv", readByPython],
  ])('is read back equal by %s, but for the apostrophe', (_, read) => {
    const rows = read(
      csvOf(
        nasty.map((body) => ({ title: 'T', body })),
        ['title', 'body', 'revision'],
      ),
    );
    expect(
      rows.slice(1).map(([title, body, revision]) => [title, withoutApostrophe(body!), revision]),
    ).toEqual(nasty.map((text) => ['T', text, '4']));
  });

  test('gives any text back, in any company', () => {
    const text = fc.oneof(fc.string({ unit: 'binary' }), fc.constantFrom(...nasty), fc.string());
    fc.assert(
      fc.property(fc.array(fc.tuple(text, text), { minLength: 1, maxLength: 5 }), (texts) => {
        const rows = rowsOf(
          csvOf(
            texts.map(([title, body]) => ({ title, body })),
            ['title', 'body'],
          ),
        );
        expect(rows.slice(1).map((row) => row.map(withoutApostrophe))).toEqual(texts);
      }),
    );
  });
});

describe('a text in a cell', () => {
  test.each([
    '=1+1',
    '+1+1',
    '-1-1',
    '@A1',
    '\t=1',
    '\r=1',
    '\n=1',
    '  =1',
    '＝1',
    '－A1',
    '＋A1',
    '＠A1',
    '-',
    '-2 度',
    "'=1",
  ])('that a sheet could run begins with an apostrophe: %j', (text) => expect(asText(text)).toBe(`'${text}`));

  test.each(['0304', '007', '330903003003', '330903003003012', '+8613800138000', '12E5', '1e+10'])(
    'that a sheet would take for a number and spoil begins with an apostrophe: %j',
    (text) => expect(asText(text)).toBe(`'${text}`),
  );

  test.each([
    '-5',
    '+3',
    '-386.00',
    '0',
    '0.5',
    '386.00',
    '12345678901',
    'PT20260310000381',
    '3幢2单元501',
    '2026-03-10',
    'a=b',
    '',
  ])('that is harmless stays as it is: %j', (text) => expect(asText(text)).toBe(text));
});

describe('the words of the columns', () => {
  const symbols = (name: string): readonly string[] => {
    const text = JSON.stringify(sourceSchemas.get('item'));
    const found = new RegExp(`"name":"${name}"[^}]*?"symbols":\\[([^\\]]*)\\]`).exec(text);
    return JSON.parse(`[${found?.[1] ?? ''}]`) as string[];
  };

  test.each([
    ['ItemKind', words.kinds],
    ['ItemClass', words.classes],
    ['RemovedReason', words.removals],
  ] as const)('know every symbol of %s', (name, names) => {
    expect(symbols(name).length).toBeGreaterThan(2);
    expect([...names.keys()].sort()).toEqual([...symbols(name)].sort());
  });

  test('are those of the command line, for states and classes', () => {
    const of = (names: words.Names, language: words.Language) =>
      Object.fromEntries([...names].map(([code, word]) => [code, word[language]]));
    expect(of(words.statuses, 'zh-CN')).toEqual(zhCN.names.statuses);
    expect(of(words.statuses, 'en')).toEqual(en.names.statuses);
    expect(of(words.classes, 'zh-CN')).toEqual(zhCN.names.classes);
    expect(of(words.classes, 'en')).toEqual(en.names.classes);
  });

  test('are in both languages, each in its own', () => {
    const { kinds, classes, statuses, removals, sources, categories, organisations } = words;
    const all = [kinds, classes, statuses, removals, sources, categories, organisations].flatMap((names) => [
      ...names.values(),
    ]);
    const headers = Object.values(columns).map(({ zh, en }) => ({ 'zh-CN': zh, en }));
    for (const word of [...all, ...headers]) {
      expect(word['zh-CN']).toMatch(/\p{Script=Han}/u);
      expect(word.en).toMatch(/^[^\p{Script=Han}]+$/u);
    }
    for (const language of ['zh', 'en'] as const)
      expect(new Set(Object.values(columns).map((column) => column[language])).size).toBe(columnNames.length);
  });

  test('are in the README, each column with its Chinese header', () => {
    const page = readFileSync(new URL('./README.md', import.meta.url), 'utf8');
    const listed = [...page.matchAll(/`(\w+)` \| (\p{Script=Han}+)/gu)].map(([, name, zh]) => [name, zh]);
    expect(listed.sort()).toEqual(columnNames.map((name) => [name, columns[name].zh]).sort());
  });
});
