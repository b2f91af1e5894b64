import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import type { StubOptions } from '../../test/support/stub-assembly/index.ts';
import { systemClock } from '../clock.ts';
import { HubError } from '../errors.ts';
import { silentLogger } from '../telemetry.ts';
import type { AssemblyAt } from './messages.ts';
import { launchPart } from './part-thread.ts';
import { type Supervisor, supervise } from './supervisor.ts';
import { defaultLimits, type Limits } from './watchdog.ts';
import type { PartStatus } from './watched-part.ts';
import { startWriter, type Writer } from './writer.ts';

const support = (name: string): string =>
  new URL(`../../test/support/${name}/index.ts`, import.meta.url).href;
const gibibyte = 1024 ** 3;

function stubAssembly(options: StubOptions): AssemblyAt {
  const module = support('stub-assembly');
  return { writerModule: module, readerModule: module, options };
}

/** Real threads over a stub of the writer. Restarts are quick, everything else as in production. */
const limits: Limits = { ...defaultLimits, restart: { firstMs: 100, longestMs: 200 } };

let writer: Writer;
let supervisor: Supervisor;

beforeEach(async () => {
  writer = await startWriter(stubAssembly({}), systemClock);
  supervisor = supervise({
    clock: systemClock,
    log: silentLogger,
    limits,
    maxProcessBytes: 64 * gibibyte,
    residentBytes: () => process.memoryUsage.rss(),
  });
});

afterEach(async () => {
  await supervisor.close();
  await writer.close(5_000);
});

function add(type: string, id = type, maxMemoryMb = 128): void {
  const definition = { type, module: support('misbehaving-connectors') };
  const launch = () =>
    launchPart(
      {
        kind: 'connector',
        source: id,
        files: null,
        leads: true,
        id,
        definition,
        input: {},
        logLevel: 'silent',
        maxRecordBytes: 1_000,
        maxMemoryMb,
      },
      writer.attach('intake', id),
    );
  supervisor.add({ name: id, kind: 'connector', maxMemoryMb, launch });
}

type Delivered = Record<string, { records: number; texts: string[] } | undefined>;
const delivered = async (): Promise<Delivered> => (await writer.admin('delivered')) as Delivered;
const recordsOf = async (id: string): Promise<number> => (await delivered())[id]?.records ?? 0;

function statusOf(name: string): PartStatus {
  const found = supervisor.status().find((one) => one.name === name);
  if (found === undefined) throw new Error(`no part ${name}`);
  return found;
}

/** Waits for an event, however slow the machine is; jest's own timeout is the only bound. */
async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await systemClock.sleep(50);
}

describe('a part that misbehaves is ended and restarted, and its neighbour goes on', () => {
  test.each([
    ['spins', 'HUB_CONNECTOR_UNRESPONSIVE', 20],
    ['backtracks', 'HUB_CONNECTOR_UNRESPONSIVE', 20],
    ['fills-heap', 'HUB_CONNECTOR_MEMORY', 0],
    ['fills-heap-at-once', 'HUB_CONNECTOR_MEMORY', 0],
    ['fills-array-buffers', 'HUB_CONNECTOR_MEMORY', 0],
    ['fills-array-buffers-spinning', 'HUB_CONNECTOR_MEMORY', 0],
    ['throws-in-timer', 'HUB_CONNECTOR_CRASHED', 0],
    ['rejects-unhandled', 'HUB_CONNECTOR_CRASHED', 0],
    ['exits', 'HUB_CONNECTOR_CRASHED', 0],
    ['returns', 'HUB_CONNECTOR_CRASHED', 0],
  ])('%s: %s', async (type, code, neighbourAtLeast) => {
    add('steady');
    await until(async () => (await recordsOf('steady')) >= 3);
    add(type);
    await until(async () => (await recordsOf(type)) >= 1);
    const whenStarted = await recordsOf('steady');
    await until(() => statusOf(type).lastError !== null);
    const whenEnded = await recordsOf('steady');
    // Delivered again after the restart, from the position that was committed.
    await until(async () => (await recordsOf(type)) >= 2);
    await until(async () => (await recordsOf('steady')) > whenEnded);

    expect(statusOf(type).lastError?.code).toBe(code);
    expect(statusOf(type).restarts).toBeGreaterThanOrEqual(1);
    expect((await delivered())[type]?.texts.slice(0, 2)).toEqual(['record 1', 'record 2']);
    expect(whenEnded - whenStarted).toBeGreaterThanOrEqual(neighbourAtLeast);
    const neighbour = statusOf('steady');
    expect({ state: neighbour.state, restarts: neighbour.restarts, lastError: neighbour.lastError }).toEqual({
      state: 'RUNNING',
      restarts: 0,
      lastError: null,
    });
    const texts = (await delivered()).steady?.texts ?? [];
    expect(texts).toEqual(texts.map((_, index) => `record ${index + 1}`));
  });
});

