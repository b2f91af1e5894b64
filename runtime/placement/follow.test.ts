import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { systemClock } from '../clock.ts';
import type { ConfiguredPart } from '../parts.ts';
import { silentLogger } from '../telemetry.ts';
import type { AssemblyAt } from '../threads/messages.ts';
import { launchPart } from '../threads/part-thread.ts';
import { type Supervisor, supervise } from '../threads/supervisor.ts';
import { startWriter, type Writer } from '../threads/writer.ts';
import { followSlots } from './follow.ts';
import { slotOf } from './slots.ts';

const support = (name: string): string =>
  new URL(`../../test/support/${name}/index.ts`, import.meta.url).href;
const module = support('stub-assembly');
const assembly: AssemblyAt = { writerModule: module, readerModule: module, options: {} };

/** Real threads over a stub of the writer, which holds what a test says. */
let writer: Writer;
let parts: Supervisor;
let leaving: AbortController;
let following: Promise<void>;

beforeEach(async () => {
  writer = await startWriter(assembly, systemClock);
  parts = supervise({
    clock: systemClock,
    log: silentLogger,
    maxProcessBytes: Number.POSITIVE_INFINITY,
    residentBytes: () => 0,
  });
  leaving = new AbortController();
  const everywhere = part('leads', 'everywhere', true);
  parts.add(everywhere);
  following = followSlots(
    {
      configured: [part('steady', 'one'), part('steady', 'two'), everywhere],
      writer,
      parts,
      clock: systemClock,
      log: silentLogger,
    },
    leaving.signal,
  );
});

afterEach(async () => {
  leaving.abort();
  await following;
  await parts.close();
  await writer.close(5_000);
});

function part(type: string, name: string, isEverywhere = false): ConfiguredPart {
  const launch = () =>
    launchPart(
      {
        kind: 'connector',
        id: name,
        source: name,
        files: null,
        leads: !isEverywhere,
        definition: { type, module: support('misbehaving-connectors') },
        input: {},
        logLevel: 'silent',
        maxRecordBytes: 1_000,
        maxMemoryMb: 128,
      },
      writer.attach('intake', name),
    );
  return { kind: 'connector', name, problems: [], maxMemoryMb: 128, isEverywhere, launch };
}

const slot = (name: string): number => slotOf('connector', name);
const running = (): readonly string[] =>
  parts
    .status()
    .filter(({ state, records }) => state === 'RUNNING' && records > 0)
    .map(({ name }) => name);

async function until(holds: () => boolean): Promise<void> {
  while (!holds()) await systemClock.sleep(20);
}

test('parts run while their slots are held, end when they go, and begin again after they were fenced', async () => {
  await writer.admin('hold', [slot('one')]);
  await until(() => running().join() === 'one');

  await writer.admin('hold', [slot('two')]);
  await until(() => running().join() === 'two');
  expect(parts.status().map(({ name }) => name)).toEqual(['everywhere', 'two']);

  // Another worker had the slot for a moment in which this one did not look.
  await writer.admin('fence', 'two');
  const two = () => parts.status().find(({ name }) => name === 'two')!;
  await until(() => two().restarts > 0 && running().join() === 'two');
  expect(two().lastError?.code).toBe('HUB_LOG_FENCED');
});

test('what runs on every worker leads where its slot is held, and nowhere else', async () => {
  const records = async () =>
    ((await writer.admin('delivered')) as Record<string, { records: number }>).everywhere?.records ?? 0;
  await writer.admin('hold', [slot('everywhere')]);
  while ((await records()) < 3) await systemClock.sleep(20);
  await writer.admin('hold', [slot('one')]);
  await until(() => running().includes('one'));
  // At 20 ms a record it would never be quiet for so long.
  for (let before = -1; before !== (await records()); await systemClock.sleep(1_000))
    before = await records();
});
