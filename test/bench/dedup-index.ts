/**
 * The embedded dedup index alone: `node test/bench/dedup-index.ts [ITEMS]` (default 1,000,000) prints one JSON object a figure.
 * Items as the linker makes them at the most: 12 keys, of which 8 are an item's own or shared with a few, 112 bytes of features.
 */
import { rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openEmbeddedDedupIndex } from '../../runtime/dedup-index/embedded.ts';
import type { IndexEntry, NeighbourQuery } from '../../runtime/dedup-index/index.ts';
import { restoreSnapshot, writeSnapshot } from '../../runtime/dedup-index/snapshot.ts';
import { silentLogger } from '../../runtime/telemetry.ts';
import { exampleEntries } from '../support/index-entries.ts';
import { figure } from './figure.ts';

const items = Number(process.argv[2] ?? 1_000_000);
const batch = 500;
const entries = exampleEntries(20260310);

const print = (name: string, value: number, unit: string, reference: number | null = null) =>
  console.log(JSON.stringify(figure(name, value, unit, reference)));

const queryOf = (entry: IndexEntry): NeighbourQuery => ({ ...entry, laterKeys: entry.keys });

/** CPU time of this thread, ms: other work on the machine does not count. */
function cpuMs(): number {
  const { user, system } = process.threadCpuUsage();
  return (user + system) / 1_000;
}

/** Puts and asks in batches, as the item writer does; ms of each of the two. */
async function fill(index: ReturnType<typeof openEmbeddedDedupIndex>, from: number, to: number) {
  let putMs = 0;
  let askMs = 0;
  let longestPutMs = 0;
  for (let first = from; first < to; first += batch) {
    const batched = Array.from({ length: Math.min(batch, to - first) }, (_, i) => entries(first + i));
    const queries = batched.map(queryOf);
    const started = cpuMs();
    await index.put(batched);
    const put = cpuMs();
    await index.neighbours(queries);
    askMs += cpuMs() - put;
    putMs += put - started;
    longestPutMs = Math.max(longestPutMs, put - started);
  }
  return { putMs, askMs, longestPutMs };
}

const index = openEmbeddedDedupIndex({ maxEntries: items });
const rssBefore = process.memoryUsage.rss();
const small = Math.min(10_000, items);
await fill(index, 0, small);
const early = await fill(index, small, small * 2);
const rest = await fill(index, small * 2, items - small);
const late = await fill(index, items - small, items);
const usPer = (ms: number) => (ms * 1_000) / small;
print('dedup-index bytes an item', index.memoryBytes / index.size, 'bytes', 300);
print('dedup-index resident memory', (process.memoryUsage.rss() - rssBefore) / 2 ** 20, 'MiB');
print(`dedup-index put at ${items}`, usPer(late.putMs), 'µs/item', usPer(early.putMs));
print(`dedup-index ask at ${items}`, usPer(late.askMs), 'µs/item', usPer(early.askMs));
print(`dedup-index longest put of ${batch}`, Math.max(rest.longestPutMs, late.longestPutMs), 'ms');

const full = await fill(index, items, items + small);
print('dedup-index put while another gives way', usPer(full.putMs), 'µs/item');

const file = join(tmpdir(), `hub-bench-${process.pid}.snapshot`);
try {
  const begun = cpuMs();
  await writeSnapshot(file, { index, offsets: [], linkerVersion: 'bench' });
  print('dedup-index snapshot written, CPU', cpuMs() - begun, 'ms');
  print('dedup-index snapshot', statSync(file).size / 2 ** 20, 'MiB');
  const restoring = cpuMs();
  await restoreSnapshot(file, { maxEntries: items, log: silentLogger });
  print('dedup-index snapshot restored, CPU', cpuMs() - restoring, 'ms');
} finally {
  rmSync(file, { force: true });
}

await fewFullBlocks();
await comingLate();

/** Three keys an item out of 30: every block holds far more than K. In order, one question after each put. */
async function fewFullBlocks() {
  const blocks = openEmbeddedDedupIndex();
  const count = 100_000;
  const asked = Array.from({ length: count }, (_, n) => ({
    ...entries(n),
    keys: [n % 10, 10 + (n % 9), 20 + (n % 7)],
  }));
  const warm = count / 2;
  let ms = 0;
  let found = 0;
  for (const [n, entry] of asked.entries()) {
    await blocks.put([entry]);
    const query = queryOf(entry);
    const started = cpuMs();
    const [neighbours] = await blocks.neighbours([query]);
    if (n < warm) continue;
    ms += cpuMs() - started;
    found += neighbours!.earlier.length;
  }
  print('dedup-index questions, 3 full blocks', (count - warm) / (ms / 1_000), '1/s', 100_000);
  print('dedup-index neighbours a question', found / (count - warm), 'entries');
}

/** A source that is read last to first, into one block: what a chain of single postings makes quadratic. */
async function comingLate() {
  const block = openEmbeddedDedupIndex();
  const count = 100_000;
  let last = 0;
  for (let n = count; n > 0; n -= 1) {
    const started = cpuMs();
    await block.put([{ ...entries(n), keys: [1] }]);
    if (n <= 1_000) last += cpuMs() - started;
  }
  print(`dedup-index put behind ${count} of its block`, last, 'µs/item');
}
