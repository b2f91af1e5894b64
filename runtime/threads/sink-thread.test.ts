import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { Append, LogAssemblyOptions } from '../../test/support/log-assembly/index.ts';
import { systemClock } from '../clock.ts';
import { silentLogger } from '../telemetry.ts';
import type { AssemblyAt } from './messages.ts';
import { launchPart } from './part-thread.ts';
import { sinkGroup } from './sink-group.ts';
import { type Supervisor, supervise } from './supervisor.ts';
import { defaultLimits } from './watchdog.ts';
import { startWriter, type Writer } from './writer.ts';

const support = (name: string): string =>
  new URL(`../../test/support/${name}/index.ts`, import.meta.url).href;
const topic = 'hub.items';

let folder: string;
let assembly: AssemblyAt;
let writer: Writer;
let supervisor: Supervisor;

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'hub-sinks-'));
  const options: LogAssemblyOptions = { folder: join(folder, 'data'), topic, partitions: 2 };
  const module = support('log-assembly');
  assembly = { writerModule: module, readerModule: module, options };
  writer = await startWriter(assembly, systemClock);
  supervisor = supervise({
    clock: systemClock,
    log: silentLogger,
    limits: { ...defaultLimits, restart: { firstMs: 100, longestMs: 200 } },
    maxProcessBytes: Number.POSITIVE_INFINITY,
    residentBytes: () => 0,
  });
});

afterEach(async () => {
  await supervisor.close();
  await writer.close(5_000);
  rmSync(folder, { recursive: true });
});

const fileOf = (id: string): string => join(folder, `${id}.txt`);

function add(type: string): void {
  writeFileSync(fileOf(type), '');
  const launch = () =>
    launchPart(
      {
        kind: 'sink',
        id: type,
        definition: { type, module: support('recording-sinks') },
        input: { file: fileOf(type), topic },
        logLevel: 'silent',
        assembly,
        maxMemoryMb: 128,
      },
      writer.attach('sink', type),
    );
  supervisor.add({ name: type, kind: 'sink', maxMemoryMb: 128, launch });
}

const append = (partition: number, ...texts: string[]): Promise<unknown> =>
  writer.admin('append', { partition, texts } satisfies Append);

const linesOf = (id: string): readonly string[] => readFileSync(fileOf(id), 'utf8').split('\n').slice(0, -1);

const committed = (id: string): Promise<unknown> =>
  writer.admin('committed', { group: sinkGroup(id), at: [{ topic, partition: 0 }] });

const statusOf = (name: string) => supervisor.status().find((one) => one.name === name)!;

async function until(what: () => boolean | Promise<boolean>): Promise<void> {
  while (!(await what())) await systemClock.sleep(50);
}

test('a sink writes what is committed, in order, and after a stop goes on behind its last record', async () => {
  await append(0, 'a', 'b');
  add('appends');
  await until(() => linesOf('appends').length === 2);
  await append(0, 'c');
  await until(() => linesOf('appends').length === 3);
  expect(await supervisor.stop('sink', 5_000)).toEqual([]);
  expect(linesOf('appends')).toEqual(['0 a', '0 b', '0 c']);
  expect(statusOf('appends')).toMatchObject({ state: 'STOPPED', records: 3, lastError: null });
  const [offset] = (await committed('appends')) as [number];

  await append(0, 'd');
  await supervisor.close();
  supervisor = supervise({
    clock: systemClock,
    log: silentLogger,
    maxProcessBytes: Number.POSITIVE_INFINITY,
    residentBytes: () => 0,
  });
  add('appends');
  await until(async () => ((await committed('appends')) as [number])[0] > offset);
  expect(linesOf('appends')).toEqual(['0 d']);
});

test.each([
  ['spins-at-poison', 'HUB_SINK_UNRESPONSIVE'],
  ['throws-outside', 'HUB_SINK_CRASHED'],
])(
  'a sink that %s is ended, restarted and loses nothing, while its neighbour writes on: %s',
  async (type, code) => {
    await append(0, 'a', 'b');
    add('appends');
    add(type);
    await until(() => linesOf(type).length === 2 && linesOf('appends').length === 2);
    await append(0, 'poison');
    await append(0, 'c');
    await until(() => statusOf(type).lastError?.code === code);
    await append(1, 'd');
    await until(() => linesOf('appends').length === 5);
    await until(() => statusOf(type).restarts >= 1);
    expect(linesOf('appends').toSorted()).toEqual(['0 a', '0 b', '0 c', '0 poison', '1 d']);
    expect(statusOf('appends')).toMatchObject({ state: 'RUNNING', restarts: 0, lastError: null });
    // The offset stays before the record that was never written.
    const [healthy] = (await committed('appends')) as [number];
    const [behind] = (await committed(type)) as [number];
    expect(behind).toBeLessThan(healthy);
    expect(linesOf(type)).not.toContain('0 poison');
  },
);
