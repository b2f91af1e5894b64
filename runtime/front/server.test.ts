import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, describe, expect, test } from '@jest/globals';
import { type Clock, systemClock } from '../clock.ts';
import { HubError } from '../errors.ts';
import { silentLogger } from '../telemetry.ts';
import { type DutyFront, type FrontPages, openFront } from './server.ts';

let front: DutyFront | null = null;
let rival: Server | null = null;

afterEach(async () => {
  await front?.close();
  front = null;
  rival?.close();
  rival = null;
});

const pages: FrontPages = {
  page: async ({ lang, acceptLanguage }) => ({ html: `<p>${lang} ${acceptLanguage}</p>`, isWell: true }),
  style: 'p { color: red }',
  notReady: async () => [],
  metrics: async () => 'hub_front_up 1\n',
  schemas: async ({ method, path, body }) => ({ status: 200, body: { method, path, body } }),
};

async function opened(over: Partial<FrontPages> = {}, clock: Clock = systemClock, port = 0): Promise<string> {
  front = await openFront({
    host: '127.0.0.1',
    port,
    pages: { ...pages, ...over },
    clock,
    log: silentLogger,
  });
  return front.status().address ?? '';
}

describe('the front', () => {
  test('serves the page to people, in the language they ask for, under a policy that lets nothing else in', async () => {
    const answer = await fetch(`${await opened()}/?lang=zh-CN`, { headers: { 'accept-language': 'en' } });
    expect(await answer.text()).toBe('<p>zh-CN en</p>');
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toBe(
      "default-src 'none'; style-src 'sha256-ngewhhP73WDIbgwseeu52VAAJgKdGUsu1IUQQsAm8m4='; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(answer.headers.get('cache-control')).toBe('no-store');
    expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  });

  test('shows the page with 503 where nothing could be found out', async () => {
    const address = await opened({ page: async () => ({ html: '?', isWell: false }) });
    expect((await fetch(address)).status).toBe(503);
  });

  test('says that the process lives, whatever else is wrong', async () => {
    const broken = async () => {
      throw new HubError('HUB_DATA_DAMAGED', 'page 7 of a file');
    };
    const address = await opened({ page: broken, notReady: broken });
    const health = await fetch(`${address}/healthz`);
    expect([health.status, await health.text()]).toEqual([200, 'ok\n']);
    const page = await fetch(address);
    expect([page.status, await page.text()]).toEqual([500, 'HUB_DATA_DAMAGED\n']);
  });

  test('says whether the hub is ready, and if not, why', async () => {
    const reasons: string[] = [];
    const address = await opened({ notReady: async () => reasons });
    const ready = await fetch(`${address}/readyz`);
    expect([ready.status, await ready.text()]).toEqual([200, 'ready\n']);
    reasons.push('starting', 'disk: 5 bytes free');
    const notReady = await fetch(`${address}/readyz`);
    expect([notReady.status, await notReady.text()]).toEqual([503, 'starting\ndisk: 5 bytes free\n']);
  });

  test('changes nothing for anybody, and repeats nothing of what it was sent', async () => {
    const address = await opened();
    expect((await fetch(address, { method: 'POST', body: 'x' })).status).toBe(404);
    const unknown = await fetch(`${address}/<script>`);
    expect([unknown.status, await unknown.text()]).toEqual([
      404,
      '/ /healthz /readyz /metrics /schema-registry/subjects\n',
    ]);
    const crooked = await fetch(`${address}/%E0%A4%A`);
    expect(crooked.status).toBe(400);
    expect(await crooked.text()).toBe('bad request\n');
  });

  test('hands on what is asked of the schema registry, and answers as that does', async () => {
    const address = await opened();
    const asked = await fetch(`${address}/schema-registry/subjects/a%2Fb/versions?deleted=true`);
    expect(asked.headers.get('content-type')).toContain('application/vnd.schemaregistry.v1+json');
    expect(await asked.json()).toEqual({ method: 'GET', path: '/subjects/a%2Fb/versions', body: null });
    const post = (body: string, type: string) =>
      fetch(`${address}/schema-registry/subjects/a`, {
        method: 'POST',
        body,
        headers: { 'content-type': type },
      });
    const large = JSON.stringify({ schema: 'x'.repeat(100_000) });
    expect(await (await post(large, 'application/vnd.schemaregistry.v1+json')).json()).toMatchObject({
      method: 'POST',
      body: JSON.parse(large),
    });
    expect(await (await post('{', 'application/json')).json()).toMatchObject({ body: null });
    expect((await post('x'.repeat(1_100_000), 'application/json')).status).toBe(413);
  });

  test('that finds its port taken says so, and listens as soon as the port is free', async () => {
    rival = createServer().listen(0, '127.0.0.1');
    await once(rival, 'listening');
    const { port } = rival.address() as AddressInfo;
    const waits: (() => void)[] = [];
    const clock: Clock = {
      ...systemClock,
      sleep: (_ms, signal) =>
        new Promise((resolve) => {
          waits.push(resolve);
          signal?.addEventListener('abort', () => resolve(), { once: true });
        }),
    };
    expect(await opened({}, clock, port)).toBe('');
    expect(front!.status()).toMatchObject({
      address: null,
      error: {
        code: 'HUB_PORT_BUSY',
        message: `127.0.0.1:${port} cannot be listened on: another program listens there`,
      },
    });
    rival.close();
    await once(rival, 'close');
    waits.shift()!();
    while (front!.status().address === null) await systemClock.sleep(5);
    expect(front!.status()).toEqual({ address: `http://127.0.0.1:${port}`, error: null });
    expect((await fetch(`http://127.0.0.1:${port}/healthz`)).status).toBe(200);
  });

  test('can be closed while it waits for its port', async () => {
    rival = createServer().listen(0, '127.0.0.1');
    await once(rival, 'listening');
    await opened({}, systemClock, (rival.address() as AddressInfo).port);
    await front!.close();
    expect(front!.status().address).toBeNull();
  });
});
