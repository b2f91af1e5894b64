import { type DedupIndex, isHeld, type Mark } from '../dedup-index/index.ts';
import { type RefillSource, refillPartition } from '../dedup-index/refill.ts';
import { HubError, toHubError } from '../errors.ts';
import type { Logger } from '../telemetry.ts';
import { committedPositions } from './lane-positions.ts';

export interface IndexCheckOptions extends RefillSource {
  readonly index: DedupIndex;
  readonly logger: Logger;
  readonly signal: AbortSignal;
  readonly partitions: number;
}

const complaintMs = 60_000;

/** Whether the index holds all that item writers have committed, and puts back what it lacks. */
export class IndexCheck {
  readonly #options: IndexCheckOptions;
  #complainedAt = Number.NEGATIVE_INFINITY;

  constructor(options: IndexCheckOptions) {
    this.#options = options;
  }

  /** @param held partitions whose missing entries are put back here @returns whether all of the index is whole */
  async isWhole(held: readonly number[]): Promise<boolean> {
    try {
      return await this.#check(held);
    } catch (thrown) {
      const { code, message } = toHubError(thrown);
      if (!code.startsWith('HUB_INDEX_')) throw thrown;
      this.#complain('the index of possible duplicates cannot be asked', { code, message });
      return false;
    }
  }

  async #check(held: readonly number[]): Promise<boolean> {
    const { index, log, partitions } = this.#options;
    // Read before the marks, which may be ahead of it but never behind.
    const committed = await committedPositions(log, partitions);
    const marks = byPartition(await index.marks());
    if (isHeld(marks, committed)) return true;
    for (const partition of held) {
      const position = committed[partition]!;
      const mark = marks.get(partition) ?? null;
      if (position === 0 || isHeldOf(mark, position)) continue;
      if (mark !== null && mark.from > position) this.#isAhead(partition, mark, position);
      else await this.#refill(partition, mark);
    }
    return isHeld(byPartition(await index.marks()), committed);
  }

  async #refill(partition: number, mark: Mark | null): Promise<void> {
    const { index, log, logger, partitions, signal } = this.#options;
    const facts = { partition, from: mark?.stateOffset ?? 0 };
    logger.warn('the index of possible duplicates lacks entries, they are put back', facts);
    const position = (await committedPositions(log, partitions))[partition]!;
    const refilled = await refillPartition(index, this.#options, { partition, position, mark, signal });
    if (refilled !== null)
      logger.info('the index of possible duplicates is whole again', { ...facts, entries: refilled.entries });
  }

  /** Its entries may be of items that the log does not know: they cannot be told apart, so all are to be made anew. */
  #isAhead(partition: number, mark: Mark, position: number): void {
    const { code, message } = new HubError(
      'HUB_INDEX_AHEAD',
      `partition ${partition}: the index is at position ${mark.from}, the log at ${position}`,
    );
    this.#complain('the index of possible duplicates is not of this log', { code, message });
  }

  #complain(what: string, facts: Readonly<Record<string, unknown>>): void {
    const now = this.#options.clock.now();
    if (now - this.#complainedAt < complaintMs) return;
    this.#complainedAt = now;
    this.#options.logger.error(what, facts);
  }
}

const byPartition = (marks: readonly Mark[]): ReadonlyMap<number, Mark> =>
  new Map(marks.map((mark) => [mark.partition, mark]));

const isHeldOf = (mark: Mark | null, position: number): boolean =>
  isHeld(new Map(mark === null ? [] : [[0, mark]]), [position]);
