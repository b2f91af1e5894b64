/**
 * A segment: the records that one transaction appended to one partition, as one row (several rows when they are many or large).
 * Record i has the offset `base_offset + i`. Numbers are little-endian. docs/data-format.md holds the same layout for others.
 *
 * Column `keys`: per record u32, murmur2 of the key's UTF-8 bytes, 0 without a key.
 *
 * Column `bytes`:
 *
 *     u8   layout version, 1
 *     u32  per record: where it ends, counted from the end of this table
 *     per record:
 *       f64  timestamp, ms since 1970-01-01T00:00Z
 *       i32  length of the key in bytes, -1 for none
 *       i32  length of the value in bytes, -1 for a tombstone
 *       u16  number of headers
 *       key  UTF-8
 *       per header: u16 length, name UTF-8, u32 length, value UTF-8
 *       value, to the end of the record
 */
import { HubError } from '../errors.ts';
import type { LogRecord, NewRecord, TopicPartition } from './index.ts';
import { murmur2Of } from './partition.ts';

const layoutVersion = 1;
const fixedBytes = 8 + 4 + 4 + 2;

/**
 * A segment ends at whichever comes first, but holds at least one record. A read of one record costs its whole segment:
 * at 256 KiB some 0.1 ms, at 1 MiB three times that, while appending is not measurably slower.
 */
const maxRecords = 500;
const maxBytes = 256 * 1024;

export interface EncodedSegment {
  readonly recordCount: number;
  /** Lowest and highest timestamp, ms. */
  readonly firstTimestamp: number;
  readonly lastTimestamp: number;
  readonly keys: Uint8Array;
  readonly bytes: Uint8Array;
}

export interface StoredSegment extends TopicPartition {
  readonly baseOffset: number;
  readonly recordCount: number;
  readonly bytes: Uint8Array;
}

/** Cuts records into segments, in their order. Values are copied once. */
export function* encodeSegments(records: readonly NewRecord[]): Generator<EncodedSegment> {
  let sizes: number[] = [];
  let from = 0;
  let total = 0;
  for (const [i, record] of records.entries()) {
    const size = sizeOf(record);
    if (sizes.length > 0 && (sizes.length === maxRecords || total + size > maxBytes)) {
      yield encode(records, from, sizes, total);
      from = i;
      sizes = [];
      total = 0;
    }
    sizes.push(size);
    total += size;
  }
  if (sizes.length > 0) yield encode(records, from, sizes, total);
}

function sizeOf(record: NewRecord): number {
  let size = fixedBytes + (record.value?.length ?? 0);
  if (record.key !== null) size += Buffer.byteLength(record.key);
  for (const name in record.headers) {
    size += 2 + Buffer.byteLength(name) + 4 + Buffer.byteLength(record.headers[name]!);
  }
  return size;
}

function encode(
  records: readonly NewRecord[],
  from: number,
  sizes: readonly number[],
  total: number,
): EncodedSegment {
  const count = sizes.length;
  const keys = Buffer.alloc(count * 4);
  const bytes = Buffer.allocUnsafe(1 + count * 4 + total);
  bytes[0] = layoutVersion;
  let at = 1 + count * 4;
  const start = at;
  let firstTimestamp = Number.POSITIVE_INFINITY;
  let lastTimestamp = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < count; i += 1) {
    const record = records[from + i]!;
    const { key, value, headers, timestamp } = record;
    firstTimestamp = Math.min(firstTimestamp, timestamp);
    lastTimestamp = Math.max(lastTimestamp, timestamp);
    const fixed = at;
    at += fixedBytes;
    bytes.writeDoubleLE(timestamp, fixed);
    let keyBytes = -1;
    if (key !== null) {
      keyBytes = bytes.write(key, at);
      keys.writeUInt32LE(murmur2Of(bytes, at, at + keyBytes), i * 4);
      at += keyBytes;
    }
    bytes.writeInt32LE(keyBytes, fixed + 8);
    bytes.writeInt32LE(value === null ? -1 : value.length, fixed + 12);
    let headerCount = 0;
    for (const name in headers) {
      headerCount += 1;
      const nameBytes = bytes.write(name, at + 2);
      at = bytes.writeUInt16LE(nameBytes, at) + nameBytes;
      const valueBytes = bytes.write(headers[name]!, at + 4);
      at = bytes.writeUInt32LE(valueBytes, at) + valueBytes;
    }
    bytes.writeUInt16LE(headerCount, fixed + 16);
    if (value !== null) {
      bytes.set(value, at);
      at += value.length;
    }
    bytes.writeUInt32LE(at - start, 1 + i * 4);
  }
  return { recordCount: count, firstTimestamp, lastTimestamp, keys, bytes };
}

