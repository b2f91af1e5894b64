import { rmSync } from 'node:fs';
import type { RawRecord } from '../../runtime/connector.ts';
import { type BareLoop, bareLoop } from './bare-loop.ts';
import { reportOf } from './corpus.ts';
import { type Figure, figure } from './figure.ts';
import { pageSize, startHub } from './hub-under-load.ts';
import { stored } from './stored.ts';

const seed = 1;
const warmUp = 4_000;

/** Items a second from the intake to the commit of the writer, beside a bare loop that writes the same bytes. */
export async function throughput(items: number): Promise<readonly Figure[]> {
  const { committedMs, projectedMs, cpuMs, byTopic } = await measured(items);
  const bare = await bareOf(items);
  const rate = (ms: number) => (items / ms) * 1_000;
  const perItem = (ms: number) => (ms / items) * 1_000;
  return [
    figure('throughput', rate(committedMs), 'items/s', rate(bare.wallMs)),
    figure('throughput with item store', rate(projectedMs), 'items/s'),
    figure('writer thread per item', perItem(cpuMs), 'us CPU', perItem(bare.cpuMs)),
    figure('written per item', bare.bytes / items, 'bytes'),
    ...byTopic,
  ];
}

interface Measured {
  readonly committedMs: number;
  readonly projectedMs: number;
  readonly cpuMs: number;
  readonly byTopic: readonly Figure[];
}

async function measured(items: number): Promise<Measured> {
  const hub = await startHub();
  try {
    await hub.takeIn(pagesOf(0, warmUp));
    await hub.settled(true);
    const pages = pagesOf(warmUp, warmUp + items);
    const before = await hub.usage();
    const started = performance.now();
    await hub.takeIn(pages);
    await hub.settled();
    const committedMs = performance.now() - started;
    await hub.settled(true);
    const projectedMs = performance.now() - started;
    const after = await hub.usage();
    const reader = await hub.reader();
    const byTopic = stored(reader.database, warmUp + items);
    await reader.close();
    return { committedMs, projectedMs, cpuMs: after.cpuMs - before.cpuMs, byTopic };
  } finally {
    await hub.stop();
    hub.remove();
  }
}

/** The same items once more, with every statement kept; then those statements alone. */
async function bareOf(items: number): Promise<BareLoop> {
  const hub = await startHub();
  const before = `${hub.folder}.before`;
  try {
    await hub.takeIn(pagesOf(0, warmUp));
    await hub.settled(true);
    await hub.backup(before);
    await hub.record();
    await hub.takeIn(pagesOf(warmUp, warmUp + items));
    await hub.settled(true);
    await hub.stop();
    return bareLoop(before, hub.recording);
  } finally {
    await hub.stop();
    hub.remove();
    rmSync(before, { recursive: true, force: true });
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
