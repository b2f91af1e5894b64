import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { openEmbedded } from '../../test/support/embedded-log.ts';
import { systemClock } from '../clock.ts';
import { silentLogger } from '../telemetry.ts';
import { type HeldSlots, openSlots, type Slots, slotCount, slotOf, slotTopic } from './slots.ts';

const everySlot = Array.from({ length: slotCount }, (_, slot) => slot);
const waitMs = 5_000;

let opened: Awaited<ReturnType<typeof openEmbedded>>;
const leaving: (() => Promise<void>)[] = [];

beforeEach(async () => {
  opened = await openEmbedded();
  await opened.log.ensureTopics([slotTopic]);
});

afterEach(async () => {
  await Promise.all(leaving.splice(0).map((leave) => leave()));
  await opened.close();
});

function join(worker: string): {
  readonly slots: Slots;
  readonly ended: Promise<void>;
  leave(): Promise<void>;
} {
  const slots = openSlots(opened.log, worker, { clock: systemClock, logger: silentLogger });
  const stop = new AbortController();
  const ended = slots.run(stop.signal);
  const leave = async () => {
    stop.abort();
    await ended.catch(() => {});
  };
  leaving.push(leave);
  return { slots, ended, leave };
}

async function until(slots: Slots, isIt: (held: HeldSlots) => boolean): Promise<HeldSlots> {
  for (let seen = 0; ; ) {
    const held = await slots.held(seen, waitMs);
    if (isIt(held)) return held;
    seen = held.change;
  }
}

test('one worker holds every slot, two share them without any in common', async () => {
  const first = join('first');
  expect((await until(first.slots, ({ slots }) => slots.length === slotCount)).slots).toEqual(everySlot);
  const second = join('second');
  const half = (held: HeldSlots) => held.slots.length === slotCount / 2;
  const [one, other] = await Promise.all([until(first.slots, half), until(second.slots, half)]);
  expect([...one.slots, ...other.slots].sort((a, b) => a - b)).toEqual(everySlot);
});

test('what a worker held that leaves goes to the other', async () => {
  const first = join('first');
  const second = join('second');
  await until(first.slots, ({ slots }) => slots.length === slotCount / 2);
  await second.leave();
  expect((await until(first.slots, ({ slots }) => slots.length === slotCount)).slots).toEqual(everySlot);
});

test('a second worker of the same name fences the first', async () => {
  const first = join('same');
  await until(first.slots, ({ slots }) => slots.length === slotCount);
  const second = join('same');
  await expect(first.ended).rejects.toMatchObject({ code: 'HUB_LOG_FENCED' });
  await until(second.slots, ({ slots }) => slots.length === slotCount);
});

test('who asks again is not answered before there is news, or the wait is over', async () => {
  const { slots } = join('first');
  const { change } = await until(slots, (held) => held.slots.length === slotCount);
  await expect(slots.held(change, 30)).resolves.toMatchObject({ change });
});

test('a connector and a sink of one name have each their own place', () => {
  expect(slotOf('connector', 'archive')).not.toBe(slotOf('sink', 'archive'));
});
