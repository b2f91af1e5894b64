import { setTimeout } from 'node:timers/promises';
import type { HubReader } from '../../cli/reader.ts';
import type { RawRecord } from '../../runtime/connector.ts';
import { topics } from '../../runtime/topics.ts';
import { type Report, reportOf } from './corpus.ts';
import { type Figure, figure, quantile } from './figure.ts';
import { type HubUnderLoad, itemIdOfReport, startHub } from './hub-under-load.ts';
import { pagesOf } from './throughput.ts';

const itemsASecond = 500;
/** An answer of the source comes so often, with what has gathered since the last. */
const betweenAnswersMs = 20;
const warmUp = 4_000;
const latencyAimMs = 100;

/** From the answer of the source to the first sight of the item on hub.items, at 500 items a second. */
export async function latency(items: number): Promise<readonly Figure[]> {
  const hub = await startHub();
  try {
    await hub.takeIn(pagesOf(0, warmUp));
    await hub.settled(true);
    const reports = Array.from({ length: items }, (_, i) => reportOf(1, warmUp + i));
    const perAnswer = (itemsASecond * betweenAnswersMs) / 1_000;
    const watch = await watchItems(hub);
    await hub.takeIn(onTime(reports, perAnswer, betweenAnswersMs, watch.received));
    const sorted = await watch.all(items);
    return [
      figure(`latency at ${itemsASecond} items/s, p50`, quantile(sorted, 0.5), 'ms'),
      figure(`latency at ${itemsASecond} items/s, p99`, quantile(sorted, 0.99), 'ms', latencyAimMs),
    ];
  } finally {
    await hub.stop();
    hub.remove();
  }
}

const urgentEveryMs = 100;
const urgentAimMs = 1_000;

/** The same for urgent reports, one at a time, while at least `waiting` inputs wait in hub.input. */
export async function urgent(waiting: number): Promise<readonly Figure[]> {
  const hub = await startHub({ waits: true });
  try {
    // Half as many again: the writer works on them while the urgent ones come.
    const ahead = Math.ceil(waiting * 1.5);
    for (let from = 0; from < ahead; from += 10_000)
      await hub.takeIn(pagesOf(from, Math.min(ahead, from + 10_000)));
    const watch = await watchItems(hub);
    await hub.go();
    let sent = 0;
    const reports = (async function* () {
      do {
        const report = reportOf(1, sent++, true);
        watch.received(report, performance.now());
        yield [report.raw];
        await setTimeout(urgentEveryMs);
      } while (ahead - watch.seen() > waiting);
    })();
    await hub.takeIn(reports);
    const sorted = await watch.all(sent);
    return [
      figure(`urgent latency, ${waiting} waiting, p50 of ${sent}`, quantile(sorted, 0.5), 'ms'),
      figure(`urgent latency, ${waiting} waiting, p99 of ${sent}`, quantile(sorted, 0.99), 'ms', urgentAimMs),
    ];
  } finally {
    await hub.stop();
    hub.remove();
  }
}

/** Answers of `perAnswer` reports at their times, late ones at once: a slow hub does not slow its source. */
async function* onTime(
  reports: readonly Report[],
  perAnswer: number,
  betweenMs: number,
  received: (report: Report, at: number) => void,
): AsyncGenerator<readonly RawRecord[]> {
  const started = performance.now();
  for (let first = 0; first < reports.length; first += perAnswer) {
    const due = started + (first / perAnswer) * betweenMs;
    const early = due - performance.now();
    if (early > 0) await setTimeout(early);
    const answer = reports.slice(first, first + perAnswer);
    for (const report of answer) received(report, due);
    yield answer.map(({ raw }) => raw);
  }
}

interface Watch {
  received(report: Report, at: number): void;
  /** Items seen so far, watched ones or not. */
  seen(): number;
  /** Sorted latencies, ms, when all `count` have been seen. */
  all(count: number): Promise<readonly number[]>;
}

/** Reads hub.items from now on, woken as every reader of a data file is. */
async function watchItems(hub: HubUnderLoad): Promise<Watch> {
  const reader = await hub.reader();
  const receivedAt = new Map<string, number>();
  const latencies: number[] = [];
  const over = new AbortController();
  let seen = 0;
  let wanted = Number.POSITIVE_INFINITY;
  const enough = Promise.withResolvers<void>();
  const following = follow(reader, over.signal, (itemId) => {
    seen += 1;
    const at = receivedAt.get(itemId);
    if (at === undefined) return;
    // Its first sight only: links and clusters bring revisions later.
    receivedAt.delete(itemId);
    latencies.push(performance.now() - at);
    if (latencies.length >= wanted) enough.resolve();
  });
  return {
    received: ({ recordId }, at) => void receivedAt.set(itemIdOfReport(recordId), at),
    seen: () => seen,
    async all(count) {
      wanted = count;
      if (latencies.length < wanted) await Promise.race([enough.promise, following]);
      over.abort();
      await following;
      await reader.close();
      return latencies.sort((a, b) => a - b);
    },
  };
}

async function follow(
  reader: HubReader,
  signal: AbortSignal,
  onItem: (itemId: string) => void,
): Promise<void> {
  const { log } = reader;
  const partitions = (await log.topics()).find(({ name }) => name === topics.items)!.partitions;
  const offsets: number[] = [];
  for (let partition = 0; partition < partitions; partition++)
    offsets.push((await log.range(topics.items, partition)).end);
  while (!signal.aborted) {
    let found = 0;
    for (const [partition, offset] of offsets.entries()) {
      const records = await log.read(topics.items, partition, offset, 1_000);
      for (const { key } of records) onItem(key!);
      found += records.length;
      if (records.length > 0) offsets[partition] = records.at(-1)!.offset + 1;
    }
    if (found === 0) await reader.changed({ waitMs: 1_000, signal });
  }
}
