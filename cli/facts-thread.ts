/** Entry of the thread that reads for the duty page: neither the writer nor the main thread waits for a large folder to be looked through. */
import { type MessagePort, workerData } from 'node:worker_threads';
import { reviewDueAt } from '../processors/deadlines/index.ts';
import { readStatus, type StatusAsk } from '../runtime/control/status-facts.ts';
import { serve } from '../runtime/threads/rpc.ts';
import { type HubReader, openReader } from './reader.ts';
import { incidentFacts } from './reading/incidents.ts';

const { folder, port } = workerData as { readonly folder: string; readonly port: MessagePort };
let reader: HubReader | null = null;

serve(port, {
  facts: async (ask: StatusAsk) => {
    reader ??= await openReader(folder);
    const { log, serde, store, warnings } = reader;
    const incidents = incidentFacts(folder);
    return readStatus({ ...ask, folder, log, serde, store, warnings, dueOf: reviewDueAt, incidents });
  },
});
