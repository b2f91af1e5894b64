import type { DatabaseSync } from 'node:sqlite';
import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { pairOfKey } from '../core/link-records.ts';
import { decoded, type Serde } from '../core/serde.ts';
import type { WarnedItems } from '../core/warning-loop.ts';
import { inDerivedTransaction } from '../embedded/database.ts';
import { toHubError } from '../errors.ts';
import type { EmbeddedLog } from '../log/embedded.ts';
import type { Log, LogRecord } from '../log/index.ts';
import { nextOffsets } from '../log/next-offsets.ts';
import type { Logger } from '../telemetry.ts';
import { topics } from '../topics.ts';
import type { ItemStore } from './index.ts';
import {
  itemStoreWriter,
  type RowOfEvent,
  type RowOfItem,
  type RowOfLink,
  rowOfEvent,
  rowOfItem,
  rowOfLink,
} from './rows.ts';
import { projectionGroup } from './tables.ts';

const batchRecords = 2_000;
const pollWaitMs = 1_000;
/**
 * After a batch the next one gathers so long: every commit of the writer wakes the projection, which shares its thread and its disk, and a
 * commit costs the disk the same whatever is in it. Nobody reads so soon again.
 */
const restMs = 100;
const pauses = { firstMs: 100, longestMs: 10_000 };

/** What the projection is made from. */
export const projectedTopics = [topics.items, topics.events, topics.links] as const;

/** Follows the items, their events and their pairs until `signal` aborts. Rows and offsets go into one SQLite transaction. */
export async function runProjection(run: {
  readonly database: DatabaseSync;
  readonly log: EmbeddedLog;
  readonly serde: Serde;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}): Promise<void> {
  const { database, log, serde, clock, signal, logger } = run;
  const store = itemStoreWriter(database);
  const itemRows = serde.decoder<RowOfItem>(rowOfItem);
  const eventRows = serde.decoder<RowOfEvent>(rowOfEvent);
  const linkRows = serde.decoder<RowOfLink>(rowOfLink);
  const consumer = await log.consumer({
    group: projectionGroup,
    topics: projectedTopics,
    memberId: 'projection',
  });
  let failures = 0;
  while (!signal.aborted) {
    try {
      const { records } = await consumer.poll({ max: batchRecords, waitMs: pollWaitMs, signal });
      if (records.length === 0) continue;
      const [items, events, links] = projectedTopics.map((topic) =>
        records.filter((record) => record.topic === topic),
      ) as [LogRecord[], LogRecord[], LogRecord[]];
      await itemRows.prepare(items.map(bytesOf));
      await eventRows.prepare(events.map(bytesOf));
      await linkRows.prepare(links.map(bytesOf));
      inDerivedTransaction(database, () => {
        const last = lastOfEach(items);
        for (const record of items) {
          if (record.value === null) continue;
          const row = decoded(itemRows, record.value);
          store.putCluster(row);
          if (last.get(record.key) === record) store.putItem(row, record.partition, record.value);
        }
        for (const { value, partition, offset } of events) {
          if (value !== null) store.putEvent(decoded(eventRows, value), partition, offset);
        }
        for (const { key, value } of links) {
          const pair = key === null ? null : pairOfKey(key);
          if (pair !== null) store.putPair(pair, value && decoded(linkRows, value).pair);
        }
        consumer.storeOffsets(nextOffsets(records));
      });
      failures = 0;
      if (records.length < batchRecords) await clock.sleep(restMs, signal);
    } catch (thrown) {
      const error = toHubError(thrown);
      if (!error.retriable) throw error;
      logger.warn('projection begins again', { code: error.code, message: error.message });
      await consumer.rewind();
      await clock.sleep(backoffMs(failures, pauses, clock.random()), signal);
      failures += 1;
    }
  }
  await consumer.close();
}

const bytesOf = (record: LogRecord): Uint8Array | null => record.value;

/** Only the last revision within a batch is ever seen: one row for it. */
function lastOfEach(records: readonly LogRecord[]): Map<string | null, LogRecord> {
  return new Map(records.map((record) => [record.key, record]));
}

/** The read model for the look for items under a warning. */
export function projectedItems(log: Log, store: Pick<ItemStore, 'inCategories'>): WarnedItems {
  return {
    async hasSeen(ends) {
      const committed = await log.committed(projectionGroup, ends);
      return ends.every(({ end }, index) => (committed[index] ?? 0) >= end);
    },
    async page(query, after, limit) {
      const found = await store.inCategories(query, after, limit);
      return found.map(({ itemId, baseId, item }) => ({ itemId, baseId, origin: item.origin }));
    },
  };
}
