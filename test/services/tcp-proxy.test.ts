import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Server, type Socket } from 'node:net';
import { setTimeout } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { startTcpProxy, type TcpProxy } from './tcp-proxy.ts';

describe('a line that tests ill-treat', () => {
  let echo: Server;
  let proxy: TcpProxy;
  let client: Socket;
  let heard: string;
  beforeEach(async () => {
    echo = createServer((socket) => {
      socket.on('error', () => {});
      socket.pipe(socket);
    }).listen(0, '127.0.0.1');
    await once(echo, 'listening');
    proxy = await startTcpProxy(`127.0.0.1:${(echo.address() as AddressInfo).port}`);
    client = await connected();
    heard = '';
    client.on('data', (piece) => {
      heard += String(piece);
    });
  });
  afterEach(async () => {
    client.destroy();
    await proxy.stop();
    echo.close();
  });

  async function connected(): Promise<Socket> {
    const [host, port] = proxy.address.split(':') as [string, string];
    const socket = connect(Number(port), host);
    socket.on('error', () => {});
    await once(socket, 'connect');
    return socket;
  }

  async function hears(text: string): Promise<void> {
    while (heard !== text) await once(client, 'data');
  }

  test('carries both ways, more than it holds at once', async () => {
    const sent = 'abcdefghij'.repeat(1_000_000);
    client.write(sent);
    while (heard.length < sent.length) await once(client, 'data');
    expect(heard === sent).toBe(true);
  });

  test('keeps all while it is paused, of the connections that there are and of new ones', async () => {
    proxy.pause();
    client.write('one ');
    const late = await connected();
    late.write('late');
    await setTimeout(100);
    expect(heard).toBe('');
    client.write('two');
    proxy.resume();
    await hears('one two');
    expect(String((await once(late, 'data'))[0])).toBe('late');
    late.destroy();
  });

  test('delays each piece and keeps their order, also when the delay is taken away', async () => {
    proxy.delay(200);
    const begun = performance.now();
    client.write('slow ');
    await setTimeout(20);
    proxy.delay(0);
    client.write('quick');
    await hears('slow quick');
    expect(performance.now() - begun).toBeGreaterThanOrEqual(199);
  });

  test('resets what it carries when it is cut, refuses new ones, and takes them again at the same address', async () => {
    client.write('before');
    await hears('before');
    const reset = new Promise((resolve) => client.on('close', resolve));
    await proxy.cut();
    await reset;
    await expect(connected()).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    await proxy.mend();
    const next = await connected();
    next.write('after');
    expect(String((await once(next, 'data'))[0])).toBe('after');
    next.destroy();
  });
});
