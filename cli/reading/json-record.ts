import type { LogRecord } from '../../runtime/log/index.ts';
import { topics } from '../../runtime/topics.ts';
import { isoTime } from '../time.ts';

/** Valid UTF-8 as text, everything else in base64. */
export type Bytes = { readonly text: string } | { readonly base64: string };

export function readable(bytes: Uint8Array): Bytes {
  try {
    return { text: new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes) };
  } catch {
    return { base64: Buffer.from(bytes).toString('base64') };
  }
}

/**
 * The JSON form of a record for `tap`: Avro models by their fields (times at +08:00, decimals as strings, nulls as null), raw records
 * and dead letters by their headers, pieces of a stream by their key. Null where a key was removed. Throws what `decode` throws.
 */
export function jsonRecord(
  record: LogRecord,
  decode: (value: Uint8Array) => unknown,
): Readonly<Record<string, unknown>> | null {
  const { topic, key, value, headers, timestamp } = record;
  if (topic === topics.deadLetters) {
    const { source, stage, sha256, code, reason, resolution, actor, ...rest } = headers;
    const at = isoTime(timestamp);
    return resolution === undefined
      ? { id: key, source, stage, code, reason, at, sha256, ...rest }
      : { id: key, resolution, actor, reason, at };
  }
  if (value === null) return null;
  if (topic.startsWith(topics.raw(''))) {
    const { format, sha256, claim, correlationId, origin } = headers;
    const receivedAt = isoTime(timestamp);
    // A claim check stands for bytes that lie in the attachment store.
    const content = claim === undefined ? readable(value) : { attachment: claim };
    return { recordId: key, format, receivedAt, sha256, origin, correlationId, ...content };
  }
  if (topic.startsWith(topics.stream(''))) return { key, receivedAt: isoTime(timestamp), ...readable(value) };
  return decode(value) as Readonly<Record<string, unknown>>;
}
