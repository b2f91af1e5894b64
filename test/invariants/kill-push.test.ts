import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { dayOf } from '../../connectors/grid-safety/days.ts';
import {
  eventOn,
  type FakePlatform,
  secret,
  startPlatform,
  today,
} from '../../connectors/grid-safety/fake-platform.ts';
import { sign } from '../../connectors/transports/webhook/index.ts';
import { seededRandom } from '../simulation/random.ts';
import { checkData, recordsRead, settled, startHub, until } from '../support/hub-process.ts';
import { freePort } from '../support/ports.ts';

/** `HUB_KILLS=50 npm test -- kill-push` by hand. */
const kills = Number(process.env.HUB_KILLS ?? 5);
const seed = Number(process.env.HUB_SEED ?? 20260310);

let folder: string;
let platform: FakePlatform;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-kill-push-'));
  platform = await startPlatform({ days: 0, now: Date.now });
});
afterAll(async () => {
  await platform.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Pushes new events until told to stop, and each of them as the platform does: again and again, with a new `ts`, until it hears 200. */
function startPushing(url: string, lanes: number) {
  const acknowledged: string[] = [];
  const cutOff = { count: 0 };
  let serial = 0;
  let isOver = false;

  async function deliver(event: ReturnType<typeof eventOn>): Promise<void> {
    for (;;) {
      const body = JSON.stringify({ ...event, ts: Math.floor(Date.now() / 1000) });
      const headers = { ...sign(secret, body, Date.now()) };
      const answer = await fetch(url, { method: 'POST', body, headers }).catch((error: unknown) => {
        const { code } = (error as { readonly cause: { readonly code?: string } }).cause;
        if (code !== 'ECONNREFUSED') cutOff.count += 1;
      });
      if (answer?.status === 200) return void acknowledged.push(event.eventNo);
      await setTimeout(100);
    }
  }
  const done = Promise.all(
    Array.from({ length: lanes }, async () => {
      while (!isOver) {
        await deliver(eventOn(today, ++serial));
        await setTimeout(20);
      }
    }),
  );
  return {
    acknowledged,
    /** Deliveries that had reached a hub which died before it answered. */
    cutOff,
    /** Resolves when every event that was begun is acknowledged. */
    async finish() {
      isOver = true;
      await done;
    },
  };
}

test(
  `every event acknowledged with 200 is an item, exactly one, after ${kills} kills (kill -9)`,
  async () => {
    const data = join(folder, 'data');
    const port = await freePort();
    const { baseUrl } = platform.options;
    const gridSafety = { baseUrl, secrets: [secret], listen: { port }, pullTime: '00:00' };
    const config = { log: { level: 'info' }, connectors: { 'grid-safety': gridSafety } };
    const day = dayOf(Date.now());
    const neverPushed = Array.from({ length: 20 }, (_, index) => eventOn(day, index + 1));
    for (const event of neverPushed) Object.assign(event, { acceptDate: `${day} 00:00:00` });
    platform.days.set(day, neverPushed);

    const first = startHub({ data, config });
    await until(first, 'the first hub pulls', settled(data, neverPushed.length));
    const pushing = startPushing(`http://127.0.0.1:${port}/grid-safety`, 4);
    await until(first, 'it is pushed to', async () => pushing.acknowledged.length >= 20);
    first.kill('SIGKILL');
    await first.exited;

    const random = seededRandom(seed, 'kills');
    for (let died = 1; died < kills; died++) {
      const killAt = `${['after-commit', 'before-commit', 'after-begin'][died % 3]}:${20 + random.below(60)}`;
      const hub = startHub({ data, config, killAt });
      await Promise.race([hub.exited, setTimeout(30_000, undefined, { ref: false })]);
      hub.kill('SIGKILL');
      expect((await hub.exited).signal).toBe('SIGKILL');
    }

    const last = startHub({ data, config });
    await until(last, 'it is pushed to again', async () => (await recordsRead(data)) > 0);
    await pushing.finish();
    await until(last, 'the last hub settles', settled(data, 1));
    expect(await last.stop()).toBe(0);

    const { problems, projection, recordIds, deadLetters } = await checkData(data);
    expect(problems).toEqual([]);
    expect(deadLetters).toEqual({});
    const expected = [...neverPushed.map(({ eventNo }) => eventNo), ...pushing.acknowledged];
    expect(recordIds).toEqual([...new Set(expected)].sort());
    expect(Object.keys(projection)).toHaveLength(expected.length);
    expect(pushing.cutOff.count).toBeGreaterThan(0);
  },
  120_000 + kills * 40_000,
);
