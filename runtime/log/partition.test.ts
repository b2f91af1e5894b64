import { describe, expect, test } from '@jest/globals';
import { murmur2, murmur2Of, partitionOf } from './partition.ts';

describe('murmur2', () => {
  // From Apache Kafka's own UtilsTest.testMurmur2, there as signed numbers.
  test.each([
    ['21', -973932308],
    ['foobar', -790332482],
    ['a-little-bit-long-string', -985981536],
    ['a-little-bit-longer-string', -1486304829],
    ['lkjh234lh9fiuh90y23oiuhsafujhadof229phr9h19h89h8', -58897971],
    ['abc', 479470107],
  ])('hashes %s as Kafka does', (key, signed) => {
    expect(murmur2(key)).toBe(signed >>> 0);
  });

  test('hashes UTF-8 bytes, wherever they lie in a buffer', () => {
    const key = '投诉:深圳-0001';
    const bytes = new TextEncoder().encode(`xx${key}yyy`);
    expect(murmur2Of(bytes, 2, bytes.length - 3)).toBe(murmur2(key));
  });

  test('spreads records over all partitions, always the same', () => {
    const partitions = Array.from({ length: 200 }, (_, i) => partitionOf(`complaint-report:${i}`, 4));
    expect(new Set(partitions)).toEqual(new Set([0, 1, 2, 3]));
    expect(partitionOf('foobar', 4)).toBe((-790332482 & 0x7fffffff) % 4);
  });
});
