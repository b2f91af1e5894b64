import type { FrontStatus } from '../front/server.ts';
import { isSilent } from '../placement/overview.ts';
import type { WorkerReport } from '../placement/workers.ts';
import type { PartStatus } from '../threads/watched-part.ts';
import { topics } from '../topics.ts';
import { lastSignAt, type SourceFacts, type StatusFacts, type UnsignedMajor } from './status-facts.ts';

export type Level = 'green' | 'yellow' | 'red';

/** What a line is about; the words are the reader's. */
export type About =
  | { readonly kind: 'hub'; readonly pid: number | null }
  | {
      readonly kind: 'worker';
      readonly silentMs: number;
      readonly isSilent: boolean;
      readonly worker: WorkerReport;
    }
  | { readonly kind: 'front'; readonly front: FrontStatus }
  | ({ readonly kind: 'part' } & { readonly part: PartStatus })
  | ({ readonly kind: 'source'; readonly silentMs: number | null } & SourceFacts)
  | {
      readonly kind: 'lane';
      readonly lane: string;
      readonly waiting: number;
      readonly oldestMs: number | null;
    }
  | {
      readonly kind: 'sink';
      readonly sink: string;
      readonly waiting: number;
      readonly oldestMs: number | null;
    }
  | { readonly kind: 'resolver'; readonly waiting: number; readonly oldestMs: number | null }
  | ({ readonly kind: 'review' } & StatusFacts['review'])
  | ({ readonly kind: 'projection' } & StatusFacts['projection'])
  | { readonly kind: 'items'; readonly total: number; readonly byClass: Readonly<Record<string, number>> }
  | { readonly kind: 'unsigned'; readonly live: number; readonly history: number; readonly overdue: number }
  | { readonly kind: 'warnings'; readonly inForce: StatusFacts['warnings'] }
  | ({ readonly kind: 'incidents'; readonly oldestMs: number | null } & NonNullable<StatusFacts['incidents']>)
  | { readonly kind: 'dead-letters'; readonly open: number; readonly total: number }
  | { readonly kind: 'disk'; readonly freeBytes: number; readonly dataBytes: number };

export interface StatusLine {
  readonly level: Level;
  readonly about: About;
  /** The command to run next, without `--data`; null for what is green. */
  readonly command: string | null;
}

interface WaitLimits {
  readonly yellowMs: number;
  readonly redMs: number;
}

const minuteMs = 60_000;
const gib = 1024 ** 3;

/** How long the first input of a lane may wait while a hub runs. History gives way to the others and may take its time. */
const waitLimits: Readonly<Record<string, WaitLimits>> = {
  [topics.inputUrgent]: { yellowMs: 10_000, redMs: minuteMs },
  [topics.input]: { yellowMs: minuteMs, redMs: 5 * minuteMs },
};

/**
 * How long the first record may wait for its sink while a hub runs: one round of retries (60 s at the longest), and the shorter
 * of the times within which a public-order matter must be signed (domain.md §5, 15 min).
 */
const sinkLimits = { yellowMs: minuteMs, redMs: 15 * minuteMs };
/** The resolver is as near to the stream as the item writer: an item whose cluster is not known yet is with the wrong people. */
const resolverLimits = { yellowMs: minuteMs, redMs: 5 * minuteMs };
/** After a start a source gets so long to bring what gathered meanwhile. */
const sourceGraceMs = 10 * minuteMs;
/** From here on what people look up is noticeably old. */
const projectionYellow = 5_000;

/** Time for signing where the item itself has no deadline: domain.md §5, MAJ-LIFE and MAJ-STABILITY 15 min, MAJ-SUPERVISE 2 h. */
const signWithinMs: Readonly<Record<string, number>> = {
  'MAJ-LIFE': 15 * minuteMs,
  'MAJ-STABILITY': 15 * minuteMs,
};
const signOtherwiseMs = 120 * minuteMs;

