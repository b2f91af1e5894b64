/** Entry of the thread that reads for the duty page and for who asks about schemas: neither the writer nor the main thread waits for a large folder to be looked through. */
import { type MessagePort, workerData } from 'node:worker_threads';
import { reviewDueAt } from '../processors/deadlines/index.ts';
import { readStatus, type StatusAsk } from '../runtime/control/status-facts.ts';
import { embeddedReading } from '../runtime/schema-registry/embedded-reading.ts';
import { type RegistryReading, type RestAsk, restAnswer } from '../runtime/schema-registry/rest.ts';
import { serve } from '../runtime/threads/rpc.ts';
import { type HubReader, openReader } from './reader.ts';
import { incidentFacts } from './reading/incidents.ts';

const { folder, port } = workerData as { readonly folder: string; readonly port: MessagePort };
let reader: HubReader | null = null;
let schemas: RegistryReading | null = null;

const opened = async (): Promise<HubReader> => {
  reader ??= await openReader(folder);
  return reader;
};

serve(port, {
  facts: async (ask: StatusAsk) => {
    const { log, serde, store, warnings } = await opened();
    const incidents = incidentFacts(folder);
    return readStatus({ ...ask, folder, log, serde, store, warnings, dueOf: reviewDueAt, incidents });
  },
  schemas: async (ask: RestAsk) => {
    schemas ??= embeddedReading((await opened()).database);
    return restAnswer(schemas, ask);
  },
});
