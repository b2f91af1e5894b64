import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { connectControl } from '../../runtime/control/client.ts';
import type { FrontStatus } from '../../runtime/front/server.ts';
import { entry, hub, startHub, until } from '../support/hub-process.ts';

let folder: string;
let data: string;
let running: ChildProcess | null = null;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-up-'));
  data = join(folder, 'data');
});
afterEach(async () => {
  running?.kill('SIGKILL');
  running = null;
  rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
});

/** `hub up` without a configuration, running; and the process ids of the simulated city it has started, its launcher first. */
async function demoHub(): Promise<{ readonly child: ChildProcess; readonly sourcePids: readonly number[] }> {
  const child = spawn(process.execPath, [entry, 'up', '--data', data], { stdio: ['ignore', 'pipe', 'pipe'] });
  running = child;
  child.stdout.resume();
  child.stderr.resume();
  // A part that still loads its modules on a busy machine may not stop in time, which is another end than 0.
  while (!(await partStates()).every((state) => state === 'RUNNING')) await setTimeout(100);
  const [launcher] = await childrenOf(child.pid!);
  return { child, sourcePids: [launcher!, ...(await childrenOf(launcher!))] };
}

async function partStates(): Promise<readonly string[]> {
  const control = await connectControl(data);
  if (control === null) return ['not there yet'];
  const { parts } = (await control.call('overview')) as { parts: readonly { state: string }[] };
  return parts.length === 0 ? ['not there yet'] : parts.map(({ state }) => state);
}

async function childrenOf(pid: number): Promise<readonly number[]> {
  const children = spawn('ps', ['-o', 'pid=', '--ppid', String(pid)]);
  let said = '';
  for await (const text of children.stdout) said += text;
  return said.trim().split(/\s+/).map(Number);
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

async function gone(pid: number): Promise<void> {
  while (isAlive(pid)) await setTimeout(50);
}

describe('hub up', () => {
  test('ends with 0 on SIGTERM, and its simulated city with it', async () => {
    const { child, sourcePids } = await demoHub();
    expect(sourcePids.map(isAlive)).toEqual([true, true, true, true]);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    for (const pid of sourcePids) await gone(pid);
  });

  test('leaves nothing of the simulated city behind when it is killed', async () => {
    const { child, sourcePids } = await demoHub();
    child.kill('SIGKILL');
    await once(child, 'exit');
    for (const pid of sourcePids) await gone(pid);
  });

  test('shows the first items as they come, and what to ask about them', async () => {
    const child = spawn(process.execPath, [entry, 'up', '--data', data], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    running = child;
    let said = '';
    let complained = '';
    child.stderr.on('data', (text: Buffer) => {
      complained += text;
    });
    for await (const text of child.stdout) {
      said += text;
      if (/ why [0-9a-f]{8}\n/.test(said)) break;
    }
    expect(said).toMatch(/^received +\d+ records: (complaint-report|grid-safety|smart-ocean) \d+/);
    expect(said).toMatch(/\nclass +ordinary \d+ → /);
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
    expect(complained).not.toContain('Warning');
  });

  test('gives up, with 1, a folder on which another hub runs, and leaves that one alone', async () => {
    const { child } = await demoHub();
    const { stdout, stderr, code } = await hub('up', '--data', data);
    expect({ stdout, code }).toEqual({ stdout: '', code: 1 });
    expect(stderr).toMatch(/^HUB_DATA_LOCKED: /);
    expect(await (await connectControl(data))!.call('lag')).toMatchObject({ writer: expect.any(Number) });
    child.kill('SIGTERM');
    expect(await once(child, 'exit')).toEqual([0, null]);
  });

  test('shows how it is on a page, and goes on without the page where its port is taken', async () => {
    const front = async (name: string): Promise<FrontStatus> => {
      const control = await connectControl(join(folder, name));
      return ((await control!.call('overview')) as { front: FrontStatus }).front;
    };
    const first = startHub({ data: join(folder, 'first'), config: {} });
    await until(first, 'started', async () => first.said().includes('How it is: http://127.0.0.1:'));
    const { address } = await front('first');
    const second = startHub({
      data: join(folder, 'second'),
      config: { http: { port: Number(new URL(address!).port) } },
    });
    await until(second, 'started', async () => second.said().includes('The duty page cannot be reached yet'));
    expect(await front('second')).toMatchObject({ address: null, error: { code: 'HUB_PORT_BUSY' } });

    const page = await fetch(`${address}/?lang=en`);
    expect([page.status, await page.text()]).toEqual([
      200,
      expect.stringContaining(`hub is running (process ${first.pid})`),
    ]);
    const ready = await fetch(`${address}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([200, 'ready\n']);
    const numbers = await (await fetch(`${address}/metrics`)).text();
    expect(numbers).toMatch(/^hub_status_readable 1$/m);
    expect(numbers).toMatch(/^hub_lane_waiting_records\{lane="input.urgent"\} 0$/m);
    expect(numbers).toMatch(/^process_resident_memory_bytes \d{8,}$/m);
    const subjects = await (await fetch(`${address}/schema-registry/subjects`)).json();
    expect(subjects).toContain('hub.items-value');
    const { stdout, code } = await hub('status', '--data', join(folder, 'second'));
    expect(code).toBe(0);
    expect(stdout).toMatch(/^▲ yellow {2}duty page: not to be reached; HUB_PORT_BUSY .* → ss -ltnp$/m);
    expect([await first.stop(), await second.stop()]).toEqual([0, 0]);
  });

  test.each([
    ['a value that is wrong', 'partitions: 0', 'HUB_CONFIG_INVALID'],
    ['a secret that is not there', `instance: \${env:NOT_THERE_AT_ALL}`, 'HUB_CONFIG_INVALID'],
    ['a file that is not there', null, 'HUB_CONFIG_UNREADABLE'],
    ['a catalogue that is not there', 'catalogue: "1999.1"', 'HUB_CATALOGUE_UNKNOWN_VERSION'],
  ])('does not start, with 78, from a configuration with %s', async (_, text, expected) => {
    const config = join(folder, 'hub.yaml');
    if (text !== null) writeFileSync(config, text);
    const { stdout, stderr, code } = await hub('up', '--data', data, '--config', config);
    expect({ stdout, code }).toEqual({ stdout: '', code: 78 });
    expect(stderr).toContain(expected);
  });
});
