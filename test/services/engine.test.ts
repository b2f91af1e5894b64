import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type RequestListener, type Server } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { kafkaImage } from './broker-forms.ts';
import { pom } from './distributions.ts';
import { findEngine } from './engine.ts';
import { registryImage } from './registry.ts';

let folder: string;
let server: Server | null;
let socket: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'hub-engine-'));
  socket = join(folder, 'docker.sock');
  server = null;
});
afterEach(() => {
  server?.closeAllConnections();
  server?.close();
  rmSync(folder, { recursive: true });
});

async function listen(listener: RequestListener): Promise<void> {
  server = createServer(listener).listen(socket);
  await once(server, 'listening');
}

const processes = { engine: 'processes', address: null };

describe('how servers of tests are started', () => {
  test('in containers, where a Docker engine answers its ping', async () => {
    const asked: (string | undefined)[] = [];
    await listen((request, reply) => {
      asked.push(request.url);
      reply.end('OK');
    });
    const found = { engine: 'containers', address: `unix://${socket}` };
    expect(await findEngine({ DOCKER_HOST: `unix://${socket}` }, 'linux')).toEqual(found);
    expect(await findEngine({ XDG_RUNTIME_DIR: folder, HUB_SERVICES: 'containers' }, 'linux')).toMatchObject({
      engine: 'containers',
    });
    expect(asked[0]).toBe('/_ping');
  });

  test('as processes, where none does: not there, broken, or silent', async () => {
    const env = { DOCKER_HOST: `unix://${socket}` };
    expect(await findEngine(env, 'linux')).toEqual(processes);
    let broken = true;
    await listen((_request, reply) => {
      if (broken) reply.writeHead(500).end();
    });
    expect(await findEngine(env, 'linux')).toEqual(processes);
    broken = false;
    expect(await findEngine(env, 'linux')).toEqual(processes);
  });

  test('as processes, where the engine is not of this machine or not on Linux, whose ports it cannot take', async () => {
    await listen((_request, reply) => reply.end('OK'));
    expect(await findEngine({ DOCKER_HOST: 'tcp://10.0.0.7:2375' }, 'linux')).toEqual(processes);
    expect(await findEngine({ DOCKER_HOST: `unix://${socket}` }, 'darwin')).toEqual(processes);
  });

  test('as HUB_SERVICES says, which is refused when it is wrong', async () => {
    await listen((_request, reply) => reply.end('OK'));
    const env = { DOCKER_HOST: `unix://${socket}` };
    expect(await findEngine({ ...env, HUB_SERVICES: 'processes' }, 'linux')).toEqual(processes);
    const nowhere = { DOCKER_HOST: `unix://${socket}.gone`, HUB_SERVICES: 'containers' };
    await expect(findEngine(nowhere, 'linux')).rejects.toThrow(
      'no Docker engine of this Linux machine answers',
    );
    await expect(findEngine({ HUB_SERVICES: 'podman' }, 'linux')).rejects.toThrow('HUB_SERVICES is podman');
  });
});

describe('the images', () => {
  test.each([
    ['kafka_2.13', kafkaImage],
    ['apicurio-registry-app', registryImage],
  ])('are of the release that the processes run: %s', (artifact, image) => {
    const [, version] = new RegExp(`<artifactId>${artifact}</artifactId>\\s*<version>(.+?)</version>`).exec(
      readFileSync(pom, 'utf8'),
    )!;
    expect(image.split(':')[1]).toBe(version);
  });
});
