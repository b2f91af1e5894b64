import type { Clock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { defaultLimits, type Limits, largestGrowth } from './watchdog.ts';
import { type Part, type PartKind, type PartStatus, type WatchedPart, watchPart } from './watched-part.ts';

const tickMs = 250;
const mebibyte = 1024 * 1024;
/** After the last resort has ended a thread, its memory needs a while to come back. */
const lastResortPauseTicks = 40;

export interface Supervisor {
  /** Starts a part; its neighbours notice nothing. Throws HUB_REGISTRY_DUPLICATE. */
  add(part: Part): void;
  /** Shows a part that cannot be started because of its configuration; it is never tried. */
  addDegraded(part: Pick<Part, 'kind' | 'name'>, error: HubError): void;
  status(): readonly PartStatus[];
  /** Starts a part that waits in BACKOFF or STOPPED at once. Throws HUB_REGISTRY_UNKNOWN. */
  restart(kind: PartKind, name: string): void;
  /** Tells a part whether it leads; see ReadContext.leads. Without effect where there is none. */
  lead(part: Pick<Part, 'kind' | 'name'>, leads: boolean): void;
  /** Ends a part for good, its thread too if it has not stopped after `withinMs`, and forgets it. Without effect where there is none. */
  remove(part: Pick<Part, 'kind' | 'name'>, withinMs: number): Promise<void>;
  /** Asks all parts of a kind to stop and ends those that have not after `withinMs`; the names of these. */
  stop(kind: PartKind, withinMs: number): Promise<readonly string[]>;
  /** Ends every thread that is left, at once. */
  close(): Promise<void>;
}

export interface SupervisorOptions {
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: Limits;
  /** Resident memory of the process from which on the part that grew most is ended. */
  readonly maxProcessBytes: number;
  residentBytes(): number;
}

/** Keeps the threads of connectors and sinks alive, each on its own. */
export function supervise(options: SupervisorOptions): Supervisor {
  const { clock, log, maxProcessBytes, limits = defaultLimits } = options;
  const parts = new Map<string, WatchedPart>();
  const degraded = new Map<string, PartStatus>();
  const closed = new AbortController();
  let lastResortPause = 0;

  const key = ({ kind, name }: Pick<Part, 'kind' | 'name'>): string => `${kind} ${name}`;

  function refuseSecond(part: Pick<Part, 'kind' | 'name'>): void {
    if (!parts.has(key(part)) && !degraded.has(key(part))) return;
    throw new HubError('HUB_REGISTRY_DUPLICATE', `there is a ${key(part)} already`);
  }

  function lastResort(): void {
    lastResortPause = Math.max(0, lastResortPause - 1);
    const resident = options.residentBytes();
    if (lastResortPause > 0 || resident <= maxProcessBytes) return;
    lastResortPause = lastResortPauseTicks;
    const holdings = [...parts].flatMap(([name, part]) => {
      const holding = part.holding();
      return holding === null ? [] : [{ name, ...holding }];
    });
    const culprit = largestGrowth(holdings);
    const facts = {
      residentMb: Math.round(resident / mebibyte),
      maxProcessMb: Math.round(maxProcessBytes / mebibyte),
    };
    if (culprit === null) log.error('the process outgrows its memory, and no part is the cause', facts);
    else
      parts
        .get(culprit)
        ?.end('memory', `${culprit} grew most while the process outgrew ${facts.maxProcessMb} MiB`);
  }

  const ticking = (async () => {
    while (!closed.signal.aborted) {
      await clock.sleep(tickMs, closed.signal);
      for (const part of parts.values()) part.tick(tickMs);
      lastResort();
    }
  })();

  return {
    add(part) {
      refuseSecond(part);
      const watched = watchPart(part, clock, log, limits);
      parts.set(key(part), watched);
      watched.start();
    },
    addDegraded(part, error) {
      refuseSecond(part);
      const at = clock.now();
      degraded.set(key(part), {
        name: part.name,
        kind: part.kind,
        state: 'DEGRADED',
        since: at,
        restarts: 0,
        lastError: { code: error.code, message: error.message, at },
        memoryBytes: 0,
        batches: 0,
        records: 0,
        lastBatchAt: null,
        lastRecordAt: null,
      });
    },
    status: () => [...[...parts.values()].map((part) => part.status()), ...degraded.values()],
    restart(kind, name) {
      const part = parts.get(key({ kind, name }));
      if (part !== undefined) return part.restart();
      const running = [...parts.keys()].join(', ') || 'none';
      throw new HubError('HUB_REGISTRY_UNKNOWN', `no ${kind} "${name}" to restart, there are: ${running}`);
    },
    lead(part, leads) {
      parts.get(key(part))?.lead(leads);
    },
    async remove(part, withinMs) {
      degraded.delete(key(part));
      const watched = parts.get(key(part));
      if (watched === undefined) return;
      const over = new AbortController();
      const inTime = await watched.stop(clock.sleep(withinMs, over.signal));
      over.abort();
      if (!inTime)
        log.warn('part did not stop in time and was ended', { part: part.name, kind: part.kind, withinMs });
      parts.delete(key(part));
    },
    async stop(kind, withinMs) {
      const over = new AbortController();
      const deadline = clock.sleep(withinMs, over.signal);
      const ended: string[] = [];
      const ofKind = [...parts.values()].filter((part) => part.status().kind === kind);
      await Promise.all(
        ofKind.map(async (part) => {
          if (await part.stop(deadline)) return;
          const { name } = part.status();
          ended.push(name);
          log.warn('part did not stop in time and was ended', { part: name, kind, withinMs });
        }),
      );
      over.abort();
      return ended;
    },
    async close() {
      closed.abort();
      await ticking;
      await Promise.all([...parts.values()].map((part) => part.stop(Promise.resolve())));
    },
  };
}
