import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { type FakePortal, startPortal } from '../../connectors/complaint-report/fake-portal.ts';
import { connectControl } from '../../runtime/control/client.ts';
import { partitionOf } from '../../runtime/log/partition.ts';
import {
  entry,
  type HubProcess,
  hub,
  readJsonLines,
  settled,
  startHub,
  until,
} from '../support/hub-process.ts';
import { portalRow, writeRows } from '../support/portal-rows.ts';

const lamp = 'TS202603100001';
const milk = 'TS202603100002';
const cover = 'TS202603100003';
const tree = 'TS202603110001';
/** A number that the source has used for two matters. */
const reused = 'TS202501010001';

let folder: string;
let data: string;
let portal: FakePortal;
let running: HubProcess;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-commands-'));
  data = join(folder, 'data');
  const rows = writeRows(join(folder, 'rows.jsonl'), [
    portalRow({ id: lamp }),
    portalRow({ id: milk, title: '超市卖过期牛奶', content: '要求退款' }),
    portalRow({ id: cover, title: '井盖缺失', content: '昌国路井盖没了' }),
    portalRow({ id: tree, title: '树枝压着电线', content: '昌国路的树枝压着电线' }),
  ]);
  portal = await startPortal('--frozen', '--records', rows);
  running = startHub({ data, config: config() });
  await until(running, 'all is taken in', settled(data, 4));
  const old = writeRows(join(folder, 'old.jsonl'), [
    portalRow({
      id: reused,
      title: '河道漂着垃圾',
      content: '',
      createTime: '2025-01-01 08:00:00',
      updateTime: '',
    }),
    portalRow({
      id: reused,
      title: '夜里施工太吵',
      content: '',
      createTime: '2025-07-01 22:00:00',
      updateTime: '',
    }),
  ]);
  expect((await hub('backfill', 'complaint-report', old, '--data', data)).code).toBe(0);
});
afterAll(async () => {
  running.kill('SIGKILL');
  await running.exited;
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
});

const config = (sinks: Record<string, unknown> = {}) => ({
  connectors: {
    'complaint-report': {
      ...portal.account,
      pollIntervalMs: 1_000,
      // Covers all records, so that each start reads all of them, and `settled` can count.
      overlapMs: 3_600_000,
    },
  },
  sinks: { files: { type: 'file', folder: join(folder, 'out'), topics: ['items'] }, ...sinks },
});

const onData = (...args: readonly string[]) => hub(...args, '--data', data);
const inChinese = (...args: readonly string[]) => onData(...args, '--lang', 'zh-CN');

/** The lines of a result, without the spaces that align them. */
const linesOf = (text: string): readonly string[] =>
  text
    .split('\n')
    .slice(0, -1)
    .map((line) => line.trim().replaceAll(/ {2,}/g, ' '));

interface Item {
  readonly itemId: string;
  readonly revision: number;
  readonly source: { readonly recordId: string };
  readonly classification: { readonly itemClass: string };
}

const itemOf = async (recordId: string): Promise<Item> => {
  const { stdout } = await onData(
    'tap',
    'items',
    '--until-end',
    '--where',
    `source.recordId = "${recordId}"`,
  );
  return readJsonLines(stdout).at(-1) as unknown as Item;
};

const time = String.raw`\d{4}-\d\d-\d\d \d\d:\d\d:\d\d \+08:00`;

