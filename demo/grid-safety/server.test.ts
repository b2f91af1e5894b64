import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Child, startChild } from '../city/child.ts';
import type { TruthLine } from '../city/truth.ts';
import type { GridEvent } from './event.ts';

const secret = 'a secret of this test';
const begin = Date.parse('2026-03-01T08:00:00+08:00');
const days = ['2026-03-01', '2026-03-02', '2026-03-03'];

interface Request {
  readonly isSigned: boolean;
  readonly isFresh: boolean;
  readonly text: string;
}

let folder: string;
let hook: Server;
let platform: Child | null = null;
let requests: Request[];
/** What the hook says to the n-th request. */
let answerTo: (request: Request, n: number) => readonly [status: number, headers?: Record<string, string>];

const hmac = (text: string) => `sha256=${createHmac('sha256', secret).update(text).digest('hex')}`;

async function requestOf(incoming: IncomingMessage): Promise<Request> {
  const chunks: Buffer[] = [];
  for await (const chunk of incoming) chunks.push(chunk as Buffer);
  const text = Buffer.concat(chunks).toString();
  const { 'x-timestamp': timestamp, 'x-signature': signature } = incoming.headers;
  const age = Date.now() / 1000 - Number(timestamp);
  return { text, isSigned: signature === hmac(`${timestamp}.${text}`), isFresh: Math.abs(age) <= 300 };
}

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'grid-safety-'));
  requests = [];
  answerTo = () => [200];
  hook = createServer(async (incoming, reply) => {
    const request = await requestOf(incoming);
    const refused = !request.isSigned || !request.isFresh;
    const [status, headers] = refused ? [401] : answerTo(request, requests.length);
    requests.push(request);
    reply.writeHead(status, { 'content-type': 'application/json', ...headers });
    reply.end(JSON.stringify({ code: status === 200 ? 0 : status }));
  });
  await new Promise<void>((resolve) => hook.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  platform?.release();
  await platform?.exited;
  platform = null;
  await new Promise((resolve) => hook.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const start = async (...args: readonly string[]): Promise<Child> => {
  platform = await startChild('grid-safety/server.ts', [
    ...['--hook', `http://127.0.0.1:${(hook.address() as AddressInfo).port}/grid-safety`],
    ...['--secret', secret, '--truth', join(folder, 'truth.jsonl'), '--calendar', String(begin)],
    ...['--speed', '100000', '--background', '3', '--hours', '60', '--seed', '3'],
    ...args,
  ]);
  return platform;
};

async function list(path: string, signedPath = path): Promise<Response> {
  const timestamp = String(Math.floor(Date.now() / 1000));
  const headers = { 'x-timestamp': timestamp, 'x-signature': hmac(`${timestamp}.GET ${signedPath}`) };
  return fetch(`${platform!.ready.url}${path}`, { headers });
}

async function allOfDay(day: string): Promise<readonly GridEvent[]> {
  const events: GridEvent[] = [];
  for (let pageNo = 1; ; pageNo++) {
    const answer = await list(`/events?date=${day}&pageNo=${pageNo}&pageSize=7`);
    const { data } = (await answer.json()) as { data: { total: number; list: GridEvent[] } };
    events.push(...data.list);
    if (events.length >= data.total) return events;
  }
}

const truth = (): readonly TruthLine[] =>
  readFileSync(join(folder, 'truth.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TruthLine);

/** What the hook has taken, each event as it was told last. */
function taken(): ReadonlyMap<string, GridEvent> {
  const events = new Map<string, GridEvent>();
  for (const { text, isSigned, isFresh } of requests) {
    if (!isSigned || !isFresh) continue;
    for (const { ts: _, ...event } of [JSON.parse(text)].flat()) events.set(event.eventNo, event);
  }
  return events;
}

describe('the patrol platform', () => {
  test('tells each event once it is answered 200, and lists what it never pushed', async () => {
    // A hub as hubs are: away at first, then too busy, then there, with a bad moment now and then.
    answerTo = (_, n) =>
      n < 3 ? [503] : n < 6 ? [429, { 'retry-after': '0' }] : n % 11 === 0 ? [500] : [200];
    const { finished } = await start(
      '--disturb',
      'late:0.3,lost:0.2,unheard:0.2,forged:0.2,stale:0.2,halved:0.2',
    );
    const said = await finished;
    const listed = (await Promise.all(days.map(allOfDay))).flat();
    const lines = truth();
    const numbers = (delivered: (line: TruthLine) => boolean) =>
      lines
        .filter(delivered)
        .map(({ recordId }) => recordId)
        .sort();
    expect(said.records).toBe(lines.length);
    expect(listed.map(({ eventNo }) => eventNo).sort()).toEqual(numbers(() => true));
    expect([...taken().keys()].sort()).toEqual(numbers(({ delivery }) => delivery !== 'lost'));
    expect(numbers(({ delivery }) => delivery === 'lost')).not.toEqual([]);
    for (const event of listed) expect([undefined, event]).toContainEqual(taken().get(event.eventNo));
    expect(requests.filter(({ isSigned }) => !isSigned)).not.toEqual([]);
    expect(requests.filter(({ isFresh }) => !isFresh)).not.toEqual([]);
  });

  test('says the same with and without disturbances', async () => {
    await (await start('--disturb', '')).finished;
    const undisturbed = taken();
    expect(requests).toHaveLength([...new Set(requests.map(({ text }) => text))].length);
    platform!.release();
    await platform!.exited;
    requests = [];
    await (await start('--disturb', 'late:0.3,unheard:0.3,forged:0.2')).finished;
    expect(new Map([...taken()].sort())).toEqual(new Map([...undisturbed].sort()));
  });

  test.each([
    ['whose signature is of another path', '/events?date=2026-03-01', '/events?date=2026-03-02', 401],
    ['for no day', '/events', '/events', 400],
    ['for a page that is none', '/events?date=2026-03-01&pageNo=0', '/events?date=2026-03-01&pageNo=0', 400],
  ])('refuses a request %s', async (_, path, signedPath, expected) => {
    await start();
    const answer = await list(path, signedPath);
    expect({ status: answer.status, body: await answer.json() }).toEqual({
      status: expected,
      body: { code: expected, msg: expect.any(String) },
    });
  });

  test('ends with whoever has started it', async () => {
    const { pid, exited, release } = await start();
    release();
    await exited;
    expect(() => process.kill(pid, 0)).toThrow(/ESRCH/);
  });
});
