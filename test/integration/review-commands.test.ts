import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, describe, expect, jest, test } from '@jest/globals';
import { openReader } from '../../cli/reader.ts';
import { connectControl } from '../../runtime/control/client.ts';
import { partitionOf } from '../../runtime/log/partition.ts';
import { topics } from '../../runtime/topics.ts';
import { type HubProcess, hub, readJsonLines, startHub, until } from '../support/hub-process.ts';
import { portalRow, writeRows } from '../support/portal-rows.ts';

/** Each command is a process of its own, and a test gives up to ten of them. */
jest.setTimeout(180_000);

/** Nobody says who they are, so equal texts are only suggested (domain.md §6). */
const heap = '海印路菜场后门生活垃圾堆了整整三天没有人清理，天一热臭得很，附近居民都受不了，希望尽快清运干净';
const lamps = '昌国路小学门口一带的路灯整排都不亮，晚上接孩子看不见路，已经有老人摔倒，请尽快派人来修';
const [heap1, heap2] = ['TS202603100011', 'TS202603100012'] as const;
const [lamps1, lamps2] = ['TS202603100021', 'TS202603100022'] as const;
const milk = 'TS202603100031';
const tree = 'TS202603100032';
const noise = 'TS202603100033';
/** A number that the source has used for two matters. */
const reused = 'TS202501010001';

/** @param hour of 2026-03-10 */
const row = (id: string, hour: number, title: string, content: string, over: Record<string, string> = {}) =>
  portalRow({
    id,
    title,
    content,
    createTime: `2026-03-10 ${String(hour).padStart(2, '0')}:00:00`,
    updateTime: '',
    ...over,
  });

let folder: string;
let data: string;
let running: HubProcess;

const config = {
  connectors: {
    'complaint-report': { baseUrl: 'http://127.0.0.1:9/api', username: 'demo', password: 'demo-only' },
  },
};

const start = async () => {
  running = startHub({ data, config });
  await until(running, 'the hub takes commands', async () => (await connectControl(data)) !== null);
};

/** Everything is decided and can be looked up. */
const settled = () =>
  until(running, 'nothing waits', async () => {
    const control = await connectControl(data);
    const lag = (await control?.call('lag')) as { writer: number; projection: number } | undefined;
    return lag?.writer === 0 && lag.projection === 0;
  });

const onData = (...args: readonly string[]) => hub(...args, '--data', data);

async function backfill(name: string, ...rows: readonly string[]): Promise<void> {
  const file = writeRows(join(folder, name), rows);
  expect((await onData('backfill', 'complaint-report', file)).code).toBe(0);
  await settled();
}

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-review-'));
  data = join(folder, 'data');
  await start();
  await backfill(
    'rows.jsonl',
    row(heap1, 12, '菜场后门垃圾没人清', heap),
    row(heap2, 13, '菜场后门垃圾没人清', heap),
    row(lamps1, 20, '路灯整排不亮', lamps),
    row(lamps2, 21, '路灯整排不亮', lamps),
    row(milk, 9, '超市卖过期牛奶', '要求退款'),
    row(tree, 10, '树枝压着电线', '文化路的树枝压着电线'),
    row(noise, 11, '夜里施工太吵', '工地夜里施工太吵'),
    row(reused, 8, '河道漂着垃圾', '', { createTime: '2025-01-01 08:00:00' }),
    row(reused, 8, '夜里唱歌太吵', '', { createTime: '2025-07-01 22:00:00' }),
  );
});
afterAll(async () => {
  running.kill('SIGKILL');
  await running.exited;
  rmSync(folder, { recursive: true, force: true });
});

interface Suggestion {
  readonly id: string;
  readonly assignee: string;
  readonly overdue: boolean;
  readonly earlier: { readonly baseId: string; readonly itemId: string };
  readonly later: { readonly baseId: string };
}
const suggestions = async (...args: readonly string[]): Promise<readonly Suggestion[]> => {
  const { stdout, code } = await onData('review', 'list', '--json', ...args);
  expect(code).toBe(0);
  return readJsonLines(stdout) as unknown as Suggestion[];
};
const suggestionOf = async (recordId: string): Promise<Suggestion | undefined> =>
  (await suggestions()).find(({ later }) => later.baseId === base(recordId));

const base = (recordId: string): string => `complaint-report:${recordId}`;

interface Why {
  readonly itemId: string;
  readonly pairs: readonly Record<string, unknown>[];
  readonly cluster: {
    readonly clusterId: string;
    readonly primary: { readonly baseId: string };
    readonly members: readonly unknown[];
  } | null;
}
const why = async (asked: string): Promise<Why> =>
  JSON.parse((await onData('why', asked, '--json')).stdout) as Why;
const firstLine = (text: string): string => text.split('\n')[0] ?? '';

