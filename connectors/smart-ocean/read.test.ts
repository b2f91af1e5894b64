import { createServer } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, describe, expect, test } from '@jest/globals';
import { systemClock } from '../../runtime/clock.ts';
import type { ReadBatch } from '../../runtime/connector.ts';
import { type Logger, silentLogger } from '../../runtime/telemetry.ts';
import type { VesselPosition } from '../../schemas/types.ts';
import { type AisReceiver, startAisReceiver } from '../../test/support/ais-receiver.ts';
import { nameSentence, positionSentence } from '../../test/support/ais-sentences.ts';
import { sign } from '../transports/webhook/index.ts';
import { smartOcean } from './index.ts';
import type { OceanPosition } from './read.ts';

const secret = 'a-secret-of-the-platform';
const ship = (n: number, report = {}) =>
  positionSentence({ mmsi: 412_000_000 + n, lon: 122.6, lat: 29.8, ...report });
const sart = positionSentence({ mmsi: 970_009_901, status: 14, lon: 122.75, lat: 29.66 });

const closers: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).reverse()) await close();
});

async function receiver(port?: number): Promise<AisReceiver> {
  const started = await startAisReceiver(port);
  closers.push(() => started.close());
  return started;
}

/** Reads as the runtime does: asks for the next batch when `commit` has resolved. */
function reading(
  receivers: readonly string[],
  options: object = {},
  {
    position = null,
    commit = async () => {},
  }: { position?: OceanPosition | null; commit?: () => Promise<void> } = {},
) {
  const config = smartOcean.config.parse({
    receivers,
    secrets: [secret],
    listen: { port: 0 },
    batchIntervalMs: 100,
    ...options,
  });
  const stop = new AbortController();
  const batches: ReadBatch<OceanPosition>[] = [];
  const told: string[] = [];
  const url = Promise.withResolvers<string>();
  const log: Logger = {
    ...silentLogger,
    info(message, facts) {
      told.push(message);
      if (message === 'webhook listens') url.resolve(`http://127.0.0.1:${facts?.port}/smart-ocean`);
    },
    warn: (message) => void told.push(message),
  };
  const ended = (async () => {
    for await (const batch of smartOcean.read({
      config,
      position,
      signal: stop.signal,
      clock: systemClock,
      log,
    })) {
      await commit();
      batches.push(JSON.parse(JSON.stringify(batch)));
    }
  })();
  closers.push(async () => {
    stop.abort();
    await ended;
  });
  const vessels = (): Map<string, VesselPosition> =>
    new Map(batches.flatMap(({ beside }) => beside?.vessels ?? []).map((vessel) => [vessel.mmsi, vessel]));
  return {
    batches,
    told,
    vessels,
    url: url.promise,
    records: () => batches.flatMap(({ records }) => records),
    stop: () => stop.abort(),
    ended,
    until: (isTrue: () => boolean) => until(isTrue, () => JSON.stringify([...vessels().keys()])),
    hears: (n: number) =>
      until(
        () => vessels().has(String(412_000_000 + n)),
        () => `ship ${n}`,
      ),
  };
}

/** Waits for something that comes without a signal of its own. */
async function until(isTrue: () => boolean, what: () => string): Promise<void> {
  for (let tries = 0; !isTrue(); tries++) {
    if (tries > 2_000) throw new Error(`never came: ${what()}`);
    await sleep(10);
  }
}

async function push(url: string, alarm: object): Promise<number> {
  const body = JSON.stringify(alarm);
  const answer = await fetch(url, { method: 'POST', body, headers: { ...sign(secret, body, Date.now()) } });
  return answer.status;
}
const alarm = {
  alarmId: 'YJ1',
  alarmType: '失联',
  mmsi: '412999902',
  lastTime: '2026-03-10 01:22:41',
  lostMin: 10,
};

describe('several receivers', () => {
  test('are read as one: what a second one repeats is dropped, what only it has comes', async () => {
    const [one, two] = [await receiver(), await receiver()];
    const run = reading([one.address, two.address], { batchIntervalMs: 500 });
    await Promise.all([one.connected(), two.connected()]);
    one.send(ship(1), ship(2));
    two.send(ship(2), ship(3));
    await run.hears(1);
    await run.hears(3);
    const heard = run.batches.flatMap(({ beside }) => beside?.vessels ?? []).map(({ mmsi }) => mmsi);
    expect(heard.sort()).toEqual(['412000001', '412000002', '412000003']);
    const streams = run.batches.flatMap(({ beside }) => beside?.stream ?? []).map(({ key }) => key);
    expect(new Set(streams)).toEqual(new Set([one.address, two.address]));
  });

  test('do not wait for one that is dead', async () => {
    const dead = await startAisReceiver();
    await dead.close();
    const alive = await receiver();
    const run = reading([dead.address, alive.address]);
    await alive.connected();
    alive.send(ship(1));
    await run.hears(1);
    expect(run.told).toContain('receiver is gone, it is tried again');
  });
});

