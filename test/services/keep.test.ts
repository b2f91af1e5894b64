import { chmodSync, mkdtempSync, readdirSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { startProcess } from '../support/process.ts';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-kept-'));
  // As /tmp is: another user has its folder in it.
  chmodSync(folder, 0o1777);
});
afterAll(() => rmSync(folder, { recursive: true }));

const listens = (url: string): Promise<boolean> =>
  new Promise((resolve) => {
    const { hostname, port } = new URL(url);
    const socket = connect(Number(port), hostname);
    socket.on('connect', () => resolve(true)).on('error', () => resolve(false));
    socket.on('connect', () => socket.destroy());
  });

describe('servers of tests', () => {
  test('end, with their data, when who started them is killed, even one that is paused', async () => {
    const script = fileURLToPath(new URL('./left-behind.ts', import.meta.url));
    const starter = await startProcess(script, [], { ...process.env, TMPDIR: folder });
    const urls = starter.ready.urls as readonly string[];
    expect(readdirSync(folder)).toHaveLength(urls.length);
    process.kill(starter.pid, 'SIGKILL');
    const left = async () => [
      ...(await Promise.all(urls.map(async (url) => ((await listens(url)) ? [url] : [])))).flat(),
      ...readdirSync(folder),
    ];
    // jest's own limit ends the wait for what never goes.
    while ((await left()).length > 0) await setTimeout(50);
    expect(await left()).toEqual([]);
  }, 120_000);
});