/** A disk with less is about to stop the hub (red) or will be soon (yellow). */
const diskRed = { bytes: gib, share: 0.02 };
const diskYellow = { bytes: 5 * gib, share: 0.1 };

/** Judges the facts, line by line. Pure. */
export function statusLines(facts: StatusFacts): readonly StatusLine[] {
  const {
    at,
    running,
    workers,
    sources,
    lanes,
    sinks,
    resolver,
    review,
    projection,
    items,
    disk,
    deadLetters,
  } = facts;
  const { total, byClass } = items;
  const line = (level: Level, about: About, command: string): StatusLine => ({
    level,
    about,
    command: level === 'green' ? null : command,
  });
  const ageOf = (since: number | null) => (since === null ? null : Math.max(0, at - since));
  const workOff = running === null ? 'hub up' : 'hub status --watch';
  return [
    ...(workers.length > 0
      ? workers.map((worker) => workerLine(worker, at))
      : [line(running === null ? 'yellow' : 'green', { kind: 'hub', pid: running?.pid ?? null }, 'hub up')]),
    ...(running === null || isNowhere(running.front) ? [] : [frontLine(running.front)]),
    ...(running?.parts ?? []).map((part) => line(partLevel(part), { kind: 'part', part }, partCommand(part))),
    ...sources.map((source) => sourceLine(source, facts)),
    ...lanes.map(({ lane, waiting, oldestAt }) => {
      const oldestMs = ageOf(oldestAt);
      const level = waitLevel(waitLimits[lane], oldestMs, running !== null);
      return line(level, { kind: 'lane', lane, waiting, oldestMs }, workOff);
    }),
    line(
      waitLevel(resolverLimits, ageOf(resolver.oldestAt), running !== null),
      { kind: 'resolver', waiting: resolver.waiting, oldestMs: ageOf(resolver.oldestAt) },
      workOff,
    ),
    ...sinks.map(({ sink, waiting, oldestAt }) => {
      const oldestMs = ageOf(oldestAt);
      const level = waitLevel(sinkLimits, oldestMs, running !== null);
      return line(level, { kind: 'sink', sink, waiting, oldestMs }, workOff);
    }),
    line(
      projection.behind > (running === null ? 0 : projectionYellow) ? 'yellow' : 'green',
      { kind: 'projection', ...projection },
      workOff,
    ),
    line('green', { kind: 'items', total, byClass }, ''),
    unsignedLine(facts),
    ...(facts.incidents === null ? [] : [incidentsLine(facts.incidents, at)]),
    line(review.live > 0 ? 'yellow' : 'green', { kind: 'review', ...review }, reviewCommand(review)),
    line('green', { kind: 'warnings', inForce: facts.warnings }, ''),
    line(
      deadLetters.open > 0 ? 'yellow' : 'green',
      { kind: 'dead-letters', ...deadLetters },
      'hub dead-letters list',
    ),
    line(diskLevel(disk), { kind: 'disk', freeBytes: disk.freeBytes, dataBytes: disk.dataBytes }, 'df -h'),
  ];
}

/** The worst of all lines. */
export function worstLevel(lines: readonly StatusLine[]): Level {
  const levels = lines.map(({ level }) => level);
  return levels.includes('red') ? 'red' : levels.includes('yellow') ? 'yellow' : 'green';
}

/**
 * A source that brings nothing may have nothing, or its connector may ask an empty place: only a person can tell. While no hub runs, that alone
 * is the cause. What came before the hub was stopped is no silence of the source: it gets a while to deliver.
 */
function sourceLine(source: SourceFacts, { at, running }: StatusFacts): StatusLine {
  const { silentAfterMs } = source;
  const silentMs = running === null ? null : Math.max(0, at - (lastSignAt(source) ?? running.startedAt));
  const isJudged = running !== null && at - running.startedAt >= sourceGraceMs && silentAfterMs !== null;
  const level =
    !isJudged || silentMs === null || silentMs < silentAfterMs
      ? 'green'
      : silentMs < 2 * silentAfterMs
        ? 'yellow'
        : 'red';
  return {
    level,
    about: { kind: 'source', ...source, silentMs },
    command:
      level === 'green'
        ? null
        : `hub tap items --from 2d --until-end --where 'source.system = "${source.source}"'`,
  };
}

