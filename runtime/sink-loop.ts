import { backoffMs } from './backoff.ts';
import type { Clock } from './clock.ts';
import { HubError, toHubError } from './errors.ts';
import type { Log, TopicPartition } from './log/index.ts';
import type { SinkTask } from './sink.ts';
import type { Logger } from './telemetry.ts';

/** Records given to `write` at once. */
const batchRecords = 500;
/** Longest wait for news after a pass over all partitions that found nothing. */
const idleMs = 1_000;
const pause = { firstMs: 1_000, longestMs: 60_000 };

/** The sink's consumer group; it lives where the log is written. */
export interface SinkGroup {
  /** Becomes the only member of the group; commits of an earlier one fail with HUB_LOG_FENCED. */
  join(topics: readonly string[]): Promise<void>;
  commit(offsets: readonly (TopicPartition & { readonly next: number })[]): Promise<void>;
}

export interface SinkRun {
  /** Consumer group whose offsets say how far the sink has come. */
  readonly group: string;
  readonly topics: readonly string[];
  /** Opens the target; called anew after every failure. */
  open(): Promise<SinkTask>;
  readonly log: Pick<Log, 'topics' | 'range' | 'read' | 'committed'>;
  /** Resolves when something was committed since the last call, or after `waitMs`, or when `signal` aborts. */
  changed(options: { readonly waitMs: number; readonly signal: AbortSignal }): Promise<unknown>;
  /** Called with the values of a batch before it is written: the target decodes them without waiting. */
  prepare(values: Iterable<Uint8Array | null>): Promise<void>;
  readonly offsets: SinkGroup;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly logger: Logger;
  /** Called after each batch that is durable in the target and committed. */
  onBatch?(records: number): void;
  /** Called on each failure that will be retried. */
  onRetry?(error: HubError, pauseMs: number): void;
}

interface Cursor extends TopicPartition {
  next: number;
}

/**
 * Runs one sink until `signal` aborts: read, write, and only then move the group's offset. After a failure it goes on from
 * what is committed, so records are written again rather than left out. Throws what is not retriable.
 */
export async function runSink(run: SinkRun): Promise<void> {
  const { clock, signal, logger } = run;
  let failures = 0;
  while (!signal.aborted) {
    let task: SinkTask | null = null;
    try {
      await run.offsets.join(run.topics);
      task = await run.open();
      await untilEither(signal, [
        (until) =>
          deliver({ ...run, signal: until }, task!, () => {
            failures = 0;
          }),
        (until) => task!.work?.(until) ?? Promise.resolve(),
      ]);
    } catch (thrown) {
      const error = toHubError(thrown, 'HUB_SINK_FAILED');
      if (!error.retriable) throw error;
      if (signal.aborted) return;
      const pauseMs = backoffMs(failures, pause, clock.random());
      failures += 1;
      logger.warn('sink retries', { code: error.code, message: error.message, pauseMs, ...error.context });
      if (error !== thrown) logger.debug('what the sink threw', { thrown: String(thrown) });
      run.onRetry?.(error, pauseMs);
      await clock.sleep(pauseMs, signal);
    } finally {
      await task?.close().catch((thrown: unknown) => {
        // What was written is durable already.
        logger.warn('sink did not close its target', { message: toHubError(thrown).message });
      });
    }
  }
}

/** Runs all of them to their end; when one fails the others are asked to end, and its error is thrown. */
async function untilEither(
  signal: AbortSignal,
  works: readonly ((until: AbortSignal) => Promise<void>)[],
): Promise<void> {
  const failed = new AbortController();
  const until = AbortSignal.any([signal, failed.signal]);
  const running = works.map((work) =>
    work(until).catch((thrown: unknown) => {
      failed.abort();
      throw thrown;
    }),
  );
  try {
    await Promise.all(running);
  } finally {
    await Promise.allSettled(running);
  }
}

async function deliver(run: SinkRun, task: SinkTask, onSuccess: () => void): Promise<void> {
  const { log, signal } = run;
  const cursors = await cursorsOf(run, task);
  while (!signal.aborted) {
    let delivered = 0;
    for (const cursor of cursors) {
      if (signal.aborted) return;
      const { topic, partition } = cursor;
      const records = await log.read(topic, partition, cursor.next, batchRecords);
      const last = records.at(-1);
      if (last === undefined) continue;
      await run.prepare(records.map(({ value }) => value));
      await task.write(topic, partition, records);
      cursor.next = last.offset + 1;
      await run.offsets.commit([{ topic, partition, next: cursor.next }]);
      delivered += records.length;
      run.onBatch?.(records.length);
      onSuccess();
    }
    if (delivered === 0) await run.changed({ waitMs: idleMs, signal });
  }
}

/** Where the target keeps the position itself, that one counts; else the group's, else the start of the log. */
async function cursorsOf(run: SinkRun, task: SinkTask): Promise<readonly Cursor[]> {
  const partitions = new Map((await run.log.topics()).map((spec) => [spec.name, spec.partitions]));
  const wanted = run.topics.flatMap((topic) =>
    // A topic that does not exist is read once, so that the log says so in its own words.
    Array.from({ length: partitions.get(topic) ?? 1 }, (_, partition) => ({ topic, partition })),
  );
  const committed = await run.log.committed(run.group, wanted);
  return Promise.all(
    wanted.map(async ({ topic, partition }, index) => ({
      topic,
      partition,
      next: (await positionInTarget(run, task, topic, partition)) ?? committed[index] ?? 0,
    })),
  );
}

/**
 * Throws HUB_LOG_OFFSET_OUT_OF_RANGE where the log is not the one that filled the target (put back from a backup, or a new one): going on
 * would leave out what stands at those offsets now.
 */
async function positionInTarget(
  { log }: SinkRun,
  task: SinkTask,
  topic: string,
  partition: number,
): Promise<number | null> {
  const position = await task.resumeAt(topic, partition);
  if (position === null) return null;
  const { next, lastTimestamp } = position;
  if (next === 0) return next;
  const { start, end } = await log.range(topic, partition);
  if (next > end) throw filledFromOther(`the log ends at ${end}`);
  if (lastTimestamp === null || next - 1 < start) return next;
  const [before] = await log.read(topic, partition, next - 1, 1);
  // On a compacted topic it may be gone.
  if (before?.offset !== next - 1 || before.timestamp === lastTimestamp) return next;
  throw filledFromOther('the record before it is another than the last one written there');

  function filledFromOther(found: string): HubError {
    return new HubError(
      'HUB_LOG_OFFSET_OUT_OF_RANGE',
      `the target goes on at offset ${next} of ${topic}/${partition}, but ${found}: it was filled from other data; give this hub a target of its own`,
      { context: { topic, partition } },
    );
  }
}