const noHeaders: Readonly<Record<string, string>> = Object.freeze({});

/**
 * The records of a segment from `offset` on, decoded as they are asked for; values are views into `bytes`, not copies.
 * Throws HUB_LOG_CORRUPT, naming the segment, before it hands out anything of a record that does not fit the layout.
 */
export function* decodeSegment(segment: StoredSegment, offset: number): Generator<LogRecord> {
  const { topic, partition, baseOffset, recordCount, bytes } = segment;
  const view = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const start = 1 + recordCount * 4;
  if (view[0] !== layoutVersion) throw corrupt(segment, `layout version ${view[0]}`);
  const endOf = (i: number) => (i < 0 ? start : start + view.readUInt32LE(1 + i * 4));
  if (view.length < start || endOf(recordCount - 1) !== view.length) throw corrupt(segment, 'wrong length');
  for (let i = Math.max(0, offset - baseOffset); i < recordCount; i += 1) {
    let at = endOf(i - 1);
    const end = endOf(i);
    if (at + fixedBytes > end || end > view.length) throw corrupt(segment, `record ${i} ends at ${end}`);
    const timestamp = view.readDoubleLE(at);
    const keyBytes = view.readInt32LE(at + 8);
    const valueBytes = view.readInt32LE(at + 12);
    let headersLeft = view.readUInt16LE(at + 16);
    at += fixedBytes;
    const take = (length: number): number => {
      if (length < 0 || at + length > end) throw corrupt(segment, `record ${i} runs over its end`);
      at += length;
      return at - length;
    };
    const text = (length: number): string => {
      const from = take(length);
      return view.toString('utf8', from, from + length);
    };
    const key = keyBytes === -1 ? null : text(keyBytes);
    let headers = noHeaders;
    if (headersLeft > 0) {
      const read: Record<string, string> = {};
      for (; headersLeft > 0; headersLeft -= 1) {
        const name = text(view.readUInt16LE(take(2)));
        read[name] = text(view.readUInt32LE(take(4)));
      }
      headers = read;
    }
    if (at + Math.max(0, valueBytes) !== end || valueBytes < -1)
      throw corrupt(segment, `record ${i} has a value of ${valueBytes} bytes`);
    const value = valueBytes === -1 ? null : bytes.subarray(at, end);
    yield { topic, partition, offset: baseOffset + i, key, value, headers, timestamp };
  }
}

/** Unsigned key hashes of the records [from, to) of a segment. */
export function decodeKeys(keys: Uint8Array, from: number, to: number): number[] {
  const view = new DataView(keys.buffer, keys.byteOffset, keys.byteLength);
  const hashes: number[] = [];
  for (let i = from; i < to; i += 1) hashes.push(view.getUint32(i * 4, true));
  return hashes;
}

function corrupt({ topic, partition, baseOffset }: StoredSegment, found: string): HubError {
  return new HubError('HUB_LOG_CORRUPT', `Segment ${topic}/${partition} at ${baseOffset}: ${found}`, {
    context: { topic, partition, baseOffset },
  });
}
