import { crc32 } from 'node:zlib';
import { isFit } from './entries.ts';
import { mixed } from './hash-table.ts';
import type { IndexEntry } from './index.ts';
import { type IdWords, itemIdText, parseItemId } from './item-id.ts';

/**
 * How the dedup index lies in Redis. Every key carries one of 64 hash tags, so that on Redis Cluster a script finds all it touches on one
 * node; `<name>` is that of the index and its generation. Of numbers of several bytes the highest comes first.
 *
 *     <name>{T}i<16 bytes of the item id>   string      the item's entry, in the bucket of the item; it is what counts
 *     <name>{T}d<16 bytes of the item id>   string      postings of entries that this one has replaced, which may still stand
 *     <name>{T}b<4 bytes of the key>        sorted set  the block of a key, in the bucket of the key: postings by orderKeyAt
 *     <name>{T}m                            hash        marks by input partition (redis-scripts.ts); n: the highest ingestedAt, a: how long before its report one was read
 *
 *     posting    16 item id, 6 version, 4 stamp, 6 orderKeyAt, 6 ingestedAt, 4 hash of the baseId
 *     entry      the posting; 1 number of keys, 1 bytes of features; 4 a key; the features; the baseId, UTF-8
 *
 * Members of equal score lie in the order of their bytes, thus of their item ids: the total order of items. The stamp is a hash of all that
 * follows it: with item id and version it names a content, which may be kept without asking again.
 */
export const bucketCount = 64;

const tags = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

export const postingBytes = 42;
/** Item id, version and stamp. */
export const contentBytes = 26;
export const orderKeyAtByte = 26;
export const ingestedAtByte = 32;
export const baseByte = 38;
const headBytes = postingBytes + 2;
/** A posting and, before it, the key of its block. */
export const keyedPostingBytes = 4 + postingBytes;

export const bucketOfKey = (key: number): number => mixed(key) & (bucketCount - 1);
/** Of 16 bytes that begin with an item id. */
export const bucketOfItem = (id: Uint8Array): number => id[0]! & (bucketCount - 1);

/** Begin of all keys of each bucket. */
export const prefixesOf = (name: string): readonly string[] => [...tags].map((tag) => `${name}{${tag}}`);

/** 16 bytes. Throws HUB_INTERNAL for what is no lower-case UUID. */
export function idBytes(itemId: string): Buffer {
  const words: IdWords = new Uint32Array(4);
  parseItemId(itemId, words);
  const bytes = Buffer.allocUnsafe(16);
  for (let i = 0; i < 4; i += 1) bytes.writeUInt32BE(words[i]!, i * 4);
  return bytes;
}

/** Two that are equal by chance hide one pair from each other: one in four thousand million. */
export const baseHash = (baseId: string): number => crc32(baseId);

/** Null for an entry that is not indexed, as its baseId is too long. Throws HUB_INTERNAL for what the port forbids. */
export function packEntry(entry: IndexEntry): Buffer | null {
  const { itemId, baseId, orderKeyAt, ingestedAt, version, keys, features } = entry;
  const id = idBytes(itemId);
  if (!isFit(entry)) return null;
  const baseAt = headBytes + keys.length * 4 + features.length;
  const packed = Buffer.allocUnsafe(baseAt + Buffer.byteLength(baseId));
  id.copy(packed);
  packed.writeUIntBE(version, 16, 6);
  packed.writeUIntBE(orderKeyAt, orderKeyAtByte, 6);
  packed.writeUIntBE(ingestedAt, ingestedAtByte, 6);
  packed.writeUInt32BE(baseHash(baseId), baseByte);
  packed[postingBytes] = keys.length;
  packed[postingBytes + 1] = features.length;
  for (const [i, key] of keys.entries()) packed.writeUInt32BE(key, headBytes + i * 4);
  packed.set(features, headBytes + keys.length * 4);
  packed.write(baseId, baseAt);
  packed.writeUInt32BE(crc32(packed.subarray(contentBytes)), contentBytes - 4);
  return packed;
}

export function unpackEntry(packed: Buffer): IndexEntry {
  const keyCount = packed[postingBytes]!;
  const featuresAt = headBytes + keyCount * 4;
  const baseAt = featuresAt + packed[postingBytes + 1]!;
  return {
    itemId: itemIdText(
      packed.readUInt32BE(0),
      packed.readUInt32BE(4),
      packed.readUInt32BE(8),
      packed.readUInt32BE(12),
    ),
    baseId: packed.toString('utf8', baseAt),
    orderKeyAt: packed.readUIntBE(orderKeyAtByte, 6),
    ingestedAt: packed.readUIntBE(ingestedAtByte, 6),
    version: packed.readUIntBE(16, 6),
    keys: Array.from({ length: keyCount }, (_, i) => packed.readUInt32BE(headBytes + i * 4)),
    features: packed.subarray(featuresAt, baseAt),
  };
}

/** Item id, version and stamp of what begins at a byte, as a text. */
export const contentOf = (bytes: Buffer, start = 0): string =>
  bytes.toString('latin1', start, start + contentBytes);

/** Item id as a text of 16 characters. */
export const idOf = (bytes: Buffer): string => bytes.toString('latin1', 0, 16);

/** The postings of an entry, each with the key of its block before it. */
export function keyedPostings(packed: Buffer): Buffer[] {
  return Array.from({ length: packed[postingBytes]! }, (_, i) => {
    const keyAt = headBytes + i * 4;
    return Buffer.concat([packed.subarray(keyAt, keyAt + 4), packed.subarray(0, postingBytes)]);
  });
}
