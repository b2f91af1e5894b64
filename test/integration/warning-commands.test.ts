import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startFeed } from '../../connectors/weather-warnings/fake-feed.ts';
import { type HubProcess, hub, readJsonLines, settled, startHub, until } from '../support/hub-process.ts';
import { portalRow, writeRows } from '../support/portal-rows.ts';

const vessel = 'TS202603100001';
let folder: string;
let data: string;
let running: HubProcess | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-warnings-'));
  data = join(folder, 'data');
  const rows = writeRows(join(folder, 'rows.jsonl'), [
    portalRow({ id: vessel, title: '渔船失联2小时', content: '渔船失联2小时,船上有7人,联系不上' }),
    portalRow({ id: 'TS202603100002' }),
  ]);
  expect((await onData('backfill', 'complaint-report', rows)).code).toBe(0);
}, 120_000);
afterAll(async () => {
  running?.kill('SIGKILL');
  await running?.exited;
  rmSync(folder, { recursive: true, force: true });
});

const onData = (...args: readonly string[]) => hub(...args, '--data', data);
const start = (killAt?: string) => startHub({ data, config: {}, ...(killAt !== undefined && { killAt }) });
const set = [
  'warning',
  'set',
  'TYPHOON',
  'ORANGE',
  '--area',
  'putuo',
  '--from',
  '2026-03-10',
  '--reason',
  '台风',
  '--json',
];

async function classOf(recordId: string): Promise<string> {
  const { stdout } = await onData(
    'tap',
    'items',
    '--until-end',
    '--where',
    `source.recordId = "${recordId}"`,
  );
  const item = readJsonLines(stdout).at(-1) as {
    classification: { itemClass: string; reasons: { evidence: string }[] };
  };
  return `${item.classification.itemClass} ${item.classification.reasons[0]?.evidence}`;
}

describe('hub warning', () => {
  let warningId = '';

  test('set on a stopped hub raises the lost vessel once a hub runs, also where hubs on the folder are killed before', async () => {
    expect(await classOf(vessel)).toMatch(/^SPECIALIZED/);
    const { stdout, code } = await onData(...set);
    expect(code).toBe(0);
    warningId = (JSON.parse(stdout) as { warningId: string }).warningId;
    for (const killAt of ['before-commit:2', 'after-commit:3']) {
      const dying = start(killAt);
      const ended = await Promise.race([dying.exited, new Promise((done) => setTimeout(done, 15_000))]);
      if (ended === undefined) {
        dying.kill('SIGKILL');
        await dying.exited;
      }
    }
    running = start();
    await until(running, 'all has looked', settled(data, 0));
    expect(await classOf(vessel)).toBe(`MAJOR lostMinutes=120 warning=TYPHOON/ORANGE/${warningId}`);
  }, 180_000);

  test('list and status show it, in both languages', async () => {
    const listed = JSON.parse((await onData('warning', 'list', '--json')).stdout);
    expect(listed).toMatchObject([
      {
        warningId,
        type: 'TYPHOON',
        level: 'ORANGE',
        areas: ['putuo'],
        from: '2026-03-10T00:00:00.000+08:00',
        until: null,
      },
    ]);
    expect((await onData('warning', 'list')).stdout).toContain(
      `${warningId}  Typhoon, orange  Putuo District  `,
    );
    expect((await onData('warning', 'list', '--lang', 'zh-CN')).stdout).toContain('台风橙色预警  普陀区');
    expect((await onData('status')).stdout).toContain(`warnings in force: TYPHOON ORANGE ${warningId}`);
  }, 60_000);

  test('clear through the running hub, as of before the report, lowers it again', async () => {
    const { code } = await onData(
      'warning',
      'clear',
      warningId,
      '--at',
      '2026-03-10T01:00',
      '--reason',
      '误发',
    );
    expect(code).toBe(0);
    await until(running!, 'all has looked', settled(data, 0));
    expect(await classOf(vessel)).toMatch(/^SPECIALIZED/);
    expect((await onData('warning', 'list')).stdout).toBe('no warning is in force\n');
  }, 60_000);

  test.each([
    [
      'a type that is unknown',
      ['warning', 'set', 'TYFOON', 'RED', '--area', 'putuo', '--reason', 'x'],
      2,
      'did you mean TYPHOON?',
    ],
    [
      'an area that is unknown',
      ['warning', 'set', 'FOG', 'RED', '--area', 'inshor', '--reason', 'x'],
      2,
      'did you mean inshore?',
    ],
    [
      'no area',
      ['warning', 'set', 'FOG', 'RED', '--area', ',', '--reason', 'x'],
      2,
      '--area: expected one of',
    ],
    [
      'a colour that is unknown',
      ['warning', 'set', 'FOG', 'PINK', '--area', 'putuo', '--reason', 'x'],
      2,
      'BLUE, YELLOW, ORANGE, RED',
    ],
    [
      'an end before the beginning',
      ['warning', 'set', 'FOG', 'RED', '--area', 'putuo', '--until', '2h', '--reason', 'x'],
      2,
      '--until must be later',
    ],
    [
      'a reason that says nothing',
      ['warning', 'set', 'FOG', 'RED', '--area', 'putuo', '--reason', ' '],
      2,
      '--reason must say why',
    ],
    [
      'a warning that nobody has set',
      ['warning', 'clear', 'w-aaaaaaaaaa', '--reason', 'x'],
      1,
      'HUB_WARNING_UNKNOWN',
    ],
  ])(
    'refuses %s',
    async (_, args, code, words) => {
      const refused = await onData(...args);
      expect(refused).toMatchObject({ code, stdout: '' });
      expect(refused.stderr).toContain(words);
    },
    60_000,
  );
});

test('a feed of alerts raises what was reported under them, and its bytes are kept', async () => {
  const feed = await startFeed();
  const home = join(folder, 'feed');
  const rows = writeRows(join(folder, 'feed.jsonl'), [
    portalRow({
      id: vessel,
      title: '渔船失联2小时',
      content: '渔船失联2小时,船上有7人,联系不上',
      createTime: '2026-03-01 03:00:00',
      updateTime: Date.UTC(2026, 1, 28, 19),
    }),
  ]);
  expect((await hub('backfill', 'complaint-report', rows, '--data', home)).code).toBe(0);
  const fed = startHub({ data: home, config: { connectors: { 'weather-warnings': feed.options } } });
  try {
    await until(fed, 'all alerts are read', settled(home, 120));
    const { stdout } = await hub('tap', 'items', '--until-end', '--data', home);
    const { classification } = readJsonLines(stdout).at(-1) as { classification: Record<string, unknown> };
    expect(classification).toMatchObject({ itemClass: 'MAJOR' });
    expect(JSON.stringify(classification.reasons)).toMatch(
      /M06.*warning=TYPHOON\/(BLUE|YELLOW|ORANGE)\/w-[a-p]{10}/,
    );
    const listed = JSON.parse((await hub('warning', 'list', '--all', '--json', '--data', home)).stdout);
    expect(listed).toHaveLength(120);
    const raw = await hub(
      'tap',
      'raw.weather-warnings',
      '--from',
      'beginning',
      '--until-end',
      '--data',
      home,
    );
    expect(readJsonLines(raw.stdout)).toHaveLength(120);
  } finally {
    fed.kill('SIGKILL');
    await fed.exited;
    await feed.stop();
  }
}, 180_000);
