import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { type Action, defaultLimits, type Life, largestGrowth, type Sign, step, unborn } from './watchdog.ts';

const limits = defaultLimits;
const limitBytes = 100;

/** A life under a fake clock: the signs one after the other, and what was decided on the way. */
function live(
  signs: readonly Sign[],
  from: Life = unborn,
  random = 1 - 2 ** -20,
): { life: Life; actions: Action[] } {
  let life = from;
  const actions: Action[] = [];
  for (const sign of signs) {
    const [next, action] = step(life, sign, limits, random);
    life = next;
    if (action !== null) actions.push(action);
  }
  return { life, actions };
}

const started: Sign = { type: 'started' };
const heard: Sign = { type: 'heard' };
const ticks = (ms: number): Sign[] =>
  Array.from({ length: ms / 250 }, () => ({ type: 'tick', ms: 250 }) as const);
const memory = (bytes: number): Sign => ({ type: 'memory', bytes, limitBytes, sinceMs: 250 });
const failed: Sign = { type: 'ended', failure: { retriable: true } };
const refused: Sign = { type: 'ended', failure: { retriable: false } };

describe('silence', () => {
  test('five seconds without a heartbeat end the thread, once', () => {
    expect(live([started, heard, ...ticks(4_750)]).actions).toEqual([]);
    expect(live([started, heard, ...ticks(5_000)]).actions).toEqual(['end silent']);
    expect(live([started, heard, ...ticks(20_000)]).actions).toEqual(['end silent']);
  });

  test('a heartbeat starts the count anew', () => {
    expect(live([started, heard, ...ticks(4_750), heard, ...ticks(4_750), heard]).actions).toEqual([]);
  });

  test('a thread that is still loading has thirty seconds', () => {
    expect(live([started, ...ticks(29_750)]).actions).toEqual([]);
    expect(live([started, ...ticks(30_000)]).actions).toEqual(['end silent']);
  });

  test('a pause of the whole machine is one tick, not silence', () => {
    expect(live([started, heard, { type: 'tick', ms: 250 }, heard]).actions).toEqual([]);
  });
});

describe('memory', () => {
  test('garbage above the limit for less than a second is no leak', () => {
    expect(
      live([started, heard, memory(150), memory(150), memory(150), memory(99), memory(150)]).actions,
    ).toEqual([]);
  });

  test('above the limit for a second ends the thread', () => {
    expect(live([started, heard, memory(150), memory(150), memory(150), memory(150)]).actions).toEqual([
      'end memory',
    ]);
  });

  test('twice the limit ends it at once', () => {
    expect(live([started, heard, memory(201)]).actions).toEqual(['end memory']);
  });

  test('a thread that is being ended is not ended again', () => {
    expect(live([started, heard, memory(201), memory(500), ...ticks(60_000)]).actions).toEqual([
      'end memory',
    ]);
  });
});

describe('restart', () => {
  test('pauses double with each failure in a row, up to a minute', () => {
    let { life } = live([started, heard, failed]);
    const pauses = [life.waitMs];
    for (let i = 0; i < 9; i++) {
      life = live([started, heard, failed], life).life;
      pauses.push(life.waitMs);
    }
    expect(pauses).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 32_000, 60_000, 60_000, 60_000]);
  });

  test('the pause is at least half of that, so that parts which fell together do not return together', () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), (random) => {
        const { life } = live([started, failed], unborn, random);
        expect(life.waitMs).toBeGreaterThanOrEqual(250);
        expect(life.waitMs).toBeLessThanOrEqual(500);
      }),
    );
  });

  test('when the pause is over it starts, and the restart is counted', () => {
    const { life, actions } = live([started, failed, ...ticks(500)]);
    expect(actions).toEqual(['start']);
    expect(life.restarts).toBe(1);
  });

  test('a minute without failure has earlier failures forgotten', () => {
    const beats = Array.from({ length: 60 }, () => [...ticks(1_000), heard]).flat();
    const tired = live([started, failed, started, failed, started, heard]).life;
    expect(live([...beats.slice(0, -5), failed], tired).life.waitMs).toBe(2_000);
    expect(live([...beats, failed], tired).life.waitMs).toBe(500);
  });

  test('an error that waiting does not cure stops the part; it is tried every five minutes all the same', () => {
    const { life, actions } = live([started, heard, refused, ...ticks(299_750)], unborn, 0);
    expect(life.state).toBe('STOPPED');
    expect(actions).toEqual([]);
    expect(live(ticks(250), life).actions).toEqual(['start']);
  });

  test('a part that ended because it was told to stays down', () => {
    const { life, actions } = live([
      started,
      heard,
      { type: 'ending' },
      { type: 'ended', failure: null },
      ...ticks(600_000),
    ]);
    expect(life.state).toBe('STOPPED');
    expect(actions).toEqual([]);
  });

  test('a part told never to come back while it waits stays down', () => {
    const { life, actions } = live([started, failed, { type: 'never again' }, ...ticks(600_000)]);
    expect(life.state).toBe('STOPPED');
    expect(actions).toEqual([]);
  });

  test('a person starts a waiting part at once, but no second thread of a running one', () => {
    expect(live([started, refused, { type: 'restart' }]).actions).toEqual(['start']);
    expect(live([started, heard, { type: 'restart' }]).actions).toEqual([]);
  });
});

test('a thread that retries by itself is in BACKOFF until it tries again', () => {
  const retrying = live([started, heard, { type: 'retrying', pauseMs: 1_000 }]).life;
  expect(retrying.state).toBe('BACKOFF');
  expect(live(ticks(750), retrying).life.state).toBe('BACKOFF');
  expect(live(ticks(1_000), retrying).life.state).toBe('RUNNING');
});

test('whatever happens, no thread is started while there is one', () => {
  const sign = fc.oneof(
    fc.constant<Sign>(heard),
    fc.constant<Sign>({ type: 'tick', ms: 250 }),
    fc.constant<Sign>({ type: 'tick', ms: 400_000 }),
    fc.integer({ min: 0, max: 300 }).map(memory),
    fc.constantFrom<Sign>({ type: 'retrying', pauseMs: 1_000 }, { type: 'restart' }, { type: 'ending' }),
    fc.boolean().map((retriable): Sign => ({ type: 'ended', failure: { retriable } })),
  );
  fc.assert(
    fc.property(fc.array(sign, { maxLength: 60 }), (signs) => {
      let [life] = step(unborn, started, limits, 0);
      let threads = 1;
      for (const one of signs) {
        if (one.type === 'ended' && threads === 0) continue;
        if (one.type === 'ended') threads -= 1;
        const [next, action] = step(life, one, limits, 0);
        life = next;
        if (action === 'start') {
          threads += 1;
          [life] = step(life, started, limits, 0);
        }
        expect(threads).toBeLessThanOrEqual(1);
        expect(life.thread === 'none').toBe(threads === 0);
      }
    }),
  );
});

describe('the last resort', () => {
  const mebibyte = 1024 * 1024;
  const holding = (name: string, firstMb: number, mb: number) => ({
    name,
    firstBytes: firstMb * mebibyte,
    bytes: mb * mebibyte,
  });

  test('takes the one that has grown most, not the largest', () => {
    expect(
      largestGrowth([holding('large', 500, 600), holding('growing', 20, 320), holding('small', 10, 12)]),
    ).toBe('growing');
  });

  test('takes none when none has grown notably: the memory is not theirs', () => {
    expect(largestGrowth([holding('large', 500, 540), holding('small', 10, 12)])).toBeNull();
    expect(largestGrowth([])).toBeNull();
  });
});
