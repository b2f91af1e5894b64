import type { Clock } from '../clock.ts';
import type { Serde } from '../core/serde.ts';
import { takeTurns } from '../core/turns.ts';
import type { EmbeddedLog } from '../log/embedded.ts';
import type { Log, LogRecord } from '../log/index.ts';
import type { Logger } from '../telemetry.ts';
import type { ItemStoreWriter } from './index.ts';
import { openPositions, Positions } from './positions.ts';
import { rowsOf } from './rows.ts';

const batchRecords = 4_000;
const waitMs = 1_000;
/**
 * Between two batches that were not full: each commit of the writer wakes the projection, and a transaction of its own costs about the
 * same whatever is in it. Nobody reads so soon again.
 */
const restMs = 100;

/** Where the projection has its records from. */
export interface RecordSource {
  /**
   * What comes next in the partitions that are read here, each partition's from its position on, in its order and without a hole. None
   * when nothing came for a while, or something that is to be read with the next call. Null when the partitions are others than before:
   * the positions must be asked of the store again.
   */
  next(
    positions: Positions,
    options: { readonly max: number; readonly waitMs: number; readonly signal: AbortSignal },
  ): Promise<readonly LogRecord[] | null>;
}

export interface ProjectionRun {
  readonly store: ItemStoreWriter;
  readonly source: RecordSource;
  /** In which the store's last records are looked up at the beginning. */
  readonly log: Pick<Log, 'range' | 'read'>;
  readonly serde: Serde;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}

/** Follows the items, their events and their pairs until `signal` aborts. */
export async function runProjection(run: ProjectionRun): Promise<void> {
  const { store, source, log, serde, clock, signal, logger } = run;
  const toRows = rowsOf(serde, logger);
  let positions: Positions | null = null;
  let isOfThisLog = false;

  async function opened(): Promise<Positions> {
    if (isOfThisLog) return new Positions(await store.reached());
    const found = await openPositions(store, log, (why) =>
      logger.warn('the item store is filled anew', { why }),
    );
    isOfThisLog = true;
    return found;
  }

  async function turn(): Promise<boolean> {
    positions ??= await opened();
    const records = await source.next(positions, { max: batchRecords, waitMs, signal });
    if (records === null) {
      positions = null;
      return false;
    }
    if (records.length > 0) {
      const advances = positions.after(records);
      await store.apply(await toRows(records), advances);
      positions.move(advances);
    }
    if (records.length < batchRecords) await clock.sleep(restMs, signal);
    return records.length > 0;
  }

  async function forget(): Promise<void> {
    positions = null;
  }

  await takeTurns({ name: 'item store', turn, forget }, { clock, logger, signal });
  // What was committed last is there for who looks after the stop; more than a batch is left to the next start.
  if (positions !== null) await turn();
}

/** All partitions of these topics, from a log that others write. Nobody else may wait on the same log. */
export function followLog(
  log: Pick<EmbeddedLog, 'topics' | 'read' | 'changed'>,
  topics: readonly string[],
): RecordSource {
  let turns = 0;
  return {
    async next(positions, { max, waitMs, signal }) {
      const places = (await log.topics())
        .filter(({ name }) => topics.includes(name))
        .flatMap(({ name, partitions }) => Array.from({ length: partitions }, (_, at) => ({ name, at })));
      const records: LogRecord[] = [];
      turns += 1;
      // Each is the first now and then: one that is always full must not hold up the others.
      for (let i = 0; i < places.length && records.length < max; i += 1) {
        const { name, at } = places[(i + turns) % places.length]!;
        records.push(...(await log.read(name, at, positions.next(name, at), max - records.length)));
      }
      if (records.length === 0) await log.changed({ waitMs, signal });
      return records;
    },
  };
}
