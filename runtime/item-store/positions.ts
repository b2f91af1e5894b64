import { HubError } from '../errors.ts';
import type { Log, LogRecord } from '../log/index.ts';
import type { Advance, ItemStoreWriter, Reached } from './index.ts';

/** Where the projection stands in each partition. */
export class Positions {
  readonly #reached: Map<string, Reached>;

  constructor(reached: readonly Reached[]) {
    this.#reached = new Map(reached.map((one) => [keyOf(one), one]));
  }

  /** Offset of the record to be read next. */
  next(topic: string, partition: number): number {
    return this.#reached.get(keyOf({ topic, partition }))?.next ?? 0;
  }

  /** The steps that taking in these records would be. @param records each partition's from its position on, in their order */
  after(records: readonly LogRecord[]): readonly Advance[] {
    const last = new Map(records.map((record) => [keyOf(record), record]));
    return [...last.values()].map(({ topic, partition, offset, key, timestamp }) => ({
      topic,
      partition,
      from: this.next(topic, partition),
      next: offset + 1,
      lastKey: key,
      lastAt: timestamp,
    }));
  }

  move(advances: readonly Advance[]): void {
    for (const advance of advances) this.#reached.set(keyOf(advance), advance);
  }
}

const keyOf = ({ topic, partition }: Pick<Reached, 'topic' | 'partition'>): string => `${topic}/${partition}`;

/** Where to go on. A store that has been filled from another log than this is thrown away first. @param onReset why */
export async function openPositions(
  store: Pick<ItemStoreWriter, 'reached' | 'reset'>,
  log: Pick<Log, 'range' | 'read'>,
  onReset: (why: string) => void,
): Promise<Positions> {
  const reached = await store.reached();
  for (const one of reached) {
    const why = await misfit(one, log);
    if (why === null) continue;
    onReset(why);
    await store.reset();
    return new Positions([]);
  }
  return new Positions(reached);
}

/**
 * Why a store that has come so far cannot have been filled from this log; null where it can. A log that was put back from a backup
 * ends before; it may have grown again since, but not by the same records. What has been removed from the log (retention, compaction)
 * cannot be compared.
 */
async function misfit(reached: Reached, log: Pick<Log, 'range' | 'read'>): Promise<string | null> {
  const { topic, partition, next, lastKey, lastAt } = reached;
  const place = `${topic}/${partition}`;
  const range = await log.range(topic, partition).catch((thrown: unknown) => {
    if (thrown instanceof HubError && thrown.code === 'HUB_LOG_UNKNOWN_TOPIC') return null;
    throw thrown;
  });
  if (range === null || range.end < next)
    return `it has ${place} up to ${next}, the log ends at ${range?.end ?? 0}`;
  const [last] = range.start < next ? await log.read(topic, partition, next - 1, 1) : [];
  if (last?.offset !== next - 1) return null;
  const isSame = last.key === lastKey && last.timestamp === lastAt;
  return isSame ? null : `${place}@${last.offset} is another record than the one it has taken in`;
}

/** A partition is not where the writer of a batch took it to be. */
export const movedOn = (topic: string, partition: number, found: number, expected: number): HubError =>
  new HubError(
    'HUB_LOG_FENCED',
    `the item store has ${topic}/${partition} up to ${found}, expected ${expected}: another has written to it`,
    { context: { topic, partition } },
  );
