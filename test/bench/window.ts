import { execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { snapshotName } from '../../runtime/dedup-index/snapshot.ts';
import { type Figure, figure } from './figure.ts';
import { startHub } from './hub-under-load.ts';
import { pagesOf } from './throughput.ts';

/** Items over which the cost is taken, after a few that warm the program up. */
const measured = 10_000;
const warmUp = 2_000;

interface InWindow {
  readonly cpuUs: number;
  readonly residentMb: number;
  /** Time until the hub has judged a report, with an index made from hub.state alone, and with a snapshot of it. */
  readonly rebuiltMs: number;
  readonly restoredMs: number;
  /** Time until it takes reports in, with a snapshot. */
  readonly standsMs: number;
}

/** What the writer's thread takes while `size` items lie in the window of the dedup index. */
async function inWindow(size: number): Promise<InWindow> {
  const folder = mkdtempSync(join(tmpdir(), 'hub-bench-window-'));
  try {
    const fill = fileURLToPath(new URL('./fill.ts', import.meta.url));
    execFileSync(process.execPath, [...process.execArgv, fill, folder, String(size)], { stdio: 'inherit' });
    const rebuiltMs = await startAndStop(folder, size);
    const started = performance.now();
    const hub = await startHub({ folder });
    const standsMs = performance.now() - started;
    await hub.takeIn(pagesOf(size + 1, size + 2));
    await hub.settled();
    const restoredMs = performance.now() - started;
    await hub.takeIn(pagesOf(size + 2, size + warmUp));
    await hub.settled(true);
    const before = await hub.usage();
    await hub.takeIn(pagesOf(size + warmUp, size + warmUp + measured));
    await hub.settled(true);
    const after = await hub.usage();
    await hub.stop();
    const cpuUs = ((after.cpuMs - before.cpuMs) / measured) * 1_000;
    return { cpuUs, residentMb: after.residentBytes / 2 ** 20, rebuiltMs, restoredMs, standsMs };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Without a snapshot; the stop leaves one. */
async function startAndStop(folder: string, size: number): Promise<number> {
  rmSync(join(folder, snapshotName), { force: true });
  const started = performance.now();
  const hub = await startHub({ folder });
  await hub.takeIn(pagesOf(size, size + 1));
  await hub.settled();
  const ms = performance.now() - started;
  await hub.stop();
  return ms;
}

/** @param items of the large window; the small one has a hundredth. */
export async function window(items: number): Promise<readonly Figure[]> {
  // The large one first: its memory is taken before anything else has been done in this process.
  const large = await inWindow(items);
  const small = await inWindow(Math.ceil(items / 100));
  return [
    figure(`writer thread per item, ${items} in the window`, large.cpuUs, 'us CPU', small.cpuUs),
    figure(`resident memory, ${items} in the window`, large.residentMb, 'MiB', 600),
    figure(`start without a snapshot, ${items} in the window`, large.rebuiltMs, 'ms', small.rebuiltMs),
    figure(`start from a snapshot, ${items} in the window`, large.restoredMs, 'ms', small.restoredMs),
    figure(`start until reports are taken in, ${items} in the window`, large.standsMs, 'ms', small.standsMs),
  ];
}
