import type { DeadLetterStage } from '../core/dead-letter.ts';
import type { Log, LogRecord } from '../log/index.ts';
import { topics } from '../topics.ts';

/** A dead letter with all that has happened to it since. Times in ms since epoch. */
export interface DeadLetterHistory {
  readonly id: string;
  readonly source: string;
  readonly stage: DeadLetterStage;
  /** Of its last death. */
  readonly code: string;
  readonly reason: string;
  readonly sha256: string;
  /** How often these bytes have died here. */
  readonly count: number;
  readonly firstAt: number;
  readonly lastAt: number;
  /** A letter that dies again after a resolution is open again. */
  readonly state: 'open' | 'redriven' | 'discarded';
  /** What was done last, even where the letter is open again. */
  readonly resolution: Resolution | null;
  /** Where its last bytes lie in hub.dead-letters. */
  readonly partition: number;
  readonly offset: number;
  /** The rest of the headers: format, origin, correlationId, claim, topic, baseId. */
  readonly headers: Readonly<Record<string, string>>;
}

export interface Resolution {
  readonly kind: 'redriven' | 'discarded';
  readonly actor: string;
  readonly reason: string;
  readonly at: number;
}

/**
 * The records of hub.dead-letters as letters, the one that died last first. Within a partition the order of the records counts;
 * a resolution without its letter is left out. Pure.
 */
export function foldDeadLetters(records: Iterable<LogRecord>): readonly DeadLetterHistory[] {
  const letters = new Map<string, DeadLetterHistory>();
  for (const record of records) {
    const { key: id, headers, timestamp: at } = record;
    if (id === null) continue;
    const known = letters.get(id);
    const kind = headers.resolution;
    if (kind === undefined) letters.set(id, died(record, known));
    else if (known !== undefined && (kind === 'redriven' || kind === 'discarded')) {
      const resolution: Resolution = { kind, actor: headers.actor ?? '', reason: headers.reason ?? '', at };
      letters.set(id, { ...known, state: kind, resolution });
    }
  }
  return [...letters.values()].sort((a, b) => b.lastAt - a.lastAt || (a.id < b.id ? -1 : 1));
}

function died(record: LogRecord, known: DeadLetterHistory | undefined): DeadLetterHistory {
  const { source = '', stage, code = '', reason = '', sha256 = '', ...headers } = record.headers;
  const at = record.timestamp;
  return {
    id: record.key ?? '',
    source,
    stage: stage === 'input' || stage === 'process' ? stage : 'normalize',
    code,
    reason,
    sha256,
    count: (known?.count ?? 0) + 1,
    firstAt: Math.min(at, known?.firstAt ?? at),
    lastAt: Math.max(at, known?.lastAt ?? at),
    state: 'open',
    resolution: known?.resolution ?? null,
    partition: record.partition,
    offset: record.offset,
    headers,
  };
}

const batchRecords = 500;

/** Every record of hub.dead-letters, partition by partition; of none when the topic does not exist yet. */
export async function* deadLetterRecords(log: Log): AsyncGenerator<LogRecord, void, void> {
  const topic = (await log.topics()).find(({ name }) => name === topics.deadLetters);
  for (let partition = 0; partition < (topic?.partitions ?? 0); partition++) {
    yield* recordsFrom(log, partition, 0);
  }
}

/** Records of one partition of hub.dead-letters, from an offset to the present end. */
export async function* recordsFrom(
  log: Log,
  partition: number,
  from: number,
): AsyncGenerator<LogRecord, void, void> {
  for (let next = from; ; ) {
    const records = await log.read(topics.deadLetters, partition, next, batchRecords);
    if (records.length === 0) return;
    yield* records;
    next = records.at(-1)!.offset + 1;
  }
}

export async function readDeadLetters(log: Log): Promise<readonly DeadLetterHistory[]> {
  const records: LogRecord[] = [];
  // The bytes are not needed for the fold, and may be many.
  for await (const record of deadLetterRecords(log)) records.push({ ...record, value: null });
  return foldDeadLetters(records);
}

/** Which letters are meant; every criterion given must hold. */
export interface DeadLetterFilter {
  readonly source?: string;
  readonly code?: string;
  readonly stage?: string;
  readonly openOnly?: boolean;
}

export const matches = (letter: DeadLetterHistory, filter: DeadLetterFilter): boolean =>
  (filter.source === undefined || letter.source === filter.source) &&
  (filter.code === undefined || letter.code === filter.code) &&
  (filter.stage === undefined || letter.stage === filter.stage) &&
  (filter.openOnly !== true || letter.state === 'open');
