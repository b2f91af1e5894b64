import { committedPositions } from '../core/lane-positions.ts';
import { HubError } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { isHeld, type Mark } from './index.ts';
import { RedisDedupIndex } from './redis.ts';
import { GenerationMarker } from './redis-generations.ts';
import type { RedisLink } from './redis-link.ts';
import { type RefillSource, refillPartition } from './refill.ts';

export interface RebuildOptions extends RefillSource {
  readonly link: RedisLink;
  readonly prefix: string;
  readonly partitions: number;
  readonly logger: Logger;
  /** By then every worker that goes on has read the marker. Default 5,000 ms. */
  readonly graceMs?: number;
  readonly signal: AbortSignal;
}

export interface Rebuilt {
  readonly generation: number;
  /** Entries put from hub.state; those of running workers are beside them. */
  readonly entries: number;
}

const againMs = 500;

/**
 * Builds the index anew from `hub.state` while workers go on: they ask the generation that stands and put to both, until the new one holds all
 * that is committed; then the marker is switched and the old one removed. Made decisions are not touched. Killed on any line it is to be called
 * again: what was begun is left, and expires. Throws HUB_INDEX_*.
 *
 * @returns null when `signal` has aborted
 */
export async function rebuildRedisIndex(options: RebuildOptions): Promise<Rebuilt | null> {
  const { link, clock, logger, log, partitions, graceMs = 5_000, signal } = options;
  const marker = new GenerationMarker(options);
  const before = await marker.read();
  const generation = Math.max(before.current, before.next ?? 0) + 1;
  // A generation of this number may be left from before the marker was lost.
  await link.removeAll(`${marker.nameOf(generation)}{`);
  await marker.write({ ...before, next: generation });
  if (before.next !== null) await link.removeAll(`${marker.nameOf(before.next)}{`);
  const committed = () => committedPositions(log, partitions);
  const index = new RedisDedupIndex({ link, name: marker.nameOf(generation), committed });
  let entries = 0;
  for (;;) {
    const positions = await committed();
    const marks = new Map((await index.marks()).map((mark) => [mark.partition, mark]));
    if (isHeld(marks, positions)) break;
    for (const [partition, position] of positions.entries()) {
      if (signal.aborted) return null;
      const mark = marks.get(partition) ?? null;
      if (position === 0 || isHeld(asFirst(mark), [position])) continue;
      const task = { partition, position, mark: mark && { ...mark, missedFrom: null }, signal };
      entries += (await refillPartition(index, options, task))?.entries ?? 0;
    }
    // Workers that have learnt of it late begin their marks with a gap, which the next look closes.
    await clock.sleep(againMs, signal);
  }
  const now = await marker.read();
  if (now.next !== generation) {
    throw new HubError(
      'HUB_INDEX_REBUILDING',
      `generation ${generation} was to be the next one, ${now.next ?? 'none'} is: the index is being rebuilt by another command, or Redis lost its marker`,
    );
  }
  await marker.write({ current: generation, next: null });
  logger.info('the index of possible duplicates is built anew', { generation, entries });
  await clock.sleep(graceMs, signal);
  await link.removeAll(`${marker.nameOf(before.current)}{`);
  return { generation, entries };
}

const asFirst = (mark: Mark | null): ReadonlyMap<number, Mark> => new Map(mark === null ? [] : [[0, mark]]);
