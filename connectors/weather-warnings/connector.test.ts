import { readdirSync, readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { describe, expect, test } from '@jest/globals';
import { systemClock } from '../../runtime/clock.ts';
import { silentLogger } from '../../runtime/telemetry.ts';
import { connectorContract } from '../../test/contract/connector.ts';
import { startFeed } from './fake-feed.ts';
import { readFeed } from './feed.ts';
import { weatherWarnings } from './index.ts';

const folder = new URL('./fixtures/', import.meta.url);
const fixtures = readdirSync(folder)
  .filter((name) => !name.endsWith('.expected.json'))
  .map((name) => ({ name, bytes: new Uint8Array(readFileSync(new URL(name, folder))) }));

connectorContract({
  definition: weatherWarnings,
  start: startFeed,
  refused: { token: 'wrong-token' },
  hang: 'slow',
  shift: null,
  fixtures,
  disturbances: [
    { kind: 'rate-limited', code: 'HUB_SOURCE_RATE_LIMITED' },
    { kind: 'server-error', code: 'HUB_SOURCE_FAILING' },
    { kind: 'redirect', code: 'HUB_SOURCE_LOGIN_PAGE' },
    { kind: 'login-page', code: 'HUB_SOURCE_LOGIN_PAGE' },
    { kind: 'cut', code: 'HUB_SOURCE_UNREACHABLE' },
    { kind: 'truncated', code: 'HUB_SOURCE_PROTOCOL' },
    { kind: 'slow', code: 'HUB_SOURCE_TIMEOUT', options: { requestTimeoutMs: 100 } },
  ],
});

describe('what is made of an alert', () => {
  const outcomes = Object.fromEntries(
    fixtures.map(({ name, bytes }) => [
      name,
      weatherWarnings.normalize(
        { bytes, format: 'OTHER', correlationId: 'test' },
        { config: null, ingestedAt: 0 },
      ),
    ]),
  );
  const expected = readdirSync(folder).filter((name) => name.endsWith('.expected.json'));

  test.each(expected)('is what %s says', (name) => {
    const found = Object.entries(outcomes).find(
      ([fixture]) => fixture.replace(/\.\w+$/, '') === name.split('.')[0],
    );
    expect(found?.[1]).toEqual(JSON.parse(readFileSync(new URL(name, folder), 'utf8')));
  });

  test.each([
    ['broken-doctype.xml', 'HUB_RECORD_MALFORMED', 'DOCTYPE'],
    ['truncated.xml', 'HUB_RECORD_MALFORMED', 'no well-formed XML'],
    ['no-id.json', 'HUB_RECORD_NO_ID', 'identifier'],
    ['no-time.json', 'HUB_RECORD_NO_TIME', 'sent'],
    ['no-area.json', 'HUB_RECORD_MALFORMED', '亚特兰蒂斯'],
    ['no-type.json', 'HUB_RECORD_MALFORMED', '蝗虫'],
  ])('is a dead letter for %s: %s', (name, code, words) => {
    expect(outcomes[name]).toMatchObject({ kind: 'reject', code, reason: expect.stringContaining(words) });
  });

  test('is a dead letter for a severity that is no word of CAP but a name that every object knows', () => {
    const alert = JSON.parse(readFileSync(new URL('no-area.json', folder), 'utf8'));
    const info = { event: '台风', severity: 'constructor', area: { areaDesc: '普陀区' } };
    const bytes = Buffer.from(JSON.stringify({ ...alert, info }));
    const outcome = weatherWarnings.normalize(
      { bytes, format: 'JSON', correlationId: 'test' },
      { config: null, ingestedAt: 0 },
    );
    expect(outcome).toMatchObject({ kind: 'reject', reason: expect.stringContaining('severity') });
  });

  test('is nothing for an exercise, and for a warning of another county', () => {
    expect(outcomes['exercise.json']).toMatchObject({ kind: 'route', warnings: [] });
    expect(outcomes['elsewhere.json']).toMatchObject({ kind: 'route', warnings: [] });
  });
});

test('an entry of the list that cannot be read keeps none behind it from being read', async () => {
  const alert = fixtures.find(({ name }) => name === 'elsewhere.json')!.bytes;
  const links = ['http://elsewhere.example/1', 'mailto:nobody', '/gone', '/alert'];
  const feed = `<feed>${links.map((href, id) => `<entry><id>${id}</id><link href="${href}"/></entry>`).join('')}</feed>`;
  const server = createServer(({ url }, response) => {
    if (url === '/feed') response.end(feed);
    else if (url === '/alert') response.end(alert);
    else response.writeHead(404).end();
  });
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  const config = weatherWarnings.config.parse({ url: `http://127.0.0.1:${port}/feed` });
  const signal = new AbortController().signal;
  const read: string[] = [];
  try {
    const batches = weatherWarnings.read({
      config,
      position: null,
      signal,
      clock: systemClock,
      log: silentLogger,
    });
    await expect(
      (async () => {
        for await (const { records } of batches)
          read.push(...records.map(({ correlationId }) => correlationId));
      })(),
    ).rejects.toMatchObject({ code: 'HUB_SOURCE_PROTOCOL' });
  } finally {
    server.close();
  }
  expect(read).toEqual(['/alert']);
});

test.each([
  ['one alert as XML', '<alert><identifier>1</identifier></alert>', 1, 0],
  ['one as JSON', '{"identifier":"1"}', 1, 0],
  ['a list as JSON', '{"alerts":[{"identifier":"1"},{"identifier":"2"}]}', 2, 0],
  ['an RSS list', '<rss><channel><item><link>http://h/1</link><guid>1</guid></item></channel></rss>', 0, 1],
  ['an Atom list of none', '<feed><title>x</title></feed>', 0, 0],
])('a feed may be %s', (_, body, alerts, links) => {
  const found = readFeed(Buffer.from(body));
  expect([found?.alerts.length, found?.links.length]).toEqual([alerts, links]);
});