describe('hub tap', () => {
  test('prints one JSON object a line and nothing else, as far as the log goes', async () => {
    const { stdout, stderr, code } = await onData('tap', 'items', '--from', 'beginning', '--until-end');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const found = readJsonLines(stdout) as unknown as Item[];
    expect(new Set(found.map(({ source }) => source.recordId))).toEqual(
      new Set([lamp, milk, cover, tree, reused]),
    );
  });

  test('leaves out what --where does not say yes to', async () => {
    const where = 'classification.itemClass = "SPECIALIZED" and source.recordId != "nix"';
    const { stdout, code } = await onData('tap', 'items', '--until-end', '--where', where);
    expect(code).toBe(0);
    const found = readJsonLines(stdout) as unknown as Item[];
    expect(found.map(({ source }) => source.recordId)).toEqual([milk]);
  });

  test('begins at a time, at an age, or at the end', async () => {
    const before = new Date().toISOString();
    const { itemId } = await itemOf(tree);
    await onData('reclass', itemId, 'MAJOR', '--reason', '试判');
    const since = async (from: string) => {
      const { stdout, code } = await onData('tap', 'events', '--from', from, '--until-end');
      expect(code).toBe(0);
      return readJsonLines(stdout);
    };
    const fresh = await since(before);
    expect(fresh.map(({ type }) => type)).toEqual(['RECLASSED', 'REROUTED']);
    expect(new Set(fresh.map((event) => event.itemId))).toEqual(new Set([itemId]));
    expect((await since('1h')).length).toBeGreaterThan(fresh.length);
    expect(await since('latest')).toEqual([]);
  });

  test('goes on with what comes after it, until it is interrupted', async () => {
    const { itemId } = await itemOf(cover);
    const child = spawn(process.execPath, [entry, 'tap', 'events', '--from', '1h', '--data', data]);
    const exited = once(child, 'exit');
    let decided = false;
    for await (const line of createInterface({ input: child.stdout })) {
      const event = JSON.parse(line) as { itemId: string; type: string };
      if (!decided) await onData('reclass', itemId, 'SPECIALIZED', '--reason', '试判');
      decided = true;
      if (event.itemId === itemId && event.type === 'RECLASSED') child.kill('SIGINT');
    }
    expect(await exited).toEqual([0, null]);
  });

  test.each([
    [['tap', 'itms'], 1, 'HUB_LOG_UNKNOWN_TOPIC: there is no topic "itms"', 'did you mean items?'],
    [['tap', 'items', '--where', '$x('], 2, 'HUB_CLI_USAGE: --where is no JSONata expression', '$x('],
    [['tap', 'items', '--from', 'yesterday'], 2, 'HUB_CLI_USAGE: "yesterday" is no time', 'ISO 8601'],
    [['tap', 'items', '--form', '2h'], 2, 'HUB_CLI_USAGE: there is no option --form', '--from'],
  ])('says on standard error what is wrong with %j', async (args, exitCode, first, hint) => {
    const { stdout, stderr, code } = await onData(...args, '--until-end');
    expect({ stdout, code }).toEqual({ stdout: '', code: exitCode });
    expect(stderr.startsWith(first)).toBe(true);
    expect(linesOf(stderr)[0]).toContain(hint);
    expect(linesOf(stderr).at(-1)).toMatch(/^what to do: /);
  });

  test('says it in Chinese where that is asked for', async () => {
    const { stderr, code } = await inChinese('tap', 'items', '--where', '$x(', '--until-end');
    expect(code).toBe(2);
    expect(linesOf(stderr)[0]).toMatch(/^HUB_CLI_USAGE：--where .*\p{Script=Han}/u);
    expect(linesOf(stderr).at(-1)).toMatch(/^处理：/);
  });
});

