export interface Backoff {
  readonly firstMs: number;
  readonly longestMs: number;
}

/** Pause after `failures` earlier failures in a row: doubled each time, between half and all of it by `random` in [0, 1). */
export function backoffMs(failures: number, { firstMs, longestMs }: Backoff, random: number): number {
  const ceiling = Math.min(longestMs, firstMs * 2 ** Math.min(failures, 30));
  return Math.round(ceiling * (0.5 + random / 2));
}
