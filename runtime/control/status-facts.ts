import { stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { writerGroup } from '../core/lane-positions.ts';
import { resolverGroup } from '../core/resolver-loop.ts';
import type { Serde } from '../core/serde.ts';
import { inForce } from '../core/warning-book.ts';
import type { WarningTopic } from '../core/warning-topic.ts';
import { dataFileName } from '../embedded/database.ts';
import type { FrontStatus } from '../front/server.ts';
import type { ItemCounts, ItemStore } from '../item-store/index.ts';
import { itemsFileName } from '../item-store/items-file.ts';
import { progressOf, type StoreProgress } from '../item-store/progress.ts';
import type { Log } from '../log/index.ts';
import { runningOf } from '../placement/overview.ts';
import { readWorkers, type WorkerReport } from '../placement/workers.ts';
import type { KnownWarning } from '../processor.ts';
import { sinkGroup } from '../threads/sink-group.ts';
import type { PartStatus } from '../threads/watched-part.ts';
import { lanes, topics } from '../topics.ts';
import { type Waiting, waitingFor } from './consumed.ts';
import { readDeadLetters } from './dead-letters.ts';
import { rawTopics, receivedIn } from './raw-topics.ts';
import { type ReviewReading, readReview } from './review.ts';

/** How a hub is, as far as file, disk and the running process tell. Times in ms since epoch. */
export interface StatusFacts {
  readonly at: number;
  /** Null when no hub runs on the folder. */
  readonly running: RunningFacts | null;
  /** All that work for a hub of several processes; none for a hub of one. */
  readonly workers: readonly WorkerReport[];
  readonly sources: readonly SourceFacts[];
  readonly lanes: readonly ({ readonly lane: string } & Waiting)[];
  /** What each sink has not delivered yet. */
  readonly sinks: readonly ({ readonly sink: string } & Waiting)[];
  /** Facts and verdicts that the cluster resolver has not heard. */
  readonly resolver: Waiting;
  /** Suggested links that wait for a person; those between items from history are only counted. */
  readonly review: { readonly live: number; readonly overdue: number; readonly history: number };
  /** How far the read model is; counts and lists of items are as old as it. */
  readonly projection: StoreProgress;
  readonly items: ItemCounts;
  /** MAJOR items that wait for a signature, oldest first; those from history are only counted. */
  readonly unsigned: readonly UnsignedMajor[];
  readonly unsignedFromHistory: number;
  /** In force now. */
  readonly warnings: readonly Pick<KnownWarning, 'warningId' | 'type' | 'level'>[];
  /**
   * Of which people are being told, and those that nobody has acknowledged, the first of them since `oldestAt`; null where nobody is told of anything.
   */
  readonly incidents: {
    readonly open: number;
    readonly waiting: number;
    readonly oldestAt: number | null;
  } | null;
  readonly deadLetters: { readonly open: number; readonly total: number };
  readonly disk: { readonly freeBytes: number; readonly sizeBytes: number; readonly dataBytes: number };
}

export interface RunningFacts {
  readonly pid: number;
  /** When its parts were started. */
  readonly startedAt: number;
  readonly parts: readonly PartStatus[];
  readonly front: FrontStatus;
}

export interface SourceFacts {
  readonly source: string;
  /** Raw records ever received, the unreadable ones among them. */
  readonly received: number;
  readonly unreadable: number;
  /** When the last one was received. */
  readonly lastAt: number | null;
  /** When the last one was received that is no history. */
  readonly lastLiveAt: number | null;
  /** When its connector last had an answer from it, with records or without; null while none runs. */
  readonly askedAt: number | null;
  /** See SourceRhythm; null: nothing is expected of it. */
  readonly silentAfterMs: number | null;
  readonly answersAreSigns: boolean;
}

/** When it last gave a sign of life; null: never. */
export const lastSignAt = ({ lastLiveAt, askedAt, answersAreSigns }: SourceFacts): number | null =>
  answersAreSigns && askedAt !== null ? Math.max(lastLiveAt ?? 0, askedAt) : lastLiveAt;

/** What is expected of a source that is configured. */
export interface SourceRhythm {
  readonly source: string;
  /** So long it may bring nothing, ms; null: for ever. */
  readonly silentAfterMs: number | null;
  /** An answer without records is a sign of life too. */
  readonly answersAreSigns: boolean;
}

export interface UnsignedMajor {
  readonly itemId: string;
  readonly slaId: string;
  readonly ingestedAt: number;
  readonly signBy: number | null;
}

/** A sink that is to deliver, and what it reads. */
export interface SinkTopics {
  /** Key in the configuration. */
  readonly sink: string;
  readonly topics: readonly string[];
}

/** What is not read from the folder; survives structured clone. */
export interface StatusAsk {
  readonly running: StatusFacts['running'];
  readonly sources: readonly SourceRhythm[];
  readonly sinks: readonly SinkTopics[];
  readonly now: number;
}

export interface StatusReading extends StatusAsk {
  readonly folder: string;
  readonly log: Log;
  readonly serde: Serde;
  readonly store: Pick<ItemStore, 'reached' | 'counts' | 'search'> & ReviewReading['store'];
  /** See ReviewReading. */
  readonly dueOf: ReviewReading['dueOf'];
  readonly warnings: Pick<WarningTopic, 'book'>;
  readonly incidents: StatusFacts['incidents'];
  /** A hub of several processes: how they are is read from their reports, not from `running`. */
  readonly isShared?: boolean;
}

/** Gathers the facts; only reads, beside a running hub or without one. */
export async function readStatus(asked: StatusReading): Promise<StatusFacts> {
  const { folder, log, store, now, isShared = false } = asked;
  const workers = isShared ? await readWorkers(log) : [];
  const running = isShared ? runningOf(workers, configuredParts(asked), now) : asked.running;
  const reading = { ...asked, running };
  const letters = await readDeadLetters(log);
  const majors = await store.search({ itemClass: 'MAJOR', status: 'SUBMITTED', limit: 1_000 });
  const live = majors.filter(({ item }) => item.origin === 'LIVE');
  return {
    at: now,
    running,
    workers,
    sources: await sourcesOf(reading, (source) =>
      letters
        .filter((letter) => letter.source === source && letter.stage === 'normalize')
        .reduce((sum, { count }) => sum + count, 0),
    ),
    lanes: await Promise.all(
      lanes.map(async (lane) => ({ lane, ...(await waitingFor(writerGroup, log, [lane])) })),
    ),
    sinks: await Promise.all(
      reading.sinks.map(async ({ sink, topics }) => ({
        sink,
        ...(await waitingFor(sinkGroup(sink), log, topics)),
      })),
    ),
    resolver: await waitingFor(resolverGroup, log, [topics.links]),
    review: await reviewOf(reading),
    projection: await progressOf(log, store),
    items: await store.counts(),
    unsigned: live
      .map(({ itemId, item: { ingestedAt, deadlines } }) => ({
        itemId,
        ingestedAt,
        slaId: deadlines.slaId,
        signBy: deadlines.signBy,
      }))
      .sort((a, b) => a.ingestedAt - b.ingestedAt),
    unsignedFromHistory: majors.length - live.length,
    warnings: (await reading.warnings.book()).known
      .filter((warning) => inForce(warning, now, now))
      .map(({ warningId, type, level }) => ({ warningId, type, level })),
    incidents: reading.incidents,
    deadLetters: {
      open: letters.filter(({ state }) => state === 'open').length,
      total: letters.length,
    },
    disk: await diskOf(folder),
  };
}

const configuredParts = ({ sources, sinks }: StatusAsk) => [
  ...sources.map(({ source: name }) => ({ kind: 'connector', name }) as const),
  ...sinks.map(({ sink: name }) => ({ kind: 'sink', name }) as const),
];

async function reviewOf(reading: ReviewReading): Promise<StatusFacts['review']> {
  const queue = await readReview(reading);
  const live = queue.filter(({ isLive }) => isLive);
  const overdue = live.filter(({ isOverdue }) => isOverdue).length;
  return { live: live.length, overdue, history: queue.length - live.length };
}

async function sourcesOf(
  { log, running, sources: rhythms }: Pick<StatusReading, 'log' | 'running' | 'sources'>,
  unreadableOf: (source: string) => number,
): Promise<SourceFacts[]> {
  const found: SourceFacts[] = [];
  for (const { source, topic, ranges } of await rawTopics(log)) {
    let lastAt: number | null = null;
    let lastLiveAt: number | null = null;
    for (const [partition, { start, end }] of ranges.entries()) {
      const [last] = end > start ? await log.read(topic, partition, end - 1, 1) : [];
      if (last === undefined) continue;
      lastAt = Math.max(lastAt ?? 0, last.timestamp);
      if (last.headers.origin === 'LIVE') lastLiveAt = Math.max(lastLiveAt ?? 0, last.timestamp);
    }
    const received = receivedIn(ranges);
    const rhythm = rhythms.find((one) => one.source === source);
    if (received === 0 && rhythm === undefined) continue;
    const part = running?.parts.find((one) => one.kind === 'connector' && one.name === source);
    found.push({
      source,
      received,
      unreadable: unreadableOf(source),
      lastAt,
      lastLiveAt,
      askedAt: part?.lastBatchAt ?? null,
      silentAfterMs: rhythm?.silentAfterMs ?? null,
      answersAreSigns: rhythm?.answersAreSigns ?? false,
    });
  }
  return found;
}

export async function diskOf(folder: string): Promise<StatusFacts['disk']> {
  const { bavail, blocks, bsize } = await statfs(folder);
  const sizes = await Promise.all(
    [dataFileName, itemsFileName]
      .flatMap((name) => [name, `${name}-wal`])
      .map((name) =>
        stat(join(folder, name)).then(
          ({ size }) => size,
          () => 0,
        ),
      ),
  );
  return {
    freeBytes: bavail * bsize,
    sizeBytes: blocks * bsize,
    dataBytes: sizes.reduce((sum, size) => sum + size, 0),
  };
}