describe('a suggested link', () => {
  test('waits for the district with a clock, for a person once one is named, and links when accepted', async () => {
    const before = await suggestionOf(heap2);
    expect(before).toMatchObject({
      assignee: 'governance-centre',
      overdue: false,
      relation: 'SAME_MATTER',
      earlier: { baseId: base(heap1), title: '菜场后门垃圾没人清', leadDepartment: expect.any(String) },
      due: expect.stringMatching(/T23:59:59\.000\+08:00$/),
    });
    const { id, earlier } = before!;

    const assigned = await onData('review', 'assign', id.slice(0, 8), '王科');
    expect({ code: assigned.code, first: firstLine(assigned.stdout) }).toEqual({
      code: 0,
      first: `${base(heap1)} and ${base(heap2)}: 王科 is to decide`,
    });
    await settled();
    expect(await suggestions('--mine', '王科')).toMatchObject([{ id, assignee: '王科' }]);
    expect((await suggestions('--mine', 'governance-centre')).map((one) => one.id)).not.toContain(id);
    expect(await suggestions('--overdue')).toEqual([]);

    const accepted = await onData('review', 'accept', id, '--reason', '同一堆垃圾', '--actor', '王科');
    expect({ code: accepted.code, first: firstLine(accepted.stdout) }).toEqual({
      code: 0,
      first: `${base(heap1)} and ${base(heap2)}: linked`,
    });
    expect(accepted.stdout).toContain(`${base(heap1)} leads 2 items`);
    await settled();
    expect(await suggestionOf(heap2)).toBeUndefined();
    const told = await why(heap2);
    expect(told.cluster).toMatchObject({ primary: { baseId: base(heap1) }, members: [{ byPerson: true }] });
    expect(told.pairs).toMatchObject([
      { outcome: 'SUGGESTED', person: { word: 'LINK', actor: '王科', reason: '同一堆垃圾' }, reviewId: null },
    ]);
    // The other side, which does not keep the pair, tells the same.
    expect((await why(earlier.itemId)).pairs).toMatchObject([
      { other: { baseId: base(heap2) }, person: { word: 'LINK' } },
    ]);

    const again = await onData('review', 'accept', id, '--reason', 'x');
    expect({ code: again.code, first: firstLine(again.stderr) }).toMatchObject({
      code: 1,
      first: expect.stringMatching(/^HUB_REVIEW_UNKNOWN: /),
    });
  });

  test('that is rejected stays apart, also after a correction that is as alike', async () => {
    const { id } = (await suggestionOf(lamps2))!;
    const rejected = await onData('review', 'reject', id, '--reason', '两所小学');
    expect(rejected.stdout).toBe(
      [
        `${base(lamps1)} and ${base(lamps2)}: recorded; they were not in one cluster and stay apart`,
        `  ${base(lamps1)} is on its own`,
        `  ${base(lamps2)} is on its own`,
        '',
      ].join('\n'),
    );
    await settled();
    expect(await suggestionOf(lamps2)).toBeUndefined();

    const corrected = { updateTime: '2026-03-11 08:00:00', name: '张三' };
    await backfill('corrected.jsonl', row(lamps2, 21, '路灯整排不亮', `${lamps}。`, corrected));
    const told = await why(lamps2);
    expect(told.cluster).toBeNull();
    expect(told.pairs).toMatchObject([{ other: { baseId: base(lamps1) }, person: { word: 'UNLINK' } }]);
    expect(await suggestionOf(lamps2)).toBeUndefined();
  });

  test.each([
    ['no reason', ['accept', '00000000'], 2, /^HUB_CLI_USAGE: the option --reason/],
    ['an empty reason', ['reject', '00000000', '--reason', ' '], 2, /^HUB_CLI_USAGE: --reason must say why/],
    ['an id that nothing has', ['assign', 'zzzz', '王科'], 1, /^HUB_REVIEW_UNKNOWN: /],
  ])('refuses %s', async (_, args, exitCode, complaint) => {
    const { stdout, stderr, code } = await onData('review', ...args);
    expect({ stdout, code }).toEqual({ stdout: '', code: exitCode });
    expect(stderr).toMatch(complaint);
  });
});

