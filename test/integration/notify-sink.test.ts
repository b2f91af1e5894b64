import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type FakePortal, startPortal } from '../../connectors/complaint-report/fake-portal.ts';
import { type HubProcess, hub, readJsonLines, settled, startHub, until } from '../support/hub-process.ts';
import { type MessageServer, messageServer } from '../support/message-servers.ts';
import { portalRow, writeRows } from '../support/portal-rows.ts';

let folder: string;
let data: string;
let portal: FakePortal;
let sms: MessageServer;
let running: HubProcess | null = null;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-notify-'));
  data = join(folder, 'data');
  sms = await messageServer();
  const rows = [
    portalRow({ id: 'TS202603100001' }),
    portalRow({ id: 'TS202603100002', title: '厂房起火', content: '海印路一处厂房着火爆炸，有人被困' }),
  ];
  portal = await startPortal('--frozen', '--records', writeRows(join(folder, 'rows.jsonl'), rows));
});
afterEach(async () => {
  running?.kill('SIGKILL');
  running = null;
  await Promise.all([portal.stop(), sms.close()]);
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

const start = (): HubProcess => {
  running = startHub({
    data,
    config: {
      connectors: {
        'complaint-report': {
          ...portal.account,
          pollIntervalMs: 1_000,
        },
      },
      sinks: {
        duty: {
          type: 'notify',
          channels: { sms: { kind: 'gateway', url: `http://127.0.0.1:${sms.port}/` } },
          people: { zhang: [{ by: 'sms', to: '13900000001' }] },
          centre: 'zhang',
        },
      },
    },
  });
  return running;
};
const messages = () => sms.received.map(({ body }) => JSON.parse(body) as { id: string; text: string });
const told = (count: number) => async () => sms.received.length >= count;

describe('a MAJOR item of a running hub', () => {
  test('is told once, and acknowledged by a person whose name is kept', async () => {
    const child = start();
    await until(child, 'somebody is told', told(1));
    const { text } = messages()[0]!;
    const before = await hub('status', '--data', data);
    expect(before.stdout).toMatch(
      /^▲ yellow {2}incidents told to people: 1 open, 1 acknowledged by nobody, .* → hub ack --data /m,
    );
    const incident = /hub ack (\w+)/.exec(text)![1]!;
    const given = await hub(
      'ack',
      incident.slice(0, 6),
      '--data',
      data,
      '--actor',
      'zhang',
      '--reason',
      '已通知消防',
    );
    expect(given).toMatchObject({ stdout: `${incident}: acknowledged by zhang\n`, code: 0 });
    const listed = await hub('ack', '--json', '--data', data);
    expect(readJsonLines(listed.stdout)).toMatchObject([
      { id: incident, rule: 'MAJOR', sent: 1, acknowledged: { actor: 'zhang', reason: '已通知消防' } },
    ]);
    const after = await hub('status', '--data', data);
    expect(after.stdout).toMatch(/^● green {2}incidents told to people: 1 open, 0 acknowledged by nobody$/m);
    const again = await hub('ack', incident, '--data', data);
    expect(again.stdout).toMatch(new RegExp(`^${incident}: was acknowledged by zhang at `));
    expect(await hub('ack', 'ffffffff', '--data', data)).toMatchObject({
      code: 1,
      stderr: expect.stringContaining('HUB_INCIDENT_UNKNOWN'),
    });
    await until(child, 'all is taken in', settled(data, 2));
    expect(await child.stop()).toBe(0);
    expect(sms.received).toHaveLength(1);
  }, 180_000);

  test('is told once more, under the same id and marked, when the hub was killed while the message went out', async () => {
    sms.isMute = true;
    const first = start();
    await until(first, 'the message has gone out', told(1));
    first.kill('SIGKILL');
    await first.exited;
    sms.isMute = false;
    const second = start();
    await until(second, 'it is sent again', told(2));
    await until(second, 'all is taken in', settled(data, 0));
    expect(await second.stop()).toBe(0);
    const third = start();
    await until(third, 'all is taken in', settled(data, 0));
    expect(await third.stop()).toBe(0);
    const [one, other, ...more] = messages();
    expect(more).toEqual([]);
    expect(other!.id).toBe(one!.id);
    expect([one!.text, other!.text].map((text) => text.includes('可能重复'))).toEqual([false, true]);
  }, 300_000);
});
