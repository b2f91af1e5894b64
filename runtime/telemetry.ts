import { pino } from 'pino';
import { bucketSeconds, type CounterName, type HistogramName, type Labels, seriesOf } from './metrics.ts';

/** Message constant, facts in the second argument; logs go to stderr as JSON lines. */
export interface Logger {
  debug(message: string, facts?: Readonly<Record<string, unknown>>): void;
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
  child(facts: Readonly<Record<string, unknown>>): Logger;
}

/** Counts with bounded labels; what there is to count stands in metrics.ts. */
export interface Counters {
  add(name: CounterName, labels: Labels, by?: number): void;
  /** @param seconds how long it took */
  observe(name: HistogramName, labels: Labels, seconds: number): void;
}

export const silentLogger: Logger = {
  debug() {},
  info() {},
  warn() {},
  error() {},
  child: () => silentLogger,
};

/** @param level debug | info | warn | error | silent */
export function stderrLogger(level: string): Logger {
  const wrap = (inner: ReturnType<typeof pino>): Logger => ({
    debug: (message, facts) => inner.debug(facts ?? {}, message),
    info: (message, facts) => inner.info(facts ?? {}, message),
    warn: (message, facts) => inner.warn(facts ?? {}, message),
    error: (message, facts) => inner.error(facts ?? {}, message),
    child: (facts) => wrap(inner.child(facts)),
  });
  return wrap(
    pino(
      { level, base: null, timestamp: pino.stdTimeFunctions.isoTime },
      pino.destination({ dest: 2, sync: true }),
    ),
  );
}

/** Counters in memory: `snapshot()` gives `name{label="value"}` → count, in the order of first use; buckets are counts of their own. */
export function memoryCounters(): Counters & { snapshot(): ReadonlyMap<string, number> } {
  const counts = new Map<string, number>();
  const add = (name: string, labels: Labels, by: number): void => {
    const key = seriesOf(name, labels);
    counts.set(key, (counts.get(key) ?? 0) + by);
  };
  return {
    add: (name, labels, by = 1) => add(name, labels, by),
    observe(name, labels, seconds) {
      for (const bound of bucketSeconds)
        add(`${name}_bucket`, { ...labels, le: String(bound) }, seconds <= bound ? 1 : 0);
      add(`${name}_bucket`, { ...labels, le: '+Inf' }, 1);
      add(`${name}_sum`, labels, seconds);
      add(`${name}_count`, labels, 1);
    },
    snapshot: () => counts,
  };
}
