import { createHmac } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Child, startChild } from './child.ts';
import type { TruthLine } from './truth.ts';

const hours = 60;
let folder: string;
let hub: Server;
let city: Child | null = null;
/** Numbers of the records that were pushed, by the path they were pushed to. */
let pushed: Map<string, Set<string>>;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'city-'));
  pushed = new Map();
  hub = createServer(async (incoming, reply) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const body = Buffer.concat(chunks).toString();
    const hmac = createHmac('sha256', 'demo-only-secret').update(
      `${incoming.headers['x-timestamp']}.${body}`,
    );
    const isSigned = incoming.headers['x-signature'] === `sha256=${hmac.digest('hex')}`;
    const numbers = pushed.get(incoming.url!) ?? new Set();
    pushed.set(incoming.url!, numbers);
    if (isSigned) for (const told of [JSON.parse(body)].flat()) numbers.add(told.eventNo ?? told.alarmId);
    reply.writeHead(isSigned ? 200 : 401).end(JSON.stringify({ code: isSigned ? 0 : 401 }));
  });
  await new Promise<void>((resolve) => hub.listen(0, '127.0.0.1', resolve));
});
afterEach(async () => {
  city?.release();
  await city?.exited;
  city = null;
  await new Promise((resolve) => hub.close(resolve));
  rmSync(folder, { recursive: true, force: true });
});

const launch = async (...args: readonly string[]): Promise<Child> => {
  const url = `http://127.0.0.1:${(hub.address() as AddressInfo).port}`;
  city = await startChild('city/launcher.ts', [
    ...['--grid-safety-hook', `${url}/grid`, '--smart-ocean-hook', `${url}/ocean`, '--seed', '9'],
    ...args,
  ]);
  return city;
};

const truth = (): readonly TruthLine[] =>
  readFileSync(join(folder, 'truth.jsonl'), 'utf8')
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as TruthLine);

/** What the portal lists. */
async function listed(url: string): Promise<readonly string[]> {
  const login = await fetch(`${url}/login`, {
    method: 'POST',
    headers: { 'content-type': 'application/json' },
    body: JSON.stringify({ username: 'demo', password: 'demo-only' }),
  });
  const { data } = (await login.json()) as { data: { token: string } };
  const ids: string[] = [];
  for (let pageNo = 1; ; pageNo++) {
    const headers = { authorization: `Bearer ${data.token}` };
    const answer = await fetch(`${url}/reports?pageSize=200&pageNo=${pageNo}`, { headers });
    const page = (await answer.json()) as { data: { list: { id: string }[] } };
    if (page.data.list.length === 0) return ids;
    ids.push(...page.data.list.map(({ id }) => id));
  }
}

const isAlive = (pid: number): boolean => {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
};

describe('the demo city', () => {
  test('accounts for every record of sixty hours, each matter told in its order', async () => {
    const { ready, finished } = await launch(
      ...['--hours', String(hours), '--speed', '40000', '--truth', join(folder, 'truth.jsonl')],
    );
    const { records } = await finished;
    const lines = truth();
    const told = (system: string, delivered = (_: TruthLine) => true) =>
      lines
        .filter((line) => line.system === system && delivered(line))
        .map(({ recordId }) => recordId)
        .sort();
    expect(records).toEqual({
      'complaint-report': told('complaint-report').length,
      'grid-safety': told('grid-safety').length,
      'smart-ocean': told('smart-ocean').length,
    });
    expect(lines.length).toBeGreaterThan(100);
    const portal = ready['complaint-report'] as { url: string };
    expect([...(await listed(portal.url))].sort()).toEqual(told('complaint-report'));
    expect([...pushed.get('/grid')!].sort()).toEqual(
      told('grid-safety', ({ delivery }) => delivery !== 'lost'),
    );
    expect([...pushed.get('/ocean')!].sort()).toEqual(
      told('smart-ocean', ({ delivery }) => delivery === 'pushed'),
    );
    // Nobody reads of tomorrow, and the calendar has all the hours.
    const times = lines.map(({ toldAt }) => toldAt);
    expect(Math.max(...times)).toBeLessThanOrEqual(Date.now());
    expect(Math.max(...times) - Math.min(...times)).toBeGreaterThan((hours - 6) * 3_600_000);
    const matters = Map.groupBy(lines, ({ matter, round }) => `${matter} ${round}`);
    for (const tellings of matters.values()) {
      const order = tellings.sort((a, b) => a.toldAt - b.toldAt || a.telling - b.telling);
      expect(order.map(({ telling }) => telling)).toEqual(
        order.map(({ telling }) => telling).sort((a, b) => a - b),
      );
    }
    const acrossSystems = [...matters.values()].filter(
      (all) => new Set(all.map(({ system }) => system)).size > 1,
    );
    expect(acrossSystems).not.toEqual([]);
  });

  test('ends when it has told all, where that is wanted', async () => {
    const { finished, exited } = await launch('--hours', '3', '--speed', '100000', '--until-end');
    expect(await finished).toMatchObject({ finished: true });
    expect(await exited).toEqual([0, null]);
  });

  test.each([
    ['lets it go', (child: Child) => child.release()],
    ['kills it', (child: Child) => process.kill(child.pid, 'SIGKILL')],
  ])('ends with all its systems when whoever has started it %s', async (_, end) => {
    const child = await launch();
    const { receivers } = child.ready['smart-ocean'] as { receivers: string[] };
    const addresses = [(child.ready['complaint-report'] as { url: string }).url, `http://${receivers[0]}`];
    end(child);
    await child.exited;
    expect(isAlive(child.pid)).toBe(false);
    for (const address of addresses) await gone(address);
  });
});

/** Waits until nobody listens there. */
async function gone(address: string): Promise<void> {
  for (;;) {
    try {
      await fetch(address, { signal: AbortSignal.timeout(500) });
    } catch (error) {
      if ((error as { cause?: { code?: string } }).cause?.code === 'ECONNREFUSED') return;
    }
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
