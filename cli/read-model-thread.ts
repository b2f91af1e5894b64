/**
 * Entry of the thread that keeps the item store up with the log, and reads for the duty page and for who asks about schemas: neither the
 * writer nor the main thread waits for that, however large the folder.
 */
import { type MessagePort, workerData } from 'node:worker_threads';
import { reviewDueAt } from '../processors/deadlines/index.ts';
import { systemClock } from '../runtime/clock.ts';
import { readStatus, type StatusAsk } from '../runtime/control/status-facts.ts';
import { HubError } from '../runtime/errors.ts';
import { openItemStoreWriter } from '../runtime/item-store/embedded.ts';
import { isUnsound, itemsFileIn } from '../runtime/item-store/items-file.ts';
import { followLog, runProjection } from '../runtime/item-store/projection.ts';
import { projectedTopics } from '../runtime/item-store/rows.ts';
import { embeddedReading } from '../runtime/schema-registry/embedded-reading.ts';
import { type RestAsk, restAnswer } from '../runtime/schema-registry/rest.ts';
import { stderrLogger } from '../runtime/telemetry.ts';
import { serve } from '../runtime/threads/rpc.ts';
import { openReader } from './reader.ts';
import { incidentFacts } from './reading/incidents.ts';

export interface ReadModelData {
  readonly folder: string;
  readonly logLevel: string;
  readonly port: MessagePort;
}

const { folder, logLevel, port } = workerData as ReadModelData;
const logger = stderrLogger(logLevel);
const stop = new AbortController();
const reader = await openReader(folder);
const { log, serde, store, warnings } = reader;
const schemas = embeddedReading(reader.database);
const storeWriter = openItemStoreWriter(folder, logger);

serve(port, {
  facts: async (ask: StatusAsk) => {
    const incidents = incidentFacts(folder);
    const reading = { ...ask, folder, log, serde, store, warnings, dueOf: reviewDueAt, incidents };
    return readStatus(reading).catch(async (thrown: unknown) => {
      // What only reads has come upon a page that what writes never touches.
      if (isUnsoundStore(thrown)) await storeWriter.reset();
      throw thrown;
    });
  },
  schemas: async (ask: RestAsk) => restAnswer(schemas, ask),
  stop: async () => stop.abort(),
});

const isUnsoundStore = (thrown: unknown): boolean =>
  thrown instanceof HubError && thrown.context.path === itemsFileIn(folder) && isUnsound(thrown);

await runProjection({
  store: storeWriter,
  source: followLog(log, projectedTopics),
  log,
  serde,
  clock: systemClock,
  signal: stop.signal,
  logger,
});
// Last on its file, so that SQLite puts it in order.
await reader.close();
await storeWriter.close();
port.close();
