import { type Backoff, backoffMs } from '../backoff.ts';

/**
 * RUNNING: its thread works. BACKOFF: it failed and is tried again soon. STOPPED: ended on request, or by an error that
 * waiting does not cure (tried again every `slowRetryMs`). DEGRADED: its configuration is wrong, it was never started.
 */
export type PartState = 'RUNNING' | 'BACKOFF' | 'STOPPED' | 'DEGRADED';

export interface Limits {
  /** A thread that gives no sign of life for so long is ended (design.md §4). */
  readonly silenceMs: number;
  /** The same until its first sign of life: modules are being loaded, perhaps many at once. */
  readonly startMs: number;
  /** How long memory may stay above its limit: garbage not yet collected is no leak. */
  readonly memoryGraceMs: number;
  /** A thread that ran for so long without failing has its earlier failures forgotten. */
  readonly quietMs: number;
  readonly restart: Backoff;
  readonly slowRetryMs: number;
}

export const defaultLimits: Limits = {
  silenceMs: 5_000,
  startMs: 30_000,
  memoryGraceMs: 1_000,
  quietMs: 60_000,
  restart: { firstMs: 500, longestMs: 60_000 },
  slowRetryMs: 300_000,
};

/**
 * What the watchdog knows of a part. All durations are sums of ticks, never differences of clock times: neither a jump of the clock
 * nor a pause of the whole machine makes a thread look silent.
 */
export interface Life {
  readonly state: PartState;
  readonly thread: 'none' | 'starting' | 'running' | 'ending';
  readonly silentMs: number;
  readonly overMs: number;
  readonly calmMs: number;
  /** Until the next start, or until the thread's own retry. */
  readonly waitMs: number;
  /** In a row; the exponent of the backoff. */
  readonly failures: number;
  readonly restarts: number;
}

export type Sign =
  | { readonly type: 'started' }
  | { readonly type: 'heard' }
  | { readonly type: 'memory'; readonly bytes: number; readonly limitBytes: number; readonly sinceMs: number }
  | { readonly type: 'retrying'; readonly pauseMs: number }
  | { readonly type: 'tick'; readonly ms: number }
  /** It has been told to go, by the supervisor or by its own violation. */
  | { readonly type: 'ending' }
  | { readonly type: 'never again' }
  /** The thread is gone. Null: it ended as it was told to. */
  | { readonly type: 'ended'; readonly failure: { readonly retriable: boolean } | null }
  /** A person wants it started now. */
  | { readonly type: 'restart' };

export type Action = 'start' | 'end silent' | 'end memory' | null;

export const unborn: Life = {
  state: 'STOPPED',
  thread: 'none',
  silentMs: 0,
  overMs: 0,
  calmMs: 0,
  waitMs: 0,
  failures: 0,
  restarts: 0,
};

/** One step of a part's life. Pure: the same life, sign and chance give the same answer. @param random in [0, 1), for jitter */
export function step(life: Life, sign: Sign, limits: Limits, random: number): readonly [Life, Action] {
  switch (sign.type) {
    case 'started':
      return [
        { ...life, state: 'RUNNING', thread: 'starting', silentMs: 0, overMs: 0, calmMs: 0, waitMs: 0 },
        null,
      ];
    case 'heard':
      return [{ ...life, silentMs: 0, thread: life.thread === 'starting' ? 'running' : life.thread }, null];
    case 'memory':
      return memory(life, sign, limits);
    case 'retrying':
      return life.thread === 'ending'
        ? [life, null]
        : [{ ...life, state: 'BACKOFF', waitMs: sign.pauseMs, calmMs: 0 }, null];
    case 'tick':
      return tick(life, sign.ms, limits);
    case 'ending':
      return [life.thread === 'none' ? life : { ...life, thread: 'ending' }, null];
    case 'never again':
      return [
        { ...life, state: life.thread === 'none' ? 'STOPPED' : life.state, waitMs: Number.POSITIVE_INFINITY },
        null,
      ];
    case 'ended':
      return [ended(life, sign.failure, limits, random), null];
    case 'restart':
      if (life.thread !== 'none') return [life, null];
      return [{ ...life, failures: 0, waitMs: 0, restarts: life.restarts + 1 }, 'start'];
  }
}

function memory(
  life: Life,
  sign: Extract<Sign, { type: 'memory' }>,
  limits: Limits,
): readonly [Life, Action] {
  if (life.thread === 'none' || life.thread === 'ending') return [life, null];
  if (sign.bytes <= sign.limitBytes) return [{ ...life, overMs: 0 }, null];
  const overMs = life.overMs + sign.sinceMs;
  // Twice the limit is no garbage: a thread that fills memory can take gigabytes within the grace.
  const end = sign.bytes > 2 * sign.limitBytes || overMs >= limits.memoryGraceMs;
  return end ? [{ ...life, overMs, thread: 'ending' }, 'end memory'] : [{ ...life, overMs }, null];
}

function tick(life: Life, ms: number, limits: Limits): readonly [Life, Action] {
  if (life.thread === 'ending') return [life, null];
  const waitMs = Math.max(0, life.waitMs - ms);
  if (life.thread === 'none') {
    if (waitMs > 0) return [{ ...life, waitMs }, null];
    return [{ ...life, waitMs, restarts: life.restarts + 1 }, 'start'];
  }
  const silentMs = life.silentMs + ms;
  const calmMs = life.calmMs + ms;
  const next: Life = {
    ...life,
    silentMs,
    calmMs,
    waitMs,
    state: waitMs === 0 ? 'RUNNING' : life.state,
    failures: calmMs >= limits.quietMs ? 0 : life.failures,
  };
  const silent = silentMs >= (life.thread === 'starting' ? limits.startMs : limits.silenceMs);
  return silent ? [{ ...next, thread: 'ending' }, 'end silent'] : [next, null];
}

function ended(
  life: Life,
  failure: { readonly retriable: boolean } | null,
  limits: Limits,
  random: number,
): Life {
  const gone: Life = { ...life, thread: 'none', silentMs: 0, overMs: 0, calmMs: 0 };
  if (failure === null) return { ...gone, state: 'STOPPED', waitMs: Number.POSITIVE_INFINITY };
  const failures = life.failures + 1;
  if (failure.retriable) {
    return { ...gone, state: 'BACKOFF', failures, waitMs: backoffMs(life.failures, limits.restart, random) };
  }
  return { ...gone, state: 'STOPPED', failures, waitMs: Math.round(limits.slowRetryMs * (1 + random / 10)) };
}

/** What one thread holds. */
export interface Holding {
  readonly name: string;
  readonly bytes: number;
  /** When it was first measured after its start. */
  readonly firstBytes: number;
}

/** Growth below this explains no shortage of the process. */
const notableGrowthBytes = 64 * 1024 * 1024;

/**
 * The last resort, when the process as a whole outgrows its memory although no thread is above its own limit: the one
 * that has grown most since its start. Null when none has grown notably; then the memory is not theirs.
 */
export function largestGrowth(holdings: readonly Holding[]): string | null {
  let found: Holding | null = null;
  const growth = ({ bytes, firstBytes }: Holding): number => bytes - firstBytes;
  for (const holding of holdings) {
    if (growth(holding) >= notableGrowthBytes && (found === null || growth(holding) > growth(found)))
      found = holding;
  }
  return found?.name ?? null;
}
