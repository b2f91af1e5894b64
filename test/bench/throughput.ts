import type { RawRecord } from '../../runtime/connector.ts';
import { bareLoop } from './bare-loop.ts';
import { reportOf } from './corpus.ts';
import { type Figure, figure } from './figure.ts';
import { pageSize, startHub } from './hub-under-load.ts';

const seed = 1;
const warmUp = 4_000;

/** Items a second from the intake to the commit of the writer, beside a bare loop that writes the same bytes. */
export async function throughput(items: number): Promise<readonly Figure[]> {
  const pages = pagesOf(0, warmUp + items);
  const hub = await startHub();
  try {
    await hub.takeIn(pages.slice(0, warmUp / pageSize));
    await hub.settled(true);
    const before = await hub.usage();
    const started = performance.now();
    await hub.takeIn(pages.slice(warmUp / pageSize));
    await hub.settled();
    const committedMs = performance.now() - started;
    await hub.settled(true);
    const projectedMs = performance.now() - started;
    const { cpuMs } = await hub.usage();
    await hub.stop();
    const bare = bareLoop(hub.folder, warmUp);
    const rate = (ms: number) => (items / ms) * 1_000;
    return [
      figure('throughput', rate(committedMs), 'items/s', rate(bare.wallMs)),
      figure('throughput with item store', rate(projectedMs), 'items/s'),
      figure(
        'writer thread per item',
        ((cpuMs - before.cpuMs) / items) * 1_000,
        'us CPU',
        (bare.cpuMs / items) * 1_000,
      ),
      figure('written per item', bare.bytes / items, 'bytes'),
    ];
  } finally {
    await hub.stop();
    hub.remove();
  }
}

/** Pages of the corpus, made before the clock runs. */
export function pagesOf(from: number, to: number): RawRecord[][] {
  const pages: RawRecord[][] = [];
  for (let first = from; first < to; first += pageSize) {
    const length = Math.min(pageSize, to - first);
    pages.push(Array.from({ length }, (_, i) => reportOf(seed, first + i).raw));
  }
  return pages;
}
