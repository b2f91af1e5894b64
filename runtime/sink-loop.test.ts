import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Clock, systemClock } from './clock.ts';
import { openDatabase } from './embedded/database.ts';
import { HubError } from './errors.ts';
import { EmbeddedLog } from './log/embedded.ts';
import type { SinkTask } from './sink.ts';
import { runSink, type SinkGroup } from './sink-loop.ts';
import { silentLogger } from './telemetry.ts';
import { sinkEnd, sinkGroup } from './threads/sink-group.ts';

const topic = 'hub.items';
/** Pauses of a retry take no time, and are written down. */
const pauses: number[] = [];
const clock: Clock = {
  ...systemClock,
  sleep: async (ms, signal) => {
    pauses.push(ms);
    await systemClock.sleep(0, signal);
  },
};

let folder: string;
let log: EmbeddedLog;
let closeLog: () => Promise<void>;

beforeEach(async () => {
  pauses.length = 0;
  folder = mkdtempSync(join(tmpdir(), 'hub-sink-'));
  const db = openDatabase(folder, 'write');
  log = new EmbeddedLog(db, { clock: systemClock, mode: 'write' });
  closeLog = async () => {
    await log.close();
    db.close();
  };
  await log.ensureTopics([{ name: topic, partitions: 2 }]);
});

afterEach(async () => {
  await closeLog();
  rmSync(folder, { recursive: true });
});

async function append(partition: number, ...texts: string[]): Promise<void> {
  const producer = await log.producer('test');
  const transaction = producer.begin();
  transaction.append(
    topic,
    partition,
    texts.map((text) => ({ key: null, value: Buffer.from(text), timestamp: 0 })),
  );
  await transaction.commit();
}

const committed = () =>
  log.committed(sinkGroup('s'), [
    { topic, partition: 0 },
    { topic, partition: 1 },
  ]);

interface Target extends SinkTask {
  readonly written: string[];
  opened: number;
  closed: number;
}

function target(overrides: Partial<SinkTask> = {}): Target {
  const made: Target = {
    written: [],
    opened: 0,
    closed: 0,
    resumeAt: async () => null,
    write: async (_topic, partition, records) => {
      for (const { value } of records) made.written.push(`${partition} ${Buffer.from(value!).toString()}`);
    },
    close: async () => {
      made.closed += 1;
    },
    ...overrides,
  };
  return made;
}

/** Runs the sink until `enough` records are written, then stops it. */
async function run(
  task: Target,
  enough: number,
  topics: readonly string[] = [topic],
): Promise<{ retries: HubError[] }> {
  const methods = sinkEnd(log, 's').methods as unknown as SinkGroup;
  const stop = new AbortController();
  const retries: HubError[] = [];
  if (enough === 0) stop.abort();
  await runSink({
    group: sinkGroup('s'),
    topics,
    open: async () => {
      task.opened += 1;
      return task;
    },
    log,
    prepare: async () => {},
    changed: (options) => log.changed(options),
    offsets: methods,
    clock,
    signal: stop.signal,
    logger: silentLogger,
    onBatch: () => {
      if (task.written.length >= enough) stop.abort();
    },
    onRetry: (error) => retries.push(error),
  });
  return { retries };
}

test('records of all partitions are written in their order, and the offsets move after them', async () => {
  await append(0, 'a', 'b');
  await append(1, 'c');
  const task = target();
  await run(task, 3);
  expect(task.written).toEqual(['0 a', '0 b', '1 c']);
  const ends = [(await log.range(topic, 0)).end, (await log.range(topic, 1)).end];
  expect(await committed()).toEqual(ends);
  expect(task.closed).toBe(1);
});

test('a restarted sink goes on where it was, and picks up what comes while it waits', async () => {
  await append(0, 'a');
  await run(target(), 1);
  const task = target();
  const going = run(task, 2);
  await append(0, 'b');
  await append(1, 'c');
  await going;
  expect(task.written).toEqual(['0 b', '1 c']);
});

test('a target that keeps the position itself is asked for it', async () => {
  await append(0, 'a', 'b', 'c');
  const { start } = await log.range(topic, 0);
  const task = target({
    resumeAt: async (_topic, partition) =>
      partition === 0 ? { next: start + 2, lastTimestamp: null } : null,
  });
  await run(task, 1);
  expect(task.written).toEqual(['0 c']);
});

