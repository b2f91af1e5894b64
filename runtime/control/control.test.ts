import { spawnSync } from 'node:child_process';
import { existsSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { temporaryFolder } from '../../test/support/embedded-log.ts';
import { HubError } from '../errors.ts';
import type { Methods } from '../threads/rpc.ts';
import type { Announcement } from './announcement.ts';
import { connectControl } from './client.ts';
import { type ControlServer, startControl } from './server.ts';

const methods: Methods = {
  echo: async (argument: unknown) => argument,
  nothing: async () => undefined,
  refuse: async () => {
    throw new HubError('HUB_DEADLETTER_UNKNOWN', 'no dead letter 7', { context: { id: '7' } });
  },
  bug: async () => {
    throw new TypeError('x is not a function');
  },
  hang: () => new Promise(() => {}),
};

describe('the control channel', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  let server: ControlServer;
  const announced = () => join(folder.path, 'control.json');
  const read = () => JSON.parse(readFileSync(announced(), 'utf8')) as Announcement;
  const post = (path: string, init: RequestInit = {}) =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { method: 'POST', ...init });

  beforeEach(async () => {
    folder = temporaryFolder();
    server = await startControl({ folder: folder.path, methods });
  });
  afterEach(async () => {
    await server.close();
    folder.remove();
  });

  test('carries argument and value', async () => {
    const remote = await connectControl(folder.path);
    const argument = { 类别: '垃圾', list: [1, null, { deep: true }] };
    expect(await remote!.call('echo', argument)).toEqual(argument);
    expect(await remote!.call('nothing')).toBeNull();
  });

  test('carries requests larger than a megabyte', async () => {
    const remote = await connectControl(folder.path);
    const argument = '长'.repeat(2_000_000);
    expect(await remote!.call('echo', argument)).toBe(argument);
  });

  test('keeps code, message and context of what a method throws', async () => {
    const remote = await connectControl(folder.path);
    await expect(remote!.call('refuse')).rejects.toMatchObject({
      code: 'HUB_DEADLETTER_UNKNOWN',
      message: 'no dead letter 7',
      context: { id: '7' },
    });
    await expect(remote!.call('bug')).rejects.toMatchObject({
      code: 'HUB_INTERNAL',
      message: expect.stringMatching(/^TypeError thrown at /),
    });
  });

  test('says what it knows when asked for what it does not', async () => {
    const remote = await connectControl(folder.path);
    await expect(remote!.call('toString')).rejects.toMatchObject({
      code: 'HUB_CONTROL_REFUSED',
      message: expect.stringMatching(/"toString".*echo, nothing/),
    });
  });

  test('opens only with the token, which only the owner of the folder can read', async () => {
    expect((await post('/control/echo')).status).toBe(401);
    expect((await post('/control/echo', { headers: { authorization: 'Bearer x' } })).status).toBe(401);
    expect(statSync(announced()).mode & 0o777).toBe(0o600);
  });

  test('refuses what is not JSON', async () => {
    const headers = { authorization: `Bearer ${read().token}`, 'content-type': 'application/json' };
    const reply = await post('/control/echo', { headers, body: '{' });
    expect(reply.status).toBe(400);
    expect(await reply.json()).toMatchObject({ error: { code: 'HUB_CONTROL_REFUSED' } });
  });

  test('ends with the hub: its file goes, and a call in flight is told', async () => {
    const remote = await connectControl(folder.path);
    const call = remote!.call('hang');
    const told = expect(call).rejects.toMatchObject({ code: 'HUB_LOG_CLOSED' });
    await remote!.call('nothing');
    await server.close();
    await told;
    expect(existsSync(announced())).toBe(false);
    expect(await connectControl(folder.path)).toBeNull();
  });

  test('does not remove the file of a hub that came after it', async () => {
    const second = await startControl({ folder: folder.path, methods });
    await server.close();
    expect(read().port).toBe(second.port);
    await second.close();
  });

  test('says when its port is taken', async () => {
    const again = startControl({ folder: folder.path, methods, port: server.port });
    await expect(again).rejects.toMatchObject({ code: 'HUB_PORT_BUSY' });
  });
});

describe('what a dead hub has left behind', () => {
  let folder: ReturnType<typeof temporaryFolder>;
  beforeEach(() => {
    folder = temporaryFolder();
  });
  afterEach(() => folder.remove());
  const leave = (announcement: unknown) =>
    writeFileSync(join(folder.path, 'control.json'), JSON.stringify(announcement));
  const token = 'a-token-of-some-length';

  test('is no hub: no folder, no file, half a file, a dead process', async () => {
    expect(await connectControl(join(folder.path, 'nowhere'))).toBeNull();
    expect(await connectControl(folder.path)).toBeNull();
    writeFileSync(join(folder.path, 'control.json'), '{"port":');
    expect(await connectControl(folder.path)).toBeNull();
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    leave({ port: 9, token, pid });
    expect(await connectControl(folder.path)).toBeNull();
  });

  test('is no hub either where process number and port belong to others by now', async () => {
    leave({ port: 9, token, pid: process.pid });
    expect(await connectControl(folder.path)).toBeNull();
    const stranger = createServer((_, response) => response.end('<html>welcome</html>'));
    await new Promise<void>((resolve) => stranger.listen(0, '127.0.0.1', resolve));
    leave({ port: (stranger.address() as AddressInfo).port, token, pid: process.pid });
    expect(await connectControl(folder.path)).toBeNull();
    await new Promise((resolve) => stranger.close(resolve));
  });
});
