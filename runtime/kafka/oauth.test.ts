import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type TokenSource, tokenSource } from './oauth.ts';

let server: Server;
let asked: { readonly authorization: string | undefined; readonly body: string }[];
let answer: { readonly status: number; readonly body: string };
let now: number;
let tokens: TokenSource;

beforeEach(async () => {
  asked = [];
  now = 1_000_000;
  answer = { status: 200, body: '{"access_token":"one","token_type":"bearer","expires_in":600}' };
  server = createServer((request, response) => {
    let body = '';
    request.on('data', (part: Buffer) => {
      body += String(part);
    });
    request.on('end', () => {
      asked.push({ authorization: request.headers.authorization, body });
      response.writeHead(answer.status).end(answer.body);
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const tokenUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}/token`;
  tokens = tokenSource(
    { tokenUrl, clientId: 'hub', clientSecret: 'p:a', scope: 'kafka' },
    { now: () => now },
    5_000,
  );
});
afterEach(() => {
  server.closeAllConnections();
  server.close();
});

describe('tokens', () => {
  test('are asked for with the credentials of the client', async () => {
    expect(await tokens()).toEqual({ value: 'one', expiresAt: 1_600_000 });
    expect(asked).toEqual([
      {
        authorization: `Basic ${Buffer.from('hub:p%3Aa').toString('base64')}`,
        body: 'grant_type=client_credentials&scope=kafka',
      },
    ]);
  });

  test('are shared by all who ask at once, kept, and renewed before they expire', async () => {
    await Promise.all(Array.from({ length: 20 }, () => tokens()));
    now += 479_000;
    await tokens();
    expect(asked).toHaveLength(1);
    answer = { status: 200, body: '{"access_token":"two","expires_in":"600"}' };
    now += 2_000;
    expect((await tokens()).value).toBe('two');
  });

  test.each([
    [401, '{"error":"invalid_client"}', 'HUB_KAFKA_REFUSED'],
    [200, '<html>', 'HUB_KAFKA_REFUSED'],
    [503, '', 'HUB_KAFKA_UNREACHABLE'],
  ])(
    'that are answered with %i %s are an error without a secret, and asked for anew',
    async (status, body, code) => {
      answer = { status, body };
      await expect(tokens()).rejects.toMatchObject({ code, message: expect.not.stringContaining('p:a') });
      answer = { status: 200, body: '{"access_token":"one","expires_in":600}' };
      expect((await tokens()).value).toBe('one');
    },
  );

  test('of a server that is away are an error that may pass', async () => {
    server.close();
    await expect(tokens()).rejects.toMatchObject({ code: 'HUB_KAFKA_UNREACHABLE', retriable: true });
  });
});
