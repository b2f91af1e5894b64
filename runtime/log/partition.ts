const encoder = new TextEncoder();

/**
 * murmur2 as Kafka's default partitioner computes it (seed 0x9747b28c), over the UTF-8 bytes of `key`; unsigned 32 bit.
 * The hub computes partitions itself for every client, so that all of them agree.
 */
export function murmur2(key: string): number {
  const data = encoder.encode(key);
  return murmur2Of(data, 0, data.length);
}

/** The same over the bytes [from, to) of `data`. */
export function murmur2Of(data: Uint8Array, from: number, to: number): number {
  const m = 0x5bd1e995;
  let h = 0x9747b28c ^ (to - from);
  let i = from;
  for (; i + 4 <= to; i += 4) {
    let k = data[i]! | (data[i + 1]! << 8) | (data[i + 2]! << 16) | (data[i + 3]! << 24);
    k = Math.imul(k, m);
    k ^= k >>> 24;
    k = Math.imul(k, m);
    h = Math.imul(h, m) ^ k;
  }
  const left = to - i;
  if (left === 3) h ^= data[i + 2]! << 16;
  if (left >= 2) h ^= data[i + 1]! << 8;
  if (left >= 1) h = Math.imul(h ^ data[i]!, m);
  h ^= h >>> 13;
  h = Math.imul(h, m);
  h ^= h >>> 15;
  return h >>> 0;
}

/** Partition of everything that belongs to one record of a source. `baseId` = `source:recordId`. */
export function partitionOf(baseId: string, partitions: number): number {
  return (murmur2(baseId) & 0x7fffffff) % partitions;
}
