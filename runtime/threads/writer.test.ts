import { afterEach, expect, test } from '@jest/globals';
import type { StubOptions } from '../../test/support/stub-assembly/index.ts';
import { systemClock } from '../clock.ts';
import type { IntakeBatch } from '../core/intake.ts';
import { reject } from '../outcome.ts';
import { intakeOver } from './intake-port.ts';
import { startWriter, type Writer } from './writer.ts';

const module = new URL('../../test/support/stub-assembly/index.ts', import.meta.url).href;
const start = (options: StubOptions = {}): Promise<Writer> =>
  startWriter({ writerModule: module, readerModule: module, options }, systemClock);

let writer: Writer | undefined;
afterEach(async () => {
  await writer?.close(5_000);
  writer = undefined;
});

const batch = (text: string, position: number): IntakeBatch => ({
  source: 'grid-safety',
  origin: 'LIVE',
  ingestedAt: 0,
  position,
  records: [
    {
      outcome: reject('HUB_RECORD_MALFORMED', 'not looked at'),
      raw: { bytes: Buffer.from(text), format: 'OTHER', correlationId: '' },
    },
  ],
});

test('what keeps the writer from starting is told with its code', async () => {
  await expect(start({ locked: true })).rejects.toMatchObject({
    code: 'HUB_DATA_LOCKED',
    retriable: true,
    context: { pid: 1 },
  });
});

test('admin methods answer, and refuse with their code', async () => {
  writer = await start();
  expect(await writer.admin('delivered')).toEqual({});
  await expect(writer.admin('refuse', 'not now')).rejects.toMatchObject({
    code: 'HUB_CONTROL_REFUSED',
    message: 'not now',
  });
});

test('a batch goes to the writer, and a new thread of the connector shuts out the earlier one', async () => {
  writer = await start();
  const earlier = intakeOver(writer.attach('intake', 'grid-safety'));
  expect(await earlier.position()).toBeNull();
  await earlier.accept(batch('one', 1));
  const later = intakeOver(writer.attach('intake', 'grid-safety'));
  expect(await later.position()).toBe(1);
  await expect(earlier.accept(batch('two', 2))).rejects.toMatchObject({ code: 'HUB_LOG_CLOSED' });
  await later.accept(batch('three', 3));
  expect(await writer.admin('delivered')).toEqual({
    'grid-safety': { records: 2, position: 3, texts: ['one', 'three'] },
  });
});

test('while the loop drains, ports go on answering; a drain that takes too long says so', async () => {
  writer = await start({ drainMs: 1_000 });
  expect(await writer.drain(10)).toBe(false);
  expect(await writer.admin('delivered')).toEqual({});
  expect(await writer.drain(20_000)).toBe(true);
  expect(await writer.close(20_000)).toBe(true);
});

test('an error outside all promises is the death of the writer, told with its code', async () => {
  writer = await start();
  void writer.admin('die').catch(() => {});
  expect(await writer.died).toMatchObject({ code: 'HUB_INTERNAL' });
  await expect(writer.admin('delivered')).rejects.toMatchObject({ code: 'HUB_LOG_CLOSED' });
});