test('a target that was filled from other data stops the sink, before anything is left out', async () => {
  await append(0, 'a', 'b');
  const { end } = await log.range(topic, 0);
  const resumingAt = (next: number) =>
    target({
      resumeAt: async (_topic, partition) => (partition === 0 ? { next, lastTimestamp: null } : null),
    });
  await expect(run(resumingAt(end + 1), 1)).rejects.toMatchObject({
    code: 'HUB_LOG_OFFSET_OUT_OF_RANGE',
    message: expect.stringContaining(
      `goes on at offset ${end + 1} of ${topic}/0, but the log ends at ${end}`,
    ),
  });
  const task = resumingAt(end);
  const going = run(task, 1);
  await append(0, 'c');
  await going;
  expect(task.written).toEqual(['0 c']);
});

test('a target filled by a log that has since been put back and grown past it stops the sink; by this one it goes on', async () => {
  await append(0, 'a', 'b', 'c');
  const { start } = await log.range(topic, 0);
  const [written] = await log.read(topic, 0, start + 1, 1);
  const resumingAfter = (lastTimestamp: number) =>
    target({
      resumeAt: async (_topic, partition) => (partition === 0 ? { next: start + 2, lastTimestamp } : null),
    });
  await expect(run(resumingAfter(written!.timestamp - 1), 1)).rejects.toMatchObject({
    code: 'HUB_LOG_OFFSET_OUT_OF_RANGE',
    message: expect.stringContaining('the record before it is another'),
  });
  const task = resumingAfter(written!.timestamp);
  await run(task, 1);
  expect(task.written).toEqual(['0 c']);
});

test('a failed write is retried in a newly opened target, from the last confirmed record', async () => {
  await append(0, 'a');
  await append(1, 'b');
  let failures = 3;
  const task = target();
  const { write } = task;
  const failing: Target = Object.assign(task, {
    write: async (...call: Parameters<SinkTask['write']>) => {
      if (call[1] === 1 && failures > 0) {
        failures -= 1;
        throw new Error('connection reset');
      }
      await write(...call);
    },
  });
  const { retries } = await run(failing, 2);
  expect(task.written).toEqual(['0 a', '1 b']);
  expect(retries.map(({ code, message }) => `${code}: ${message}`)).toEqual(
    Array(3).fill(expect.stringMatching(/^HUB_SINK_FAILED: Error thrown at .*sink-loop\.test\.ts/)),
  );
  expect([task.opened, task.closed]).toEqual([4, 4]);
  expect(pauses.map((ms, index) => ms >= 500 * 2 ** index && ms <= 1_000 * 2 ** index)).toEqual([
    true,
    true,
    true,
  ]);
});

test('an error that waiting does not cure ends the sink, closed', async () => {
  await append(0, 'a');
  const task = target({
    write: async () => {
      throw new HubError('HUB_CONFIG_INVALID', 'no such table');
    },
  });
  await expect(run(task, 1)).rejects.toMatchObject({ code: 'HUB_CONFIG_INVALID' });
  expect(task.closed).toBe(1);
  expect(await committed()).toEqual([null, null]);
});

test('a topic that does not exist is named', async () => {
  await expect(run(target(), 1, ['hub.itmes'])).rejects.toMatchObject({ code: 'HUB_LOG_UNKNOWN_TOPIC' });
});

test('an earlier thread of the same sink can no longer move the offsets', async () => {
  await append(0, 'a');
  const { end } = await log.range(topic, 0);
  const earlier = sinkEnd(log, 's').methods as unknown as SinkGroup;
  await earlier.join([topic]);
  const later = sinkEnd(log, 's').methods as unknown as SinkGroup;
  await later.join([topic]);
  await expect(earlier.commit([{ topic, partition: 0, next: end }])).rejects.toMatchObject({
    code: 'HUB_LOG_FENCED',
  });
  await later.commit([{ topic, partition: 0, next: end }]);
  expect(await committed()).toEqual([end, null]);
});

test('what a sink does besides goes on beside the writing, and is stopped with it', async () => {
  await append(0, 'a');
  const seen: string[] = [];
  const task = target({
    work: async (signal) => {
      seen.push('begun');
      await systemClock.sleep(3_600_000, signal);
      seen.push(`ended with ${task.written.length} written, ${task.closed} closed`);
    },
  });
  await run(task, 1);
  expect(seen).toEqual(['begun', 'ended with 1 written, 0 closed']);
});

test('what a sink does besides and fails at makes it open anew, as a failed write does', async () => {
  const failures = ['first'];
  const task = target({
    work: async (signal) => {
      const failed = failures.shift();
      if (failed !== undefined) throw new HubError('HUB_SINK_FAILED', failed);
      await append(0, 'a');
      await systemClock.sleep(3_600_000, signal);
    },
  });
  const { retries } = await run(task, 1);
  expect(retries).toMatchObject([{ code: 'HUB_SINK_FAILED', message: 'first' }]);
  expect([task.opened, task.closed, task.written]).toEqual([2, 2, ['0 a']]);
});