test('what a bug in a connector says names the place, not the message, which may quote a person', async () => {
  add('throws-in-read');
  await until(() => statusOf('throws-in-read').state === 'STOPPED');
  const { code, message } = statusOf('throws-in-read').lastError!;
  expect(code).toBe('HUB_INTERNAL');
  expect(message).toMatch(/^SyntaxError thrown at .*/);
  expect(message).not.toMatch(/张三|139/);
});

test('what a crash says names the place, not the message, which may quote a person', async () => {
  add('throws-in-timer');
  await until(() => statusOf('throws-in-timer').lastError !== null);
  const message = statusOf('throws-in-timer').lastError?.message ?? '';
  expect(message).toContain('RangeError');
  expect(message).toContain('misbehaving-connectors');
  expect(message).not.toContain('139');
});

test('an error that waiting does not cure stops the part and shows it; a person can start it again', async () => {
  add('refused');
  await until(() => statusOf('refused').state === 'STOPPED');
  expect(statusOf('refused').lastError).toMatchObject({
    code: 'HUB_SOURCE_REFUSED',
    message: 'the source refuses user "hub", expected valid credentials',
  });
  const before = await recordsOf('refused');
  supervisor.restart('connector', 'refused');
  await until(async () => (await recordsOf('refused')) > before);
  expect(statusOf('refused').restarts).toBe(1);
});

test('a part asked to stop finishes its batch and does not come back; one that does not hear is ended', async () => {
  add('steady');
  add('never-stops');
  await until(async () => (await recordsOf('steady')) >= 3 && (await recordsOf('never-stops')) >= 1);
  const ended = await supervisor.stop('connector', 1_500);
  expect(ended).toEqual(['never-stops']);
  expect(supervisor.status().map(({ state }) => state)).toEqual(['STOPPED', 'STOPPED']);
  const atStop = await delivered();
  expect(statusOf('steady').records).toBe(atStop.steady?.records);
  await systemClock.sleep(1_000);
  expect(await delivered()).toEqual(atStop);
});

test('parts can be added while others run; a second of the same name is refused', async () => {
  add('steady');
  expect(() => add('steady')).toThrow(expect.objectContaining({ code: 'HUB_REGISTRY_DUPLICATE' }));
  add('steady', 'steady-two');
  await until(async () => (await recordsOf('steady-two')) >= 3);
  expect(statusOf('steady')).toMatchObject({ state: 'RUNNING', restarts: 0 });
});

test('a commit that fails is tried again with the same records, and shown meanwhile', async () => {
  await writer.close(5_000);
  writer = await startWriter(stubAssembly({ failingCommits: 1 }), systemClock);
  add('steady');
  await until(() => statusOf('steady').state === 'BACKOFF');
  expect(statusOf('steady').lastError?.code).toBe('HUB_DATA_WRITE');
  await until(async () => (await recordsOf('steady')) >= 2);
  await until(() => statusOf('steady').state === 'RUNNING');
  expect((await delivered()).steady?.texts.slice(0, 2)).toEqual(['record 1', 'record 2']);
  expect(statusOf('steady').restarts).toBe(0);
});

test('when the process outgrows its memory, the part that grew most is ended though it is within its own limit', async () => {
  await supervisor.close();
  supervisor = supervise({
    clock: systemClock,
    log: silentLogger,
    limits,
    maxProcessBytes: process.memoryUsage.rss() + 400 * 1024 ** 2,
    residentBytes: () => process.memoryUsage.rss(),
  });
  add('steady');
  add('fills-array-buffers', 'fills-array-buffers', 8_192);
  await until(() => statusOf('fills-array-buffers').lastError !== null);
  expect(statusOf('fills-array-buffers').lastError).toMatchObject({
    code: 'HUB_CONNECTOR_MEMORY',
    message: expect.stringContaining('connector fills-array-buffers grew most while the process outgrew'),
  });
  expect(statusOf('steady')).toMatchObject({ state: 'RUNNING', restarts: 0, lastError: null });
});

test('a part with a wrong configuration is shown and never started', async () => {
  const error = new HubError('HUB_CONFIG_INVALID', 'pageSize: found 500');
  supervisor.addDegraded({ kind: 'connector', name: 'wrong' }, error);
  expect(() => supervisor.restart('connector', 'wrong')).toThrow(
    expect.objectContaining({ code: 'HUB_REGISTRY_UNKNOWN' }),
  );
  expect(statusOf('wrong')).toMatchObject({
    state: 'DEGRADED',
    restarts: 0,
    lastError: { code: 'HUB_CONFIG_INVALID', message: 'pageSize: found 500' },
  });
});
