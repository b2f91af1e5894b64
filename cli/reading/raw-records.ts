import type { Log, LogRecord } from '../../runtime/log/index.ts';
import { murmur2 } from '../../runtime/log/partition.ts';
import { topics } from '../../runtime/topics.ts';

/** An untouched record of a source, as it lies in hub.raw.<source>. */
export interface KeptRaw {
  /** As items name it: `raw.<source>/<recordId>@<sha256>`. */
  readonly ref: string;
  readonly format: string;
  readonly origin: string;
  readonly correlationId: string;
  /** ms since epoch. */
  readonly receivedAt: number;
  /** Of the record itself, also where only a claim check lies in the topic; null where that is not known. */
  readonly sizeBytes: number | null;
}

const batchKeys = 10_000;

/**
 * All that is kept of one record of a source, oldest first. Goes by the hashes of the keys, so that the values of other records are
 * not read. @param partition that of the item
 */
export async function rawRecordsOf(
  log: Pick<Log, 'readKeys' | 'read' | 'topics'>,
  source: string,
  recordId: string,
  partition: number,
): Promise<readonly KeptRaw[]> {
  const topic = topics.raw(source);
  if (!(await log.topics()).some(({ name }) => name === topic)) return [];
  const wanted = murmur2(recordId);
  const kept: KeptRaw[] = [];
  for (let next = 0; ; ) {
    const { offsets, hashes } = await log.readKeys(topic, partition, next, batchKeys);
    const last = offsets.at(-1);
    if (last === undefined) return kept;
    for (const [index, offset] of offsets.entries()) {
      if (hashes[index] !== wanted) continue;
      const [record] = await log.read(topic, partition, offset, 1);
      if (record?.key === recordId && record.offset === offset) kept.push(keptRaw(source, record));
    }
    next = last + 1;
  }
}

function keptRaw(source: string, { key, value, headers, timestamp }: LogRecord): KeptRaw {
  const { sha256 = '', format = '', origin = '', correlationId = '', claim } = headers;
  return {
    ref: `raw.${source}/${key}@${sha256}`,
    format,
    origin,
    correlationId,
    receivedAt: timestamp,
    sizeBytes: claim === undefined ? (value?.length ?? 0) : claimedBytes(value),
  };
}

/** The claim check says how large the record is. */
function claimedBytes(value: Uint8Array | null): number | null {
  const { sizeBytes } = JSON.parse(Buffer.from(value ?? []).toString()) as { sizeBytes?: number };
  return sizeBytes ?? null;
}