describe('hub link and unlink', () => {
  const link = (a: string, b: string) => onData('link', a, b, '--reason', '同一件事', '--actor', '王科');
  const unlink = (a: string, b: string) => onData('unlink', a, b, '--reason', '两件事', '--actor', '王科');

  test('bring two items together and apart, whatever the scores say; trace shows both lives as one', async () => {
    const linked = await link(tree, milk);
    expect(linked.stdout).toMatch(
      new RegExp(
        `^${base(milk)} and ${base(tree)}: linked\n {2}${base(milk)} leads 2 items, cluster [0-9a-f-]{36}\n$`,
      ),
    );
    const clusterId = /cluster ([0-9a-f-]{36})/.exec(linked.stdout)![1]!;
    await settled();
    expect(firstLine((await link(milk, tree)).stdout)).toContain('in one cluster already');

    const lines = (await onData('trace', tree)).stdout.split('\n').map((line) => line.trim());
    const events = lines.flatMap(
      (line) => /^complaint-report:(\S+) +\d+ .*? ([A-Z_]{6,}) \(/.exec(line)?.slice(1) ?? [],
    );
    expect(new Set(events)).toEqual(
      new Set([
        milk,
        tree,
        'ITEM_RECEIVED',
        'CLASSIFIED',
        'ROUTED',
        'LINK_ACCEPTED',
        'CLUSTER_CHANGED',
        'LINKED',
        'WITHDRAWN_FROM_YOU',
      ]),
    );
    const alone = JSON.parse((await onData('trace', tree, '--alone', '--json')).stdout) as {
      events: readonly { baseId: string }[];
    };
    expect(new Set(alone.events.map(({ baseId }) => baseId))).toEqual(new Set([base(tree)]));

    const parted = await unlink(milk, tree);
    expect(parted.stdout.split('\n')).toEqual([
      `${base(milk)} and ${base(tree)}: apart`,
      `  ${base(milk)} is on its own`,
      `  ${base(tree)} is on its own`,
      '',
    ]);
    await settled();
    // Its old number finds all that ever had it.
    const former = JSON.parse((await onData('trace', clusterId, '--json')).stdout) as {
      members: readonly { baseId: string }[];
    };
    expect(former.members.map(({ baseId }) => baseId).sort()).toEqual([base(milk), base(tree)]);
    expect(await why(clusterId)).toMatchObject({ itemId: (await why(milk)).itemId, cluster: null });
  });

  test('say who had to go: of links that contradict each other the newest stands', async () => {
    const linesOf = ({ stdout }: { stdout: string }) => stdout.split('\n').map((line) => line.trim());
    // milk and tree are two matters by the test before: of two links that contradict it one cannot be.
    expect((await link(milk, noise)).code).toBe(0);
    const linked = linesOf(await link(noise, tree));
    expect(linked[0]).toBe(`${base(tree)} and ${base(noise)}: linked`);
    expect(linked).toContain(`${base(milk)} is no longer with them: hub why ${base(milk)}`);

    const again = linesOf(await link(milk, noise));
    expect(again[0]).toBe(`${base(milk)} and ${base(noise)}: linked`);
    expect(again).toContain(`${base(tree)} is no longer with them: hub why ${base(tree)}`);
    await settled();
  });

  test('refuse an item and itself, two matters of one number, and what is not there', async () => {
    const found = await onData('trace', reused);
    const ids = [...found.stderr.matchAll(/^ *([0-9a-f-]{36}) {2}/gm)].map(([, id]) => id!);
    expect(ids).toHaveLength(2);
    for (const [a, b, complaint] of [
      [milk, base(milk), `HUB_PAIR_IMPOSSIBLE: ${base(milk)} was named twice`],
      [ids[0]!, ids[1]!, `HUB_PAIR_IMPOSSIBLE: both items are of the record ${base(reused)}`],
      [milk, 'TS209901010001', 'HUB_ITEM_UNKNOWN: '],
    ] as const) {
      const { stdout, stderr, code } = await link(a, b);
      expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
      expect(firstLine(stderr).startsWith(complaint)).toBe(true);
    }
  });

  test('lose nothing when the hub is killed between the command and its effect, and are applied once', async () => {
    await settled();
    const reader = await openReader(data);
    const places = await Promise.all(
      [tree, heap2].map(async (recordId) => {
        const [stored] = await reader.store.find(recordId);
        return { itemId: stored!.itemId, partition: stored!.partition };
      }),
    );
    const ask = {
      items: places,
      word: 'LINK',
      assignee: null,
      actor: '王科',
      reason: '演练',
      onlyWaiting: false,
      commandId: 'drill-1',
    };
    // The later of the two keeps the word.
    const partition = partitionOf(base(heap2), 4);
    const { end } = await reader.log.range(topics.input, partition);
    const control = await connectControl(data);
    const answer = control!.call('pairWord', ask).catch((error: { code: string }) => error.code);
    while ((await reader.log.range(topics.input, partition)).end === end) await setTimeout(1);
    running.kill('SIGKILL');
    await running.exited;
    expect(['HUB_LOG_CLOSED', 'applied']).toContain(
      await answer.then((said) => (typeof said === 'string' ? said : 'applied')),
    );
    await reader.close();

    await start();
    await settled();
    expect((await why(heap2)).pairs).toContainEqual(
      expect.objectContaining({ person: expect.objectContaining({ word: 'LINK', reason: '演练' }) }),
    );
    const again = await connectControl(data);
    expect(await again!.call('pairWord', ask)).toMatchObject({ outcome: 'applied' });
    await settled();
    const events = readJsonLines((await onData('tap', 'events', '--until-end')).stdout);
    expect(events.filter(({ reason }) => reason === '演练')).toHaveLength(1);
  });
});

describe('hub status', () => {
  test('tells of suggested links and of links that wait for the resolver', async () => {
    const { stdout, code } = await onData('status');
    expect(code).toBe(0);
    expect(stdout).toContain('green  links: 0 waiting for the cluster resolver');
    expect(stdout).toMatch(/suggested links: 0 waiting for a person/);
  });
});