describe('a connection that is cut', () => {
  test('is made again; the half line before it belongs to nothing; the gap is counted and survives a restart', async () => {
    const one = await receiver();
    const run = reading([one.address]);
    await one.connected();
    one.send(ship(1));
    one.write(ship(2).slice(0, 20));
    await run.hears(1);
    one.cut();
    await one.connected();
    one.write(`${ship(2).slice(20)}\r\n`);
    one.send(ship(3));
    await run.hears(3);
    expect(run.vessels().has('412000002')).toBe(false);
    const { position } = run.batches.at(-1)!;
    expect(position.gaps).toEqual({ [one.address]: 1 });

    run.stop();
    await run.ended;
    one.cut();
    const again = reading([one.address], {}, { position });
    await one.connected();
    one.send(ship(4));
    await again.hears(4);
    expect(again.batches.at(-1)!.position.gaps).toEqual({ [one.address]: 1 });
  });

  test('a receiver that comes back is read, however long nobody answered', async () => {
    const gone = await startAisReceiver();
    const port = Number(gone.address.split(':')[1]);
    await gone.close();
    const run = reading([gone.address]);
    await run.until(() => run.told.includes('receiver is gone, it is tried again'));
    const back = await receiver(port);
    await back.connected();
    back.send(ship(1));
    await run.hears(1);
    expect(run.told).toContain('receiver is back');
  });

  test('a receiver that falls silent is connected to anew', async () => {
    const one = await receiver();
    const run = reading([one.address], { silenceMs: 1_000 });
    await one.connected();
    one.send(ship(1));
    await run.until(() => run.told.includes('receiver is gone, it is tried again'));
    await one.connected();
  });
});

test('while the hub is behind, sockets are not read; when it is not, nothing of what waited is lost', async () => {
  const one = await receiver();
  const behind = Promise.withResolvers<void>();
  const run = reading([one.address], { maxStreamBytes: 1024 * 1024 }, { commit: () => behind.promise });
  await one.connected();
  // More than the buffers of the system take in.
  const flood = Buffer.alloc(24 * 1024 * 1024, `${ship(1)}\r\n`);
  one.write(flood);
  one.send('', ship(2));
  let before = -1;
  // Until the buffers of the system are full and nothing moves any more.
  for (let same = 0; same < 20; same = one.sentBytes() === before ? same + 1 : 0) {
    before = one.sentBytes();
    await sleep(25);
  }
  expect(one.sentBytes()).toBeLessThan(flood.length / 2);
  behind.resolve();
  await run.hears(2);
});

describe('the two ways in', () => {
  test('alarms come though no receiver answers', async () => {
    const run = reading(['127.0.0.1:9']);
    expect(await push(await run.url, alarm)).toBe(200);
    expect(run.records()).toHaveLength(1);
  });

  test('ships come though the webhook cannot listen, and alarms when it can', async () => {
    const one = await receiver();
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(0, '127.0.0.1', resolve));
    const { port } = other.address() as { port: number };
    const run = reading([one.address], { listen: { port } });
    await one.connected();
    one.send(ship(1));
    await run.hears(1);
    expect(run.told).toContain('alarms are not received, the webhook is opened again');
    await new Promise((resolve) => other.close(resolve));
    expect(await push(await run.url, alarm)).toBe(200);
  });

  test('keep what is open of each other in the position', async () => {
    const one = await receiver();
    const run = reading([one.address]);
    await one.connected();
    one.send(sart);
    await run.until(() => run.records().length === 1);
    expect(await push(await run.url, { ...alarm, alarmId: null })).toBe(200);
    const { position } = run.batches.at(-1)!;
    expect(position).toMatchObject({
      distress: [{ mmsi: '970009901' }],
      alarms: [{ key: '412999902/失联' }],
    });
  });
});

test('a distress that was open before a restart is not told again, another one is', async () => {
  const one = await receiver();
  const first = reading([one.address]);
  await one.connected();
  one.send(sart);
  await first.until(() => first.records().length === 1);
  first.stop();
  await first.ended;
  one.cut();

  const again = reading([one.address], {}, { position: first.batches.at(-1)!.position });
  await one.connected();
  one.send(
    sart,
    positionSentence({ mmsi: 972_000_001, status: 14, lon: 122.7, lat: 29.6 }),
    nameSentence(412_000_009, 'X'),
  );
  await again.hears(9);
  expect(again.records().map(({ correlationId }) => correlationId)).toEqual([
    expect.stringContaining('distress/972000001/MOB/'),
  ]);
});

describe('check', () => {
  const check = (options: object) =>
    smartOcean.check({
      config: smartOcean.config.parse({
        receivers: ['127.0.0.1:9'],
        secrets: [secret],
        listen: { port: 0 },
        ...options,
      }),
      signal: new AbortController().signal,
      clock: systemClock,
      log: silentLogger,
    });

  test('passes while one way in works, and throws when none does', async () => {
    const one = await receiver();
    const { port } = { port: Number(one.address.split(':')[1]) };
    await expect(check({})).resolves.toBeUndefined();
    await expect(check({ receivers: [one.address], listen: { port } })).resolves.toBeUndefined();
    await expect(check({ listen: { port } })).rejects.toMatchObject({ code: 'HUB_SOURCE_NOT_LISTENING' });
  });
});
