import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { type FakePortal, startPortal } from '../../connectors/complaint-report/fake-portal.ts';
import { checkData, type HubProcess, hub, settled, startHub, until } from '../support/hub-process.ts';

let folder: string;
let portal: FakePortal;
let records: number;
let running: HubProcess | null = null;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-faults-'));
  portal = await startPortal('--frozen', '--seed', '7', '--slow-ms', '600000');
  records = (await portal.records()).length;
});
afterEach(async () => {
  running?.kill('SIGKILL');
  await running?.exited;
  running = null;
  await portal.disturb(0, {});
});
afterAll(async () => {
  await portal.stop();
  rmSync(folder, { recursive: true, force: true });
});

const config = (options: Record<string, unknown> = {}) => ({
  connectors: {
    'complaint-report': {
      ...portal.account,
      pageSize: 25,
      pollIntervalMs: 1_000,
      overlapMs: 2_000,
      requestTimeoutMs: 500,
      ...options,
    },
  },
});

async function expectAll(data: string): Promise<void> {
  const { problems, betweenItems, recordIds } = await checkData(data);
  expect([...problems, ...betweenItems]).toEqual([]);
  const expected = (await portal.records()).map((text) => (JSON.parse(text) as { id: string }).id);
  expect(recordIds).toEqual([...new Set(expected)].sort());
}

describe('the running hub', () => {
  test('takes in everything although the source limits, hangs, cuts sockets, shows its log-in page and fails', async () => {
    const data = join(folder, 'source');
    await portal.disturb(3, {
      cut: 0.05,
      'login-page': 0.05,
      'inner-error': 0.05,
      'token-expired': 0.05,
      slow: 0.03,
      truncated: 0.05,
      shift: 0.1,
    });
    running = startHub({ data, config: config() });
    await until(running, 'all is taken in', settled(data, records), 240_000);
    expect(await running.stop()).toBe(0);
    await expectAll(data);
  }, 300_000);

  test('shows a source that is down when it starts, tries again, and takes in everything when it is up', async () => {
    const data = join(folder, 'down');
    const down = await startPortal('--frozen', '--seed', '7');
    await down.stop();
    running = startHub({ data, config: config({ baseUrl: down.url }) });
    const shown = async () => (await hub('status', '--data', data)).stdout;
    const failure =
      /▲ yellow {2}connector complaint-report: waiting after a failure; HUB_SOURCE_UNREACHABLE /;
    await until(running, 'the failure is shown', async () => failure.test(await shown()));
    const up = await startPortal('--frozen', '--seed', '7', '--port', new URL(down.url).port);
    try {
      await until(running, 'all is taken in', settled(data, records));
      expect(await shown()).toContain('● green  connector complaint-report: running');
      expect(await running.stop()).toBe(0);
      expect((await checkData(data)).recordIds).toHaveLength(records);
    } finally {
      await up.stop();
    }
  }, 300_000);

  test('shows a refused password in red, before anything is read', async () => {
    const data = join(folder, 'refused');
    running = startHub({ data, config: config({ password: 'not-this' }) });
    await until(running, 'it is red', async () => (await hub('status', '--data', data)).code === 3);
    const { stdout } = await hub('status', '--data', data);
    expect(stdout).toMatch(/■ red {2}connector complaint-report: stopped; HUB_SOURCE_REFUSED /);
    expect(stdout).toContain('source complaint-report: last record never, 0 received');
  }, 200_000);

  test('goes on by itself when its disk was full, and has lost nothing', async () => {
    const data = join(folder, 'disk');
    // The overlap covers all records, so that each start reads all of them, and `settled` can count.
    const everything = { overlapMs: 3_600_000 };
    // Files of at most 3,000 KiB: enough to start, too little for the data and its journal.
    running = startHub({
      data,
      config: config(everything),
      wrap: ['bash', '-c', 'ulimit -f 3000; exec "$@"', '--'],
    });
    await until(running, 'the disk is full', async () => /HUB_DATA_WRITE/.test(running!.said()));
    running.kill('SIGKILL');
    await running.exited;
    const { problems } = await checkData(data);
    expect(problems).toEqual([]);
    running = startHub({ data, config: config(everything) });
    await until(running, 'all is taken in', settled(data, records));
    expect(await running.stop()).toBe(0);
    await expectAll(data);
  }, 300_000);

  test('lets a wrong part of the configuration cost its neighbours nothing', async () => {
    const data = join(folder, 'degraded');
    const wrong = { ...config(), sinks: { broken: { type: 'file', folder: 7 } } };
    running = startHub({ data, config: wrong });
    await until(running, 'all is taken in', settled(data, records));
    expect(running.said()).toContain('HUB_CONFIG_INVALID');
    expect(await running.stop()).toBe(0);
    await expectAll(data);
  }, 200_000);
});

describe('bad records', () => {
  test('each become a dead letter with its reason or a marked guess; the good ones beside them go through', async () => {
    const data = join(folder, 'bad');
    const good = {
      id: 'TS1',
      title: '路灯不亮',
      content: '三天了',
      type: '投诉',
      channel: '微信',
      createTime: '2026-03-10 08:12:33',
      updateTime: 1773101553000,
      status: '0',
    };
    const line = (over: Record<string, unknown>) => Buffer.from(`${JSON.stringify({ ...good, ...over })}\n`);
    const file = join(folder, 'bad.jsonl');
    writeFileSync(
      file,
      Buffer.concat([
        line({}),
        Buffer.from('{"id":"TS2","title":"截断\n'),
        line({ id: null }),
        line({ id: 'TS3', createTime: '1926-03-10 08:12:33', updateTime: '' }),
        line({ id: 'TS4', createTime: '2099-01-01 00:00:00', updateTime: '' }),
        line({ id: 'TS5', title: { nested: true } }),
        Buffer.concat([
          Buffer.from('{"id":"TS6","title":"'),
          Buffer.from([0xff, 0xfe, 0x80]),
          Buffer.from('"}\n'),
        ]),
        line({ id: 'TS7', content: 'x'.repeat(5 * 1024 * 1024) }),
        line({ id: 'TS8', lng: '29.944131', lat: '122.305605' }),
        line({ id: 'TS9', lng: '0', lat: '0' }),
        line({ id: 'TS10', category: '从未见过的类别' }),
        line({ id: 'TS11' }),
      ]),
    );
    const { stdout, code } = await hub('backfill', 'complaint-report', file, '--data', data);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ read: 12, items: 5, dead: 7 });
    const { problems, recordIds, deadLetters } = await checkData(data);
    expect(problems).toEqual([]);
    expect(recordIds).toEqual(['TS1', 'TS10', 'TS11', 'TS8', 'TS9']);
    expect(
      Object.values(deadLetters)
        .map(({ code }) => code)
        .sort(),
    ).toEqual([
      'HUB_RECORD_ENCODING',
      'HUB_RECORD_MALFORMED',
      'HUB_RECORD_MALFORMED',
      'HUB_RECORD_NO_ID',
      'HUB_RECORD_TIME_IMPLAUSIBLE',
      'HUB_RECORD_TIME_IMPLAUSIBLE',
      'HUB_RECORD_TOO_LARGE',
    ]);
    const items = await hub('tap', 'items', '--from', 'beginning', '--until-end', '--data', data);
    expect(items.stdout).toContain('COORD_SWAPPED');
    const list = await hub('dead-letters', 'list', '--json', '--data', data);
    expect(list.code).toBe(0);
    expect(list.stdout).toContain('HUB_RECORD_TOO_LARGE');
  }, 120_000);
});
