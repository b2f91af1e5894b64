import type { Worker } from 'node:worker_threads';
import type { Clock } from './clock.ts';
import { HubError, toHubError } from './errors.ts';
import type { DefinitionAt, FromPart } from './threads/messages.ts';
import { launchPart } from './threads/part-thread.ts';
import { fromWire } from './threads/rpc.ts';
import type { Writer } from './threads/writer.ts';

export interface BackfillOptions {
  readonly source: string;
  readonly definition: DefinitionAt;
  /** The source's options where it is configured, else null. */
  readonly input: unknown;
  readonly files: readonly string[];
  readonly maxRecordBytes: number;
  readonly maxMemoryMb: number;
  readonly logLevel: string;
}

/** What became of what was read; `redelivered` counts what the hub had already, `dead` what nobody could read. */
export interface BackfillResult {
  readonly read: number;
  readonly items: number;
  readonly revisions: number;
  readonly redelivered: number;
  readonly stale: number;
  readonly dead: number;
}

/** A thread that shows no sign of life for so long is ended. */
const silenceMs = 10_000;
const lookMs = 100;

/**
 * Sends files in a source's own raw form through the whole pipeline, as history (design.md §4 point 10): the connector's code in a
 * thread of its own, everything else in the writer's. Resolves when all of it is committed and projected. Reading the same files
 * again changes nothing.
 *
 * Throws what the connector threw (HUB_CONFIG_UNREADABLE for a missing file), HUB_CONNECTOR_CRASHED or HUB_CONNECTOR_UNRESPONSIVE;
 * what was committed until then stays.
 */
export async function backfill(
  writer: Pick<Writer, 'admin' | 'attach'>,
  options: BackfillOptions,
  clock: Clock,
): Promise<BackfillResult> {
  const before = await countsOf(writer, options.source);
  await runToEnd(writer, options, clock);
  for (;;) {
    const lag = (await writer.admin('lag')) as { readonly writer: number; readonly projection: number };
    if (lag.writer === 0 && lag.projection === 0) break;
    await clock.sleep(lookMs);
  }
  const after = await countsOf(writer, options.source);
  const grown = (name: string): number => (after.get(name) ?? 0) - (before.get(name) ?? 0);
  const [accepted, repeated, unreadable] = [grown('accepted'), grown('repeated'), grown('dead at intake')];
  return {
    read: accepted + repeated + unreadable,
    items: grown('item'),
    revisions: grown('revision'),
    redelivered: repeated + grown('redelivery'),
    stale: grown('stale'),
    dead: unreadable + grown('dead'),
  };
}

async function runToEnd(
  writer: Pick<Writer, 'attach'>,
  options: BackfillOptions,
  clock: Clock,
): Promise<void> {
  const id = `backfill-${options.source}`;
  const worker = launchPart({ kind: 'connector', id, leads: true, ...options }, writer.attach('intake', id));
  const ended = new AbortController();
  let silent = 0;
  const outcome = new Promise<void>((resolve, reject) => {
    worker.on('message', (message: FromPart) => {
      silent = 0;
      if (message.type === 'finished') resolve();
      else if (message.type === 'failed') reject(fromWire(message.error));
    });
    worker.on('error', (thrown: unknown) => reject(toHubError(thrown, 'HUB_CONNECTOR_CRASHED')));
    worker.on('exit', () => {
      ended.abort();
      reject(new HubError('HUB_CONNECTOR_CRASHED', `${id}: the connector ended its own thread`));
    });
  });
  void endWhenSilent(worker, id, clock, ended.signal, () => {
    silent += 1_000;
    return silent;
  });
  await outcome;
}

async function endWhenSilent(
  worker: Worker,
  id: string,
  clock: Clock,
  ended: AbortSignal,
  silentMs: () => number,
): Promise<void> {
  while (!ended.aborted) {
    await clock.sleep(1_000, ended);
    if (ended.aborted || silentMs() < silenceMs) continue;
    const message = `${id} gave no sign of life for ${silenceMs} ms`;
    worker.emit('error', new HubError('HUB_CONNECTOR_UNRESPONSIVE', message));
    await worker.terminate();
  }
}

/** By outcome, of this source's history alone: a running hub counts its live records apart. */
async function countsOf(writer: Pick<Writer, 'admin'>, source: string): Promise<ReadonlyMap<string, number>> {
  const counters = (await writer.admin('counters')) as Readonly<Record<string, number>>;
  const counts = new Map<string, number>();
  for (const [key, count] of Object.entries(counters)) {
    const [, name, labels] = /^(\w+)\{source="([^}]*)\}$/.exec(key) ?? [];
    const [of, origin, outcome] = (labels ?? '').split(/",\w+="/);
    if (of !== source || origin !== 'BACKFILL') continue;
    const what = outcome!.replace('"', '');
    counts.set(name === 'hub_intake_records_total' && what === 'dead' ? 'dead at intake' : what, count);
  }
  return counts;
}
