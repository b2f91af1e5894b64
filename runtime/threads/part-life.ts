import { parentPort } from 'node:worker_threads';
import { systemClock } from '../clock.ts';
import { HubError } from '../errors.ts';
import type { DefinitionAt, FromPart, Progress, ToPart } from './messages.ts';
import { toWire } from './rpc.ts';

const heartbeatMs = 1_000;

export interface PartLife {
  /** Aborts when the main thread asks the part to stop. */
  readonly signal: AbortSignal;
  /** What the main thread last said; see ReadContext.leads. Null: nothing yet. */
  leads(): boolean | null;
  committed(records: number): void;
  retrying(error: HubError, pauseMs: number): void;
}

/**
 * The life of a connector's or sink's thread: a heartbeat every second, a stop when asked for, the end told to the main
 * thread. @param counted what the part counts for /metrics. What is thrown outside `body`'s promise is left to Node, which ends the thread and tells the main thread.
 */
export async function livePart(
  body: (life: PartLife) => Promise<void>,
  counted: () => ReadonlyMap<string, number> = () => new Map(),
): Promise<void> {
  const port = parentPort;
  if (port === null)
    throw new HubError('HUB_INTERNAL', 'a part runs in a worker thread, this is the main thread');
  const tell = (message: FromPart): void => port.postMessage(message);
  const stop = new AbortController();
  const over = new AbortController();
  let leads: boolean | null = null;
  port.on('message', (message: ToPart) => {
    if (message.type === 'stop') stop.abort();
    else leads = message.leads;
  });

  let progress: Progress = { batches: 0, records: 0, lastBatchAt: null, lastRecordAt: null };
  const beat = (): void =>
    tell({ type: 'heartbeat', progress: { ...progress, counted: Object.fromEntries(counted()) } });
  const beating = (async () => {
    while (!over.signal.aborted) {
      beat();
      await systemClock.sleep(heartbeatMs, over.signal);
    }
  })();

  try {
    await body({
      signal: stop.signal,
      leads: () => leads,
      committed(records) {
        const at = systemClock.now();
        progress = {
          batches: progress.batches + 1,
          records: progress.records + records,
          lastBatchAt: at,
          lastRecordAt: records > 0 ? at : progress.lastRecordAt,
        };
      },
      retrying: (error, pauseMs) => tell({ type: 'retry', error: toWire(error), pauseMs }),
    });
    beat();
    tell({ type: 'finished' });
  } catch (thrown) {
    tell({ type: 'failed', error: toWire(thrown) });
  }
  over.abort();
  await beating;
  // Whatever the part has left running (timers, sockets) ends with it.
  process.exit();
}

/** Imports the module and takes the export that carries the definition's name. */
export async function loadDefinition<D extends { readonly name: string }>({
  module,
  type,
}: DefinitionAt): Promise<D> {
  const exported: unknown[] = Object.values(await import(module));
  const found = exported.find(
    (value) => typeof value === 'object' && value !== null && 'name' in value && value.name === type,
  );
  if (found === undefined)
    throw new HubError('HUB_REGISTRY_UNKNOWN', `${module} exports no definition named "${type}"`);
  return found as D;
}
