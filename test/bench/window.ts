import { type Figure, figure } from './figure.ts';
import { startHub } from './hub-under-load.ts';
import { pagesOf } from './throughput.ts';

/** Items over which the cost is taken once the window is full. */
const measured = 20_000;
/** Reports made at a time while the window fills. */
const chunk = 10_000;

/** CPU of the writer's thread per item, and memory, while so many earlier items lie in the window of the dedup index. */
async function inWindow(size: number): Promise<{ cpuUs: number; residentMb: number }> {
  const hub = await startHub();
  try {
    for (let from = 0; from < size; from += chunk) {
      await hub.takeIn(pagesOf(from, Math.min(size, from + chunk)));
      await hub.settled(true);
    }
    const pages = pagesOf(size, size + measured);
    const before = await hub.usage();
    await hub.takeIn(pages);
    await hub.settled(true);
    const after = await hub.usage();
    return {
      cpuUs: ((after.cpuMs - before.cpuMs) / measured) * 1_000,
      residentMb: after.residentBytes / 1024 / 1024,
    };
  } finally {
    await hub.stop();
    hub.remove();
  }
}

/** @param items of the large window; the small one has a hundredth. */
export async function window(items: number): Promise<readonly Figure[]> {
  const small = await inWindow(Math.ceil(items / 100));
  const large = await inWindow(items);
  return [
    figure(`writer thread per item, ${items} in the window`, large.cpuUs, 'us CPU', small.cpuUs),
    figure(`resident memory, ${items} in the window`, large.residentMb, 'MiB', 600),
  ];
}
