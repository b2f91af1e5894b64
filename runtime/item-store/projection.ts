import type { DatabaseSync } from 'node:sqlite';
import { backoffMs } from '../backoff.ts';
import type { Clock } from '../clock.ts';
import { decoded, type Serde } from '../core/serde.ts';
import { inTransaction } from '../embedded/database.ts';
import { toHubError } from '../errors.ts';
import type { EmbeddedLog } from '../log/embedded.ts';
import type { LogRecord } from '../log/index.ts';
import { nextOffsets } from '../log/next-offsets.ts';
import type { Logger } from '../telemetry.ts';
import { topics } from '../topics.ts';
import { itemStoreWriter, type RowOfEvent, type RowOfItem, rowOfEvent, rowOfItem } from './embedded.ts';

const batchRecords = 2_000;
const pollWaitMs = 1_000;
const pauses = { firstMs: 100, longestMs: 10_000 };

/** Consumer group of the projection; its lag is how far trace and search are behind. */
export const projectionGroup = 'item-store';

/** Follows the items and their events until `signal` aborts. Rows and offsets go into one SQLite transaction. */
export async function runProjection(run: {
  readonly database: DatabaseSync;
  readonly log: EmbeddedLog;
  readonly serde: Serde;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly logger: Logger;
}): Promise<void> {
  const { database, log, serde, clock, signal, logger } = run;
  const followed = [topics.items, topics.events];
  const store = itemStoreWriter(database);
  const itemRows = serde.decoder<RowOfItem>(rowOfItem);
  const eventRows = serde.decoder<RowOfEvent>(rowOfEvent);
  const consumer = await log.consumer({ group: projectionGroup, topics: followed, memberId: 'projection' });
  let failures = 0;
  while (!signal.aborted) {
    try {
      const { records } = await consumer.poll({ max: batchRecords, waitMs: pollWaitMs, signal });
      if (records.length === 0) continue;
      const [items, events] = followed.map((topic) => records.filter((record) => record.topic === topic));
      await itemRows.prepare(items!.map(bytesOf));
      await eventRows.prepare(events!.map(bytesOf));
      inTransaction(database, () => {
        for (const [itemKey, record] of lastOfEach(items!)) {
          if (itemKey === null || record.value === null) continue;
          store.putItem(decoded(itemRows, record.value), record.partition, record.value);
        }
        for (const { value, partition, offset } of events!) {
          if (value !== null) store.putEvent(decoded(eventRows, value), partition, offset);
        }
        consumer.storeOffsets(nextOffsets(records));
      });
      failures = 0;
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