/** One that stops in order takes its report back: silence is a fault, and what it did is done by the others, if there are any. */
function workerLine(worker: WorkerReport, at: number): StatusLine {
  const silent = isSilent(worker, at);
  return {
    level: silent ? 'red' : 'green',
    about: { kind: 'worker', worker, isSilent: silent, silentMs: Math.max(0, at - worker.at) },
    command: silent ? `hub work --worker ${worker.worker} --roles ${worker.roles.join(',')}` : null,
  };
}

/** None of the workers has the role. */
const isNowhere = ({ address, error }: FrontStatus): boolean => address === null && error === null;

/** The hub works without its page; whoever looks at the page only sees that it does not answer. */
const frontLine = (front: FrontStatus): StatusLine => ({
  level: front.error === null ? 'green' : 'yellow',
  about: { kind: 'front', front },
  command: front.error === null ? null : 'ss -ltnp',
});

function partLevel({ state }: PartStatus): Level {
  if (state === 'RUNNING') return 'green';
  return state === 'BACKOFF' ? 'yellow' : 'red';
}

/** A stopped part is tried again by itself; one with a wrong configuration is looked at only when the hub starts. */
const partCommand = ({ state }: PartStatus): string =>
  state === 'DEGRADED' ? 'hub up --config FILE' : 'hub status --watch';

const reviewCommand = ({ overdue }: StatusFacts['review']): string =>
  overdue > 0 ? 'hub review list --overdue' : 'hub review list';

function waitLevel(limits: WaitLimits | undefined, oldestMs: number | null, isRunning: boolean): Level {
  if (oldestMs === null) return 'green';
  if (!isRunning) return 'yellow';
  if (limits === undefined || oldestMs < limits.yellowMs) return 'green';
  return oldestMs < limits.redMs ? 'yellow' : 'red';
}

function unsignedLine({ at, unsigned, unsignedFromHistory: history }: StatusFacts): StatusLine {
  const overdue = unsigned.filter((major) => signLimit(major) < at);
  const level = overdue.length > 0 ? 'red' : unsigned.length > 0 ? 'yellow' : 'green';
  const first = overdue[0] ?? unsigned[0];
  return {
    level,
    about: { kind: 'unsigned', live: unsigned.length, history, overdue: overdue.length },
    command: first === undefined ? null : `hub trace ${first.itemId}`,
  };
}

/** Messages go out as long as nobody answers; after so long everybody up to the centre has had one by default. */
const unansweredRedMs = 30 * minuteMs;

function incidentsLine(incidents: NonNullable<StatusFacts['incidents']>, at: number): StatusLine {
  const oldestMs = incidents.oldestAt === null ? null : Math.max(0, at - incidents.oldestAt);
  const level = oldestMs === null ? 'green' : oldestMs < unansweredRedMs ? 'yellow' : 'red';
  return {
    level,
    about: { kind: 'incidents', ...incidents, oldestMs },
    command: level === 'green' ? null : 'hub ack',
  };
}

/** By when a MAJOR item must be signed, ms. */
export const signLimit = ({ signBy, slaId, ingestedAt }: Omit<UnsignedMajor, 'itemId'>): number =>
  signBy ?? ingestedAt + (signWithinMs[slaId] ?? signOtherwiseMs);

export function diskLevel({ freeBytes, sizeBytes }: StatusFacts['disk']): Level {
  const below = ({ bytes, share }: typeof diskRed) => freeBytes < Math.min(bytes, share * sizeBytes);
  if (below(diskRed)) return 'red';
  return below(diskYellow) ? 'yellow' : 'green';
}
