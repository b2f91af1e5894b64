import type { IndexEntry } from './index.ts';
import { itemIdText, parseItemId } from './item-id.ts';

/**
 * An entry in a snapshot, little-endian:
 *
 *     u8   number of keys
 *     u8   bytes of features
 *     u16  bytes of the baseId
 *     16   itemId, as a UUID is written
 *     f64  orderKeyAt, f64 ingestedAt, f64 version
 *     u32  each key
 *     …    features
 *     …    baseId, UTF-8
 */
const fixedBytes = 4 + 16 + 3 * 8;

const id = new Uint32Array(4);

/** @returns where the next one begins */
export function encodeEntry(entry: IndexEntry, into: Buffer, start: number): number {
  const { keys, features } = entry;
  parseItemId(entry.itemId, id);
  into[start] = keys.length;
  into[start + 1] = features.length;
  for (let i = 0; i < 4; i += 1) into.writeUInt32BE(id[i]!, start + 4 + i * 4);
  into.writeDoubleLE(entry.orderKeyAt, start + 20);
  into.writeDoubleLE(entry.ingestedAt, start + 28);
  into.writeDoubleLE(entry.version, start + 36);
  let at = start + fixedBytes;
  for (const key of keys) at = into.writeUInt32LE(key, at);
  into.set(features, at);
  at += features.length;
  const baseIdBytes = into.write(entry.baseId, at);
  into.writeUInt16LE(baseIdBytes, start + 2);
  return at + baseIdBytes;
}

/** Features are views into `bytes`. */
export function decodeEntries(bytes: Buffer): IndexEntry[] {
  const entries: IndexEntry[] = [];
  for (let at = 0; at < bytes.length; ) {
    const keyCount = bytes[at]!;
    const featureBytes = bytes[at + 1]!;
    const baseIdBytes = bytes.readUInt16LE(at + 2);
    const word = (i: number) => bytes.readUInt32BE(at + 4 + i * 4);
    const firstKey = at + fixedBytes;
    const firstFeature = firstKey + keyCount * 4;
    const end = firstFeature + featureBytes + baseIdBytes;
    entries.push({
      itemId: itemIdText(word(0), word(1), word(2), word(3)),
      baseId: bytes.toString('utf8', firstFeature + featureBytes, end),
      orderKeyAt: bytes.readDoubleLE(at + 20),
      ingestedAt: bytes.readDoubleLE(at + 28),
      version: bytes.readDoubleLE(at + 36),
      keys: Array.from({ length: keyCount }, (_, i) => bytes.readUInt32LE(firstKey + i * 4)),
      features: bytes.subarray(firstFeature, firstFeature + featureBytes),
    });
    at = end;
  }
  return entries;
}
