import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Child, startChild } from '../city/child.ts';
import type { TruthLine } from '../city/truth.ts';
import type { Alarm } from './alarms.ts';

const secret = 'a secret of this test';

let folder: string;
let hook: Server;
let ocean: Child | null = null;
let taken: Alarm[];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'smart-ocean-'));
  taken = [];
  hook = createServer(async (incoming, reply) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const hmac = createHmac('sha256', secret).update(`${incoming.headers['x-timestamp']}.${body}`);
    const isSigned = incoming.headers['x-signature'] === `sha256=${hmac.digest('hex')}`;
    if (isSigned) taken.push(JSON.parse(body) as Alarm);
    reply.writeHead(isSigned ? 200 : 401).end(JSON.stringify({ code: isSigned ? 0 : 401 }));
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  ocean?.release();
  await ocean?.exited;
  ocean = null;
  await new Promise((resolve) => hook.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const start = async (...args: readonly string[]): Promise<Child> => {
  ocean = await startChild('smart-ocean/server.ts', [
    ...['--hook', `http://127.0.0.1:${(hook.address() as AddressInfo).port}/smart-ocean`],
    ...['--secret', secret, '--truth', join(folder, 'truth.jsonl'), '--background', '6', '--seed', '3'],
    ...args,
  ]);
  return ocean;
};

/** The first lines that a client of a receiver reads. */
async function listen(address: string, count: number): Promise<readonly string[]> {
  const [host, port] = address.split(':');
  const socket = connect({ host: host!, port: Number(port) });
  const lines: string[] = [];
  for await (const line of createInterface({ input: socket })) if (lines.push(line) === count) break;
  socket.destroy();
  return lines;
}

describe('smart ocean', () => {
  test('hands out the same messages by two receivers, to every client', async () => {
    const { ready } = await start('--disturb', '');
    const [first, second] = ready.receivers as readonly string[];
    const [one, again, other] = await Promise.all([
      listen(first!, 120),
      listen(first!, 120),
      listen(second!, 120),
    ]);
    expect(one!.filter((line) => !/^!AIVDM,\d,\d,\d?,[AB],[0-9:-W`-w]+,\d\*[0-9A-F]{2}$/.test(line))).toEqual(
      [],
    );
    expect(again!.filter((line) => one!.includes(line)).length).toBeGreaterThan(60);
    expect(other!.filter((line) => one!.includes(line)).length).toBeGreaterThan(60);
  });

  test('tells every alarm until it is handled, and says at the end what it has told', async () => {
    const { finished } = await start(
      '--speed',
      '100000',
      '--hours',
      '60',
      '--disturb',
      'unheard:0.2,forged:0.2',
    );
    const said = await finished;
    const lines = readFileSync(join(folder, 'truth.jsonl'), 'utf8').trim().split('\n');
    const truth = lines.map((line) => JSON.parse(line) as TruthLine);
    const pushed = truth.filter(({ delivery }) => delivery === 'pushed').map(({ recordId }) => recordId);
    expect(said.records).toBe(truth.length);
    expect(pushed.length).toBeGreaterThan(10);
    expect([...new Set(taken.map(({ alarmId }) => alarmId))].sort()).toEqual(pushed.sort());
    const last = new Map(taken.map((alarm) => [alarm.alarmId, alarm.status]));
    const open = [...last.values()].filter((status) => status === '未处置');
    // Some of those of the last hour are still open when the telling ends.
    expect(open.length).toBeLessThan(last.size / 4);
  });

  test('ends with whoever has started it', async () => {
    const { pid, exited, release } = await start();
    release();
    await exited;
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});
