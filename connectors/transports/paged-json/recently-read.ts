import { createHash } from 'node:crypto';
import type { Row } from './pass.ts';

/** A bound on memory, not on correctness: what is forgotten is delivered again, and absorbed downstream. */
const most = 200_000;

export interface RecentlyRead {
  has(row: Row): boolean;
  add(row: Row): void;
  /** Rows that no later window can hold. Those whose time cannot be read stay. */
  forgetBefore(time: number): void;
}

/**
 * The rows committed since this reader was started, by their bytes: the overlap between two polls brings the same rows again
 * and again, and each would be stored as a raw record anew.
 */
export function recentlyRead(): RecentlyRead {
  const times = new Map<string, number | null>();
  const keyOf = ({ bytes }: Row) => createHash('sha256').update(bytes).digest('base64');
  return {
    has: (row) => times.has(keyOf(row)),
    add(row) {
      times.set(keyOf(row), row.updatedAt);
      if (times.size > most) times.delete(times.keys().next().value!);
    },
    forgetBefore(time) {
      for (const [key, updatedAt] of times) if (updatedAt !== null && updatedAt < time) times.delete(key);
    },
  };
}