describe('hub trace', () => {
  test('shows the item, its raw records and its events in order', async () => {
    const { stdout, stderr, code } = await onData('trace', lamp);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    const lines = linesOf(stdout);
    expect(lines.slice(0, 2)).toEqual([`Record complaint-report:${lamp}`, 'Title 路灯不亮']);
    expect(lines).toContain('State DISPATCHED (dispatched, not signed)');
    expect(lines).toContain('Lead law-enforcement (Integrated law enforcement)');
    expect(lines).toContainEqual(
      expect.stringMatching(
        new RegExp(
          `^${time} JSON \\d+ bytes LIVE raw\\.complaint-report/${lamp}@[0-9a-f]{64} \\[current\\]$`,
        ),
      ),
    );
    const events = lines.flatMap((line) => /^(\d+) .*? ([A-Z_]{6,}) \(/.exec(line)?.slice(1) ?? []);
    expect(events).toEqual(['1', 'ITEM_RECEIVED', '2', 'CLASSIFIED', '3', 'ROUTED']);
  });

  test('takes the item id, its beginning, source:recordId and the record number alike', async () => {
    const { itemId } = await itemOf(lamp);
    const { stdout: expected } = await onData('trace', itemId);
    for (const asked of [itemId.slice(0, 8), `complaint-report:${lamp}`, lamp])
      expect(await onData('trace', asked)).toEqual({ stdout: expected, stderr: '', code: 0 });
  });

  test('speaks Chinese', async () => {
    const { stdout, code } = await inChinese('trace', lamp);
    expect(code).toBe(0);
    const lines = linesOf(stdout);
    expect(lines).toContain('主办 law-enforcement (综合执法局（城管）)');
    expect(lines).toContain('原始记录');
    expect(lines).toContainEqual(expect.stringMatching(new RegExp(`^2 ${time} CLASSIFIED \\(定级\\)`)));
  });

  test('gives JSON with the same events', async () => {
    const { stdout, code } = await onData('trace', lamp, '--json');
    expect(code).toBe(0);
    const { events } = JSON.parse(stdout) as { events: readonly { type: string }[] };
    expect(events.map(({ type }) => type)).toEqual(['ITEM_RECEIVED', 'CLASSIFIED', 'ROUTED']);
  });
});

describe('hub why', () => {
  test('names the rule, the words that fired, the route and the deadline rule', async () => {
    const { stdout, stderr, code } = await onData('why', milk);
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(linesOf(stdout)).toEqual(
      expect.arrayContaining([
        'Class: SPECIALIZED (specialized), decided by the rules',
        'S02 Statutory owner: Belongs to a department by law: category MKT.FOOD',
        'Category found by: 「过期」',
        'Route: market-regulation (Market regulation), district',
        'Deadline rule: SPEC-12315-R',
        'Catalogue: 2026.1',
      ]),
    );
  });

  test('speaks Chinese', async () => {
    const { stdout, code } = await inChinese('why', milk);
    expect(code).toBe(0);
    expect(linesOf(stdout)).toEqual(
      expect.arrayContaining([
        '级别: SPECIALIZED (专业), 由规则决定',
        '类别判定依据:「过期」',
        '去向: market-regulation (市场监管局), 区级',
        '时限规则: SPEC-12315-R',
      ]),
    );
  });
});

describe('an item', () => {
  test.each(['trace', 'why'])('that is not there: %s says so', async (command) => {
    const { stdout, stderr, code } = await onData(command, 'TS209901010001');
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(linesOf(stderr)[0]).toMatch(/^HUB_ITEM_UNKNOWN: no item answers to "TS209901010001"/);
  });

  test.each(['trace', 'why'])('whose number was used again: %s lists both matters', async (command) => {
    const { stdout, stderr, code } = await onData(command, reused);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    const [complaint, ...lines] = linesOf(stderr);
    expect(complaint).toBe(`HUB_ITEM_AMBIGUOUS: 2 items answer to "${reused}":`);
    expect(lines.slice(0, 2).map((line) => line.replace(/^[0-9a-f-]{36} /, ''))).toEqual([
      `complaint-report:${reused} 夜里施工太吵`,
      `complaint-report:${reused} 河道漂着垃圾`,
    ]);
  });
});

describe('hub reclass', () => {
  const reclass = (...args: readonly string[]) => onData('reclass', ...args);

  test('is applied at once, shows before and after, and why tells who decided', async () => {
    const { stdout, stderr, code } = await reclass(
      lamp,
      'MAJOR',
      '--reason',
      '核实有人触电',
      '--actor',
      '王科',
    );
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(linesOf(stdout)).toEqual([
      `complaint-report:${lamp}: applied`,
      'class ORDINARY → MAJOR',
      'revision 1 → 2',
      'lead law-enforcement',
    ]);
    const { stdout: told } = await onData('why', lamp);
    expect(linesOf(told)).toContain('Class: MAJOR (major), decided by 王科');
    expect(linesOf(told)).toContainEqual(
      expect.stringMatching(new RegExp(`^${time} 王科 → MAJOR: 核实有人触电$`)),
    );

    const { stdout: again } = await inChinese(
      'reclass',
      lamp,
      'MAJOR',
      '--reason',
      '核实有人触电',
      '--actor',
      '王科',
    );
    expect(linesOf(again)[0]).toBe(`complaint-report:${lamp}：已记录，未引起变化`);
    expect((await itemOf(lamp)).revision).toBe(2);

    await reclass(lamp, 'UNCLASSIFIED', '--reason', '交还规则', '--actor', '王科');
    expect((await itemOf(lamp)).classification.itemClass).toBe('ORDINARY');
  });

  test('counts a command that is given twice once', async () => {
    const { itemId } = await itemOf(milk);
    const baseId = `complaint-report:${milk}`;
    const control = await connectControl(data);
    const ask = {
      itemId,
      baseId,
      partition: partitionOf(baseId, 4),
      itemClass: 'MAJOR',
      actor: '王科',
      reason: '两次点击',
      commandId: 'click-1',
    };
    const first = await control!.call('reclass', ask);
    const events = async () => readJsonLines((await onData('tap', 'events', '--until-end')).stdout);
    const after = await events();
    expect(await control!.call('reclass', ask)).toMatchObject({
      inputId: (first as { inputId: string }).inputId,
      outcome: 'applied',
    });
    expect(await events()).toEqual(after);
    expect((await itemOf(milk)).revision).toBe(2);
  });

  test.each([
    [
      'a class that is none',
      [milk, 'MAJOUR', '--reason', 'x'],
      2,
      /^HUB_CLI_USAGE: CLASS: expected one of ORDINARY, .* got "MAJOUR"/,
    ],
    ['no reason', [milk, 'MAJOR'], 2, /^HUB_CLI_USAGE: the option --reason/],
    ['an empty reason', [milk, 'MAJOR', '--reason', ' '], 2, /^HUB_CLI_USAGE: --reason must say why/],
    ['an item that is not there', ['TS209901010001', 'MAJOR', '--reason', 'x'], 1, /^HUB_ITEM_UNKNOWN: /],
  ])('refuses %s', async (_, args, exitCode, complaint) => {
    const { stdout, stderr, code } = await reclass(...args);
    expect({ stdout, code }).toEqual({ stdout: '', code: exitCode });
    expect(stderr).toMatch(complaint);
  });
});

describe('hub status', () => {
  interface Status {
    readonly level: string;
    readonly lines: readonly { readonly level: string; readonly about: Record<string, unknown> }[];
  }
  const aboutOf = ({ lines }: Status, kind: string) => lines.filter(({ about }) => about.kind === kind);

  test('says a line for each thing, in text and as JSON, and 0 while nothing is red', async () => {
    const { stdout, stderr, code } = await onData('status');
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(linesOf(stdout)).toEqual(
      expect.arrayContaining([
        `● green hub is running (process ${running.pid})`,
        '● green connector complaint-report: running',
        '● green sink files: running',
        expect.stringMatching(/^● green sink files: \d+ records behind/),
        '● green input: 0 waiting for the item writer',
        '● green dead letters: 0 open of 0',
      ]),
    );
    const json = await onData('status', '--json');
    expect(json.code).toBe(0);
    const status = JSON.parse(json.stdout) as Status;
    expect(['green', 'yellow']).toContain(status.level);
    expect(aboutOf(status, 'hub')).toMatchObject([{ level: 'green', about: { pid: running.pid } }]);
    expect(aboutOf(status, 'items')).toMatchObject([{ about: { total: 6 } }]);
  });

  test('ends what is not green with the command to run, and speaks Chinese', async () => {
    const { itemId } = await itemOf(cover);
    await onData('reclass', itemId, 'MAJOR', '--reason', '有人坠井');
    const { stdout, code } = await inChinese('status');
    expect(code).toBe(0);
    const line = linesOf(stdout).find((text) => text.includes('未签收的重大事项'));
    expect(line).toMatch(/^▲ 黄 未签收的重大事项：\d+ 件 → hub trace [0-9a-f-]{36} --data /);
    await onData('reclass', itemId, 'UNCLASSIFIED', '--reason', '交还规则');
  });

  test('is yellow without a hub, and commands that decide do so without one', async () => {
    expect(await running.stop()).toBe(0);
    const { stdout, code } = await onData('status');
    expect(code).toBe(0);
    expect(linesOf(stdout)[1]).toBe(`▲ yellow hub is not running on this folder → hub up --data ${data}`);
    const late = join(folder, 'late.yaml');
    writeFileSync(late, JSON.stringify(config({ late: { type: 'file', folder, topics: ['items'] } })));
    const lines = linesOf((await onData('status', '--config', late)).stdout);
    expect(lines).toContain('● green sink files: 0 records behind');
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^▲ yellow sink late: \d+ records behind, the oldest for \d+[sm] → hub up --data /,
      ),
    );
    const decided = await onData('reclass', tree, 'ORDINARY', '--reason', '树已锯掉');
    expect(decided.code).toBe(0);
    expect((await itemOf(tree)).classification.itemClass).toBe('ORDINARY');
    expect((await onData('status', '--json')).stdout).toContain('"kind":"projection","behind":0');
  });

  test('is red, with exit code 3, when a part of the configuration is wrong', async () => {
    running = startHub({ data, config: config({ broken: { type: 'file', folder: 7 } }) });
    await until(running, 'all is taken in', settled(data, 4));
    const { stdout, stderr, code } = await onData('status');
    expect({ stderr, code }).toEqual({ stderr: '', code: 3 });
    expect(linesOf(stdout)).toContainEqual(
      expect.stringMatching(
        /^■ red sink broken: wrong configuration; HUB_CONFIG_INVALID .* sinks\.broken\.folder: found 7, expected string.* → hub up --config FILE --data /,
      ),
    );
    const json = await onData('status', '--json');
    expect(json.code).toBe(3);
    expect((JSON.parse(json.stdout) as Status).level).toBe('red');
    expect(linesOf((await inChinese('status')).stdout)[0]).toMatch(new RegExp(`^${time} 红$`));
  });

  test('says that there is nothing where no hub has ever been', async () => {
    const { stdout, stderr, code } = await hub('status', '--data', join(folder, 'nowhere'));
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr).toMatch(/^HUB_DATA_FORMAT: .*holds no data of the hub yet/);
  });
});
