import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type Clock, systemClock } from '../../runtime/clock.ts';
import { contentHash } from '../../runtime/core/intake.ts';
import { type Logger, silentLogger } from '../../runtime/telemetry.ts';
import { sign } from '../transports/webhook/index.ts';
import type { PullPosition } from './days.ts';
import { eventOn, type FakePlatform, noon, secret, startPlatform, today } from './fake-platform.ts';
import { gridSafety } from './index.ts';

let platform: FakePlatform;
let now: number;
beforeEach(async () => {
  now = noon;
  platform = await startPlatform({ days: 2, now: () => now });
});
afterEach(async () => {
  running?.stop.abort();
  await running?.ended;
  await platform.stop();
});

let running: ReturnType<typeof run>;

/** Runs the connector with a clock that stands still at noon until it is moved; its polls are as quick as they may be. */
function run(
  options: Record<string, unknown> = {},
  position: PullPosition | null = null,
  leads = () => true,
) {
  const stop = new AbortController();
  const clock: Clock = {
    ...systemClock,
    now: () => now,
    sleep: (ms, signal) => systemClock.sleep(ms === 3_600_000 ? 5 : ms, signal),
  };
  const listening = Promise.withResolvers<string>();
  const warnings: Record<string, unknown>[] = [];
  const log: Logger = {
    ...silentLogger,
    info: (_, facts) => listening.resolve(`http://127.0.0.1:${facts?.port}/grid-safety`),
    warn: (message, facts) => void warnings.push({ said: message, ...facts }),
  };
  const config = gridSafety.config.parse({ ...platform.options, rereadDays: 1, ...options });
  const texts: string[] = [];
  const positions: (PullPosition | null)[] = [];
  const context = { config, position, signal: stop.signal, clock, log, leads };
  const ended = (async () => {
    for await (const batch of gridSafety.read(context)) {
      texts.push(...batch.records.map(({ bytes }) => new TextDecoder().decode(bytes)));
      positions.push(batch.position);
    }
  })();
  ended.catch(() => {});
  return {
    stop,
    ended,
    texts,
    positions,
    warnings,
    async push(event: unknown) {
      const body = JSON.stringify(event);
      const headers = { ...sign(secret, body, now) };
      return (await fetch(await listening.promise, { method: 'POST', body, headers })).status;
    },
  };
}

async function until(condition: () => boolean): Promise<void> {
  while (!condition()) await systemClock.sleep(10);
}
const isIdle = () => running.positions.at(-1)?.todo.length === 0;
const hashOf = (text: string) => {
  const raw = { bytes: new TextEncoder().encode(text), format: 'JSON' as const, correlationId: '1' };
  const outcome = gridSafety.normalize(raw, { config: null, ingestedAt: noon });
  if (outcome.kind !== 'next') throw new Error(JSON.stringify(outcome));
  return [outcome.value.recordId, contentHash(outcome.value.content)].join(' ');
};

describe('the daily pull', () => {
  test('finds what no push has brought, and brings the same content as the pushes', async () => {
    const events = platform.days.get(today)!;
    running = run();
    for (const event of events.slice(1)) expect(await running.push({ ...event, ts: noon / 1000 })).toBe(200);
    await until(isIdle);
    const distinct = new Set(running.texts.map(hashOf));
    expect(distinct.size).toBe([...platform.days.values()].flat().length);
    expect(running.texts.some((text) => JSON.parse(text).eventNo === events[0]!.eventNo)).toBe(true);
  });

  test('waits while another worker leads, which receives as well, and begins where that one has gone', async () => {
    let isLeading = false;
    running = run({}, null, () => isLeading);
    expect(await running.push(eventOn(today, 50))).toBe(200);
    expect(await running.push(eventOn(today, 51))).toBe(200);
    expect(running.positions).toEqual([null, null]);
    isLeading = true;
    await until(isIdle);
    expect(running.texts).toHaveLength(2 + 2 * 34);
  });

  test('comes again on the next day at its time, and finds what was uploaded late', async () => {
    running = run({ pullTime: '02:30' });
    await until(isIdle);
    platform.days.get(today)!.push(eventOn(today, 99));
    const before = running.texts.length;
    now = Date.parse('2026-03-11T02:29:00+08:00');
    expect(await running.push(eventOn('2026-03-11', 1))).toBe(200);
    expect(running.texts.slice(before)).toHaveLength(1);
    now = Date.parse('2026-03-11T02:30:00+08:00');
    await until(() => running.positions.at(-1)?.run === '2026-03-11' && isIdle());
    expect(running.texts.slice(before).join()).toContain('WG330903003-20260310-0099');
  });

  test('keeps nobody from pushing while the platform is down, and is made up for when it is back', async () => {
    await platform.disturb(1, { 'server-error': 1 });
    running = run();
    expect(await running.push(eventOn(today, 50))).toBe(200);
    await until(() => running.warnings.length >= 2);
    expect(running.warnings[0]).toMatchObject({ said: 'daily pull failed', code: 'HUB_SOURCE_FAILING' });
    expect(await running.push(eventOn(today, 51))).toBe(200);
    expect(running.positions.at(-1)).toBeNull();
    await platform.disturb(1, {});
    await until(isIdle);
    expect(running.texts).toHaveLength(2 + 2 * 34);
  });

  test('reads the other days where one cannot be read, and says which is missing', async () => {
    const yesterday = [...platform.days.keys()][0]!;
    platform.onPage((day) => void platform.disturb(1, day === yesterday ? { 'inner-error': 1 } : {}));
    running = run();
    await until(() => running.positions.at(-1)?.todo.join() === yesterday);
    expect(running.warnings[0]).toMatchObject({ days: [yesterday], code: 'HUB_SOURCE_FAILING' });
    platform.onPage(() => void platform.disturb(1, {}));
    await until(isIdle);
  });

  test('reads a list again that changes while it is read', async () => {
    const events = platform.days.get(today)!;
    let changed = false;
    platform.onPage((day, pageNo) => {
      if (day !== today || pageNo !== 2 || changed) return;
      changed = true;
      // The first of the page before gets a new number: what stood at the border of the pages moves over it, unseen.
      events.push({ ...events.shift()!, eventNo: 'WG330903003-20260310-0777' });
      events.shift();
    });
    running = run();
    await until(isIdle);
    const numbers = new Set(running.texts.map((text) => JSON.parse(text).eventNo));
    expect(events.filter(({ eventNo }) => !numbers.has(eventNo))).toEqual([]);
  });

  test('gives a list up that never stands still, and reads the others', async () => {
    let serial = 100;
    platform.onPage((day) => {
      if (day === today) platform.days.get(today)!.push(eventOn(today, ++serial));
    });
    running = run();
    await until(() => running.warnings.length > 0);
    expect(running.warnings[0]).toMatchObject({ days: [today], code: 'HUB_SOURCE_UNSTABLE' });
    expect(running.positions.at(-1)?.todo).toEqual([today]);
  });

  test('goes on after a restart with the days that are still to be read', async () => {
    const asked: string[] = [];
    platform.onPage((day) => void asked.push(day));
    running = run({}, { run: today, todo: [today] });
    await until(isIdle);
    expect(new Set(asked)).toEqual(new Set([today]));
  });

  test('takes the secret that the platform takes, while they are being changed', async () => {
    running = run({ secrets: ['the-next-secret-0123', secret] });
    await until(isIdle);
    expect(running.warnings).toEqual([]);
  });
});
