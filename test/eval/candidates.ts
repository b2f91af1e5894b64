import {
  byOrderKey,
  type IndexEntry,
  ingestedWindowMs,
  reportedWindowMs,
} from '../../runtime/dedup-index/index.ts';

/** Nearest earlier items of a block that are looked at. */
export const nearestPerBlock = 32;

/**
 * All pairs that the index would give, later item first: for each key the K nearest earlier items of its block inside both
 * windows. Exact and slow: for the evaluation, where the embedded index is not there yet.
 */
export function candidatePairs<Entry extends IndexEntry>(
  entries: readonly Entry[],
  nearest = nearestPerBlock,
): (readonly [later: Entry, earlier: Entry])[] {
  const blocks = new Map<number, Entry[]>();
  const pairs: (readonly [Entry, Entry])[] = [];
  for (const entry of [...entries].sort(byOrderKey)) {
    const seen = new Set<string>();
    for (const key of entry.keys) {
      const block = blocks.get(key) ?? [];
      let left = nearest;
      for (let i = block.length - 1; i >= 0 && left > 0; i--) {
        const earlier = block[i]!;
        if (entry.orderKeyAt - earlier.orderKeyAt > reportedWindowMs) break;
        if (Math.abs(entry.ingestedAt - earlier.ingestedAt) > ingestedWindowMs) continue;
        if (earlier.baseId === entry.baseId) continue;
        left--;
        if (seen.has(earlier.itemId)) continue;
        seen.add(earlier.itemId);
        pairs.push([entry, earlier]);
      }
      block.push(entry);
      blocks.set(key, block);
    }
  }
  return pairs;
}
