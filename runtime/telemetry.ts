import { pino } from 'pino';

/** Message constant, facts in the second argument; logs go to stderr as JSON lines. */
export interface Logger {
  debug(message: string, facts?: Readonly<Record<string, unknown>>): void;
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
  error(message: string, facts?: Readonly<Record<string, unknown>>): void;
  child(facts: Readonly<Record<string, unknown>>): Logger;
}

/** Counts with bounded labels. Names: `<space>_<thing>_<unit>_total`. */
export interface Counters {
  add(name: string, labels: Readonly<Record<string, string>>, by?: number): void;
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

/** Counters in memory: `snapshot()` gives `name{label="value"}` → count, in the order of first use. */
export function memoryCounters(): Counters & { snapshot(): ReadonlyMap<string, number> } {
  const counts = new Map<string, number>();
  return {
    add(name, labels, by = 1) {
      const key = `${name}{${Object.entries(labels)
        .map(([label, value]) => `${label}="${value}"`)
        .join(',')}}`;
      counts.set(key, (counts.get(key) ?? 0) + by);
    },
    snapshot: () => counts,
  };
}
