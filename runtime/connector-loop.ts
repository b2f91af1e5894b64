import type { Item } from '../schemas/types.ts';
import { backoffMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import type { NormalizeContext, Normalized, RawRecord, ReadBatch } from './connector.ts';
import type { Intake, IntakeReceipt, ReceivedRecord } from './core/intake.ts';
import { type HubError, toHubError } from './errors.ts';
import { reject } from './outcome.ts';
import type { Logger } from './telemetry.ts';

/** After a failed read or commit. */
const pauses = { firstMs: 1_000, longestMs: 60_000 };
/** A source may ask for more patience than that (Retry-After), but not for ever. */
const longestToldMs = 3_600_000;

export interface ConnectorRun {
  readonly source: string;
  readonly origin: Item['origin'];
  /** The definition's `check` with its context bound; absent where nothing but files is read. */
  check?(signal: AbortSignal): Promise<void>;
  /** The definition's `read` (or its `readFile`, as batches) with its context bound; called anew after every failure. */
  read(position: unknown, signal: AbortSignal): AsyncGenerator<ReadBatch<unknown>, void, void>;
  normalize(raw: RawRecord, context: Pick<NormalizeContext<unknown>, 'ingestedAt'>): Normalized;
  readonly maxRecordBytes: number;
  readonly intake: Intake;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly log: Logger;
  /** Called after each committed batch. */
  onBatch?(receipt: IntakeReceipt): void;
  /** Called on each failure that will be retried. */
  onRetry?(error: HubError, pauseMs: number): void;
}

/**
 * Runs one connector until its source ends or `signal` aborts: check once, then read, normalize, hand to the intake, and only then
 * read on. Nothing is read before the check has succeeded; it fails and is tried again as a read does.
 * The position is asked of the intake after every failure, so whatever was not committed is read again.
 * Throws what is not retriable; everything else is retried for ever, with backoff.
 */
export async function runConnector(run: ConnectorRun): Promise<void> {
  const { intake, clock, signal, log } = run;
  let failures = 0;
  let isChecked = run.check === undefined;
  while (!signal.aborted) {
    const attempt = new AbortController();
    const stop = () => attempt.abort(signal.reason);
    signal.addEventListener('abort', stop, { once: true });
    try {
      if (!isChecked) await run.check?.(attempt.signal);
      isChecked = true;
      for await (const batch of run.read(await intake.position(), attempt.signal)) {
        const receipt = await intake.accept(receive(run, batch));
        run.onBatch?.(receipt);
        failures = 0;
        if (signal.aborted) return;
      }
      return;
    } catch (thrown) {
      if (signal.aborted) return;
      const error = toHubError(thrown);
      if (!error.retriable) throw error;
      const pauseMs = pauseAfter(error, failures, clock);
      failures += 1;
      log.warn('connector retries', {
        code: error.code,
        message: error.message,
        pauseMs: Math.round(pauseMs),
        ...error.context,
      });
      run.onRetry?.(error, pauseMs);
      await clock.sleep(pauseMs, signal);
    } finally {
      signal.removeEventListener('abort', stop);
      attempt.abort();
    }
  }
}

function receive(run: ConnectorRun, batch: ReadBatch<unknown>): Parameters<Intake['accept']>[0] {
  const ingestedAt = run.clock.now();
  const records = batch.records.map(
    (raw): ReceivedRecord => ({ raw, outcome: normalizeOne(run, raw, ingestedAt) }),
  );
  const { position, beside } = batch;
  return { source: run.source, origin: run.origin, ingestedAt, records, position, ...(beside && { beside }) };
}

/**
 * A connector's bug on one record costs that record its way, not its neighbours theirs: whatever `normalize` throws is an
 * outcome, as is a record larger than it may be.
 */
export function normalizeOne(
  run: Pick<ConnectorRun, 'source' | 'normalize' | 'maxRecordBytes'>,
  raw: RawRecord,
  ingestedAt: number,
): Normalized {
  if (raw.bytes.length > run.maxRecordBytes) {
    return reject(
      'HUB_RECORD_TOO_LARGE',
      `${run.source}: record of ${raw.bytes.length} bytes, at most ${run.maxRecordBytes} expected (maxRecordBytes)`,
    );
  }
  try {
    return run.normalize(raw, { ingestedAt });
  } catch (thrown) {
    // The message of a foreign exception may quote the record: only its name is safe to keep.
    const name = thrown instanceof Error ? thrown.name : typeof thrown;
    return reject('HUB_RECORD_NORMALIZE_FAILED', `${run.source}: normalize threw ${name}`);
  }
}

function pauseAfter(error: HubError, failures: number, clock: Clock): number {
  const told = error.context.retryAfterMs;
  if (typeof told === 'number' && Number.isFinite(told) && told >= 0) return Math.min(told, longestToldMs);
  return backoffMs(failures, pauses, clock.random());
}
