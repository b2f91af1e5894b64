import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { connectControl } from '../../runtime/control/client.ts';
import { type HubProcess, hub, readJsonLines, startHub, until } from '../support/hub-process.ts';
import { portalRow } from '../support/portal-rows.ts';

let folder: string;
let data: string;
let running: HubProcess;

/** Of a source that does not answer: the records come from a file. */
const config = (maxRecordBytes: number) => ({
  connectors: {
    'complaint-report': {
      baseUrl: 'http://127.0.0.1:9/api',
      username: 'demo',
      password: 'demo-only',
      maxRecordBytes,
    },
  },
});

const large = { id: 'TS202603100007', content: '垃圾堆了三天'.repeat(100) };
const cutOff = '{"id":"TS202603100008","title":"截断';
const noText = Buffer.concat([
  Buffer.from('{"id":"TS202603100009","title":"'),
  Buffer.from([0xb5, 0xc6, 0xff]),
]);

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-letters-'));
  data = join(folder, 'data');
  writeFileSync(join(folder, 'large.yaml'), JSON.stringify(config(1024 * 1024)));
  const records = join(folder, 'records.jsonl');
  const lines = [portalRow(), portalRow({ id: null }), portalRow(large), cutOff, noText];
  writeFileSync(records, Buffer.concat(lines.flatMap((line) => [Buffer.from(line), Buffer.from('\n')])));
  running = startHub({ data, config: config(1_024) });
  await until(running, 'the hub takes commands', async () => (await connectControl(data)) !== null);
  const { stdout } = await hub('backfill', 'complaint-report', records, '--data', data);
  expect(JSON.parse(stdout)).toMatchObject({ read: 5, items: 1, dead: 4 });
});
afterAll(async () => {
  running.kill('SIGKILL');
  await running.exited;
  rmSync(folder, { recursive: true, force: true });
});

const letters = (...args: readonly string[]) => hub('dead-letters', ...args, '--data', data);
const inChinese = (...args: readonly string[]) => letters(...args, '--lang', 'zh-CN');

interface Letter {
  readonly id: string;
  readonly code: string;
  readonly state: string;
  readonly count: number;
}
const listed = async (...args: readonly string[]): Promise<readonly Letter[]> =>
  readJsonLines((await letters('list', '--json', ...args)).stdout) as unknown as Letter[];
const letterOf = async (code: string): Promise<Letter> => {
  const [letter] = await listed('--all', '--code', code);
  return letter!;
};
const codesOf = (found: readonly Letter[]): readonly string[] => found.map(({ code }) => code).sort();

const allCodes = ['HUB_RECORD_ENCODING', 'HUB_RECORD_MALFORMED', 'HUB_RECORD_NO_ID', 'HUB_RECORD_TOO_LARGE'];

describe('hub dead-letters list', () => {
  test('shows a line for each, how many on standard error, and as JSON one object a line', async () => {
    const { stdout, stderr, code } = await letters('list');
    expect({ stderr, code }).toEqual({ stderr: '4 shown, 4 open\n', code: 0 });
    const lines = stdout.split('\n').slice(0, -1);
    expect(lines.map((line) => /HUB_\w+/.exec(line)?.[0]).sort()).toEqual(allCodes);
    for (const line of lines)
      expect(line).toMatch(
        /^[0-9a-f-]{13} {2}\S+ \S+ \+08:00 {2}complaint-report {2}normalize {2}.* {2}×1 {2}open /,
      );
    expect(codesOf(await listed())).toEqual(allCodes);
  });

  test('chooses by source, stage and code', async () => {
    expect(codesOf(await listed('--code', 'HUB_RECORD_NO_ID'))).toEqual(['HUB_RECORD_NO_ID']);
    expect(codesOf(await listed('--source', 'complaint-report', '--stage', 'normalize'))).toEqual(allCodes);
    expect(await listed('--stage', 'process')).toEqual([]);
    expect(await listed('--source', 'nobody')).toEqual([]);
    const { stdout, stderr, code } = await letters('list', '--stage', 'somewhere');
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toMatch(
      /^HUB_CLI_USAGE: --stage <STAGE>: expected one of normalize, input, process, got "somewhere"/,
    );
  });

  test('speaks Chinese', async () => {
    const { stdout, stderr, code } = await inChinese('list');
    expect({ stderr, code }).toEqual({ stderr: '显示 4 封，未处理 4 封\n', code: 0 });
    expect(stdout).toMatch(/ {2}未处理 {2}/);
  });
});

