import { execFileSync } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { complaintReport } from '../connectors/complaint-report/index.ts';
import { systemClock } from '../runtime/clock.ts';
import { loadConfig } from '../runtime/config.ts';
import { snapshotName } from '../runtime/dedup-index/snapshot.ts';
import { reportOf } from '../test/bench/corpus.ts';
import { temporaryFolder } from '../test/support/embedded-log.ts';
import { assemblyOptions, registries } from './assembly.ts';
import { assembleWriter } from './writer.ts';

test('the writer takes records in while it reads the dedup index, and judges them when it has it', async () => {
  const folder = temporaryFolder();
  const snapshot = join(folder.path, snapshotName);
  // Whoever reads it waits until somebody writes.
  execFileSync('mkfifo', [snapshot]);
  const writer = await assembleWriter({
    ...assemblyOptions(folder.path, loadConfig(null, {}, registries)),
    logLevel: 'silent',
  });
  const over = new AbortController();
  const running = writer.run(over.signal);
  const lag = writer.admin.lag as () => Promise<{ readonly writer: number }>;
  const waiting = async () => (await lag()).writer;
  try {
    const intake = await writer.openIntake(complaintReport.name);
    const { raw } = reportOf(1, 1);
    const ingestedAt = systemClock.now();
    const outcome = complaintReport.normalize(raw, { ingestedAt, config: null });
    const batch = { source: complaintReport.name, origin: 'LIVE', ingestedAt, position: null } as const;
    const receipt = await intake.accept({ ...batch, records: [{ raw, outcome }] });
    expect(receipt).toMatchObject({ accepted: 1 });
    expect(await waiting()).toBe(1);

    await writeFile(snapshot, 'no snapshot at all');
    while ((await waiting()) > 0) await systemClock.sleep(20);
    const [record] = (
      await Promise.all([0, 1, 2, 3].map((partition) => writer.log.read('hub.items', partition, 0, 1)))
    ).flat();
    expect(record).toBeDefined();
  } finally {
    over.abort();
    await running;
    await writer.close();
    folder.remove();
  }
});

test('a writer that is stopped while it reads the dedup index ends', async () => {
  const folder = temporaryFolder();
  execFileSync('mkfifo', [join(folder.path, snapshotName)]);
  const writer = await assembleWriter({
    ...assemblyOptions(folder.path, loadConfig(null, {}, registries)),
    logLevel: 'silent',
  });
  const over = new AbortController();
  const running = writer.run(over.signal);
  over.abort();
  await running;
  await writeFile(join(folder.path, snapshotName), '');
  await writer.close();
  folder.remove();
});
