import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import type { FakePortal } from '../../connectors/complaint-report/fake-portal.ts';
import {
  eventOn,
  type FakePlatform,
  secret,
  startPlatform,
  today,
} from '../../connectors/grid-safety/fake-platform.ts';
import { sign } from '../../connectors/transports/webhook/index.ts';
import { citizenMessages } from '../support/citizen-messages.ts';
import { checkData, recordsRead, settled, startHub, until } from '../support/hub-process.ts';
import { startOpenPortal } from '../support/open-portal.ts';
import { freePort } from '../support/ports.ts';

/** Deliveries that may wait at once, and ten times as many that come at once. */
const [room, callers] = [40, 400];
/** Far below what they are told: they are impatient. */
const pauseMs = 200;

let folder: string;
let portal: FakePortal;
let platform: FakePlatform;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-storm-'));
  [portal, platform] = await Promise.all([
    startOpenPortal(folder),
    startPlatform({ days: 0, now: Date.now }),
  ]);
}, 60_000);
afterAll(async () => {
  await Promise.all([portal.stop(), platform.stop()]);
  rmSync(folder, { recursive: true, force: true });
});

const words = citizenMessages();

/** Each about something else and somewhere else: how alike events are linked is tested elsewhere. */
const eventOf = (serial: number) =>
  eventOn(today, serial, {
    desc: words[serial % words.length]!.content,
    mapLocation: `${122.05 + (serial % 60) / 200},${29.95 + ((serial / 60) % 60) / 200}`,
  });

/** Each caller tells one event after the other, and none a second time. */
function storm(url: string) {
  const accepted: string[] = [];
  const refused: { readonly status: number; readonly retryAfter: string | null; readonly body: string }[] =
    [];
  let serial = 0;
  let isOver = false;

  async function call(): Promise<void> {
    while (!isOver) {
      const event = eventOf(++serial);
      const body = JSON.stringify({ ...event, ts: Math.floor(Date.now() / 1000) });
      const answer = await fetch(url, {
        method: 'POST',
        body,
        headers: { ...sign(secret, body, Date.now()) },
      });
      const text = await answer.text();
      if (answer.status === 200 && text === '{"code":0}') accepted.push(event.eventNo);
      else {
        refused.push({ status: answer.status, retryAfter: answer.headers.get('retry-after'), body: text });
        await setTimeout(pauseMs);
      }
    }
  }
  const calls = Promise.all(Array.from({ length: callers }, call));
  return {
    accepted,
    refused,
    async end() {
      isOver = true;
      await calls;
    },
  };
}

test('of a storm at ten times what a webhook holds, what is accepted is kept, the rest is told to wait, and its neighbour is read', async () => {
  const data = join(folder, 'data');
  const port = await freePort();
  const config = {
    log: { level: 'info' },
    connectors: {
      'complaint-report': {
        ...portal.account,
        ...{ pageSize: 10, pollIntervalMs: 1_000 },
      },
      'grid-safety': {
        ...{ baseUrl: platform.options.baseUrl, secrets: [secret], listen: { port }, pullTime: '00:00' },
        maxWaitingCount: room,
      },
    },
  };
  const hub = startHub({ data, config });
  // Its check has been passed and its reading has begun: both listen.
  await until(hub, 'it listens', async () => hub.said().split('webhook listens').length > 2);
  const reports = (await portal.records()).length;
  const before = await recordsRead(data, 'complaint-report');
  const { accepted, refused, end } = storm(`http://127.0.0.1:${port}/grid-safety`);
  await until(
    hub,
    'the neighbour is read',
    async () => (await recordsRead(data, 'complaint-report')) >= reports,
  );
  await end();
  await until(hub, 'the hub settles', settled(data, reports + accepted.length));
  expect(await hub.stop()).toBe(0);

  expect(before).toBeLessThan(reports);
  expect(accepted.length).toBeGreaterThan(room);
  expect(refused.length).toBeGreaterThan(accepted.length);
  expect(new Set(refused.map((answer) => JSON.stringify(answer)))).toEqual(
    new Set([
      JSON.stringify({
        status: 429,
        retryAfter: '2',
        body: '{"code":42900,"message":"too much is waiting; send again after Retry-After"}',
      }),
    ]),
  );
  const { problems, betweenItems, deadLetters, items } = await checkData(data);
  expect([...problems, ...betweenItems]).toEqual([]);
  expect(deadLetters).toEqual({});
  const pushed = Object.values(items).filter(({ baseId }) => baseId.startsWith('grid-safety:'));
  expect(pushed.map(({ baseId }) => baseId.replace('grid-safety:', '')).sort()).toEqual([...accepted].sort());
  expect(Object.keys(items)).toHaveLength(reports + accepted.length);
}, 300_000);