describe('hub dead-letters show', () => {
  test('shows where and why it died, what to do, and its bytes', async () => {
    const { id } = await letterOf('HUB_RECORD_MALFORMED');
    const { stdout, stderr, code } = await letters('show', id.slice(0, 8));
    expect({ stderr, code }).toEqual({ stderr: '', code: 0 });
    expect(stdout).toMatch(new RegExp(`^id +${id}$`, 'm'));
    expect(stdout).toMatch(/^stage +normalize \(the connector could not read it\)$/m);
    expect(stdout).toMatch(/^what to do +Look at it with: hub dead-letters show ID/m);
    expect(stdout).toMatch(/^state +open$/m);
    expect(stdout.endsWith(`\n${cutOff}\n`)).toBe(true);
  });

  test('shows in hexadecimal what is no text, in Chinese', async () => {
    const { id } = await letterOf('HUB_RECORD_ENCODING');
    const { stdout, code } = await inChinese('show', id);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^环节 +normalize \(接入器无法读取\)$/m);
    expect(stdout.endsWith(`\n${noText.toString('hex')}\n`)).toBe(true);
  });

  test('says what there is when it does not know the id', async () => {
    const { stdout, stderr, code } = await letters('show', 'zzzz');
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr).toMatch(
      /^HUB_DEADLETTER_UNKNOWN: there is no dead letter "zzzz"\n[\s\S]*hub dead-letters list/,
    );
  });
});

describe('hub dead-letters redrive', () => {
  test('leaves open, with exit code 1, what dies again', async () => {
    const { id, count } = await letterOf('HUB_RECORD_TOO_LARGE');
    const { stdout, stderr, code } = await letters('redrive', id, '--config', `${data}.yaml`);
    expect({ stderr, code }).toEqual({ stderr: '', code: 1 });
    expect(stdout).toMatch(new RegExp(`^${id.slice(0, 13)} {2}died again {2}HUB_RECORD_TOO_LARGE `));
    expect(stdout).toMatch(/^0 went through, 1 died again, 0 waiting$/m);
    expect(await letterOf('HUB_RECORD_TOO_LARGE')).toMatchObject({ state: 'open', count: count + 1 });
  });

  test('sends what can be read now through the whole pipeline, once', async () => {
    const chosen = ['redrive', '--code', 'HUB_RECORD_TOO_LARGE', '--config', join(folder, 'large.yaml')];
    const { stdout, code } = await inChinese(...chosen);
    expect(code).toBe(0);
    expect(stdout).toMatch(/ {2}已通过\n通过 1 封，再次失败 0 封，等待 0 封\n$/);
    expect((await letterOf('HUB_RECORD_TOO_LARGE')).state).toBe('redriven');
    const where = `source.recordId = "${large.id}"`;
    const tap = () => hub('tap', 'items', '--until-end', '--where', where, '--data', data);
    expect(readJsonLines((await tap()).stdout)).toMatchObject([{ revision: 1, body: large.content }]);

    const { id } = await letterOf('HUB_RECORD_TOO_LARGE');
    const again = await letters('redrive', id);
    expect(again.code).toBe(0);
    expect(again.stderr).toMatch(new RegExp(`^${id}: is redriven already, left as it is\n`));
    expect(readJsonLines((await tap()).stdout)).toHaveLength(1);
  });

  test('wants to be told which', async () => {
    const { stdout, stderr, code } = await letters('redrive');
    expect({ stdout, code }).toEqual({ stdout: '', code: 2 });
    expect(stderr).toMatch(
      /^HUB_CLI_USAGE: name the dead letters by id, or choose them with --code or --source/,
    );
  });
});

describe('hub dead-letters discard', () => {
  test('closes letters with a reason; they stay readable, and a second time changes nothing', async () => {
    const { id } = await letterOf('HUB_RECORD_NO_ID');
    expect(await letters('discard', id, '--reason', '测试数据', '--actor', '王科')).toEqual({
      stdout: '1 discarded\n',
      stderr: '',
      code: 0,
    });
    expect(codesOf(await listed())).not.toContain('HUB_RECORD_NO_ID');
    const { stdout } = await inChinese('show', id);
    expect(stdout).toMatch(/^处理情况 +已作废, \S+ \S+ \+08:00, 王科: 测试数据$/m);
    expect(await letters('discard', id, '--reason', '再一次')).toEqual({
      stdout: '0 discarded\n',
      stderr: `${id}: is discarded already, left as it is\n`,
      code: 0,
    });
    expect((await inChinese('show', id)).stdout).toBe(stdout);
  });

  test.each([
    ['no reason', ['discard', 'a'], 2, /^HUB_CLI_USAGE: the option --reason/],
    ['an id that is none', ['discard', 'zzzz', '--reason', 'x'], 1, /^HUB_DEADLETTER_UNKNOWN: /],
  ])('refuses %s', async (_, args, exitCode, complaint) => {
    const { stdout, stderr, code } = await letters(...args);
    expect({ stdout, code }).toEqual({ stdout: '', code: exitCode });
    expect(stderr).toMatch(complaint);
  });
});
