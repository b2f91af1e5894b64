import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { NewRecord } from './index.ts';
import { murmur2 } from './partition.ts';
import { decodeKeys, decodeSegment, encodeSegments, type StoredSegment } from './segment.ts';

const text = fc.string({ unit: 'grapheme', maxLength: 12 });
const record: fc.Arbitrary<NewRecord> = fc.record({
  key: fc.option(text),
  value: fc.option(fc.uint8Array({ maxLength: 40 })),
  headers: fc.dictionary(text, text, { maxKeys: 3, noNullPrototype: true }),
  timestamp: fc.integer({ min: -8_640_000_000_000_000, max: 8_640_000_000_000_000 }),
});

const stored = (records: readonly NewRecord[], baseOffset = 0): StoredSegment[] => {
  const segments: StoredSegment[] = [];
  let base = baseOffset;
  for (const { recordCount, bytes } of encodeSegments(records)) {
    segments.push({ topic: 't', partition: 1, baseOffset: base, recordCount, bytes });
    base += recordCount;
  }
  return segments;
};

describe('a segment', () => {
  test('gives back what went in, from any offset', () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), fc.nat({ max: 25 }), (records, skip) => {
        const [segment, ...others] = stored(records, 70);
        expect(others).toEqual([]);
        const read = [...decodeSegment(segment!, 70 + skip)];
        const expected = records.map((each, i) => ({ ...each, topic: 't', partition: 1, offset: 70 + i }));
        expect(read).toEqual(expected.slice(skip));
      }),
    );
  });

  test('carries key hashes and its span of time beside the bytes', () => {
    const records = ['a', null, '投诉'].map((key, i) => ({ key, value: null, timestamp: 100 - i }));
    const [segment] = [...encodeSegments(records)];
    expect(decodeKeys(segment!.keys, 0, 3)).toEqual([murmur2('a'), 0, murmur2('投诉')]);
    expect(decodeKeys(segment!.keys, 2, 3)).toEqual([murmur2('投诉')]);
    expect(segment).toMatchObject({ recordCount: 3, firstTimestamp: 98, lastTimestamp: 100 });
  });

  test('has the layout of docs/data-format.md, byte by byte', () => {
    const [segment] = [
      ...encodeSegments([{ key: 'k', value: Uint8Array.of(0xab, 0xcd), headers: { n: 'vw' }, timestamp: 1 }]),
    ];
    expect(Buffer.from(segment!.bytes).toString('hex')).toBe(
      [
        '01',
        '1e000000',
        '000000000000f03f',
        '01000000',
        '02000000',
        '0100',
        '6b',
        '01006e',
        '020000007677',
        'abcd',
      ].join(''),
    );
  });

  test('is cut at 500 records or 256 KiB, and holds a larger record alone', () => {
    const of = (bytes: number): NewRecord => ({ key: 'k', value: new Uint8Array(bytes), timestamp: 0 });
    const counts = (records: readonly NewRecord[]) => stored(records).map((segment) => segment.recordCount);
    expect(counts(Array.from({ length: 1_200 }, () => of(1)))).toEqual([500, 500, 200]);
    expect(counts([of(10), of(5_000_000), of(10), of(150_000), of(150_000)])).toEqual([1, 1, 2, 1]);
    expect(counts([])).toEqual([]);
  });

  test('that is damaged is refused by name and never read beyond its end, whichever byte is wrong', () => {
    const records = [
      { key: 'key', value: Uint8Array.of(1, 2, 3), headers: { a: 'b' }, timestamp: 5 },
      { key: null, value: null, timestamp: 6 },
    ];
    const [whole] = stored(records, 7);
    fc.assert(
      fc.property(fc.nat({ max: whole!.bytes.length - 1 }), fc.integer({ min: 1, max: 255 }), (at, by) => {
        const bytes = Uint8Array.from(whole!.bytes);
        bytes[at] = (bytes[at]! + by) & 0xff;
        try {
          expect([...decodeSegment({ ...whole!, bytes }, 7)].length).toBe(2);
        } catch (error) {
          expect(error).toMatchObject({
            code: 'HUB_LOG_CORRUPT',
            message: expect.stringContaining('t/1 at 7'),
          });
        }
      }),
      { numRuns: 1_000 },
    );
    for (let length = 0; length < whole!.bytes.length; length += 1) {
      const cut = { ...whole!, bytes: whole!.bytes.subarray(0, length) };
      expect(() => [...decodeSegment(cut, 7)]).toThrow(expect.objectContaining({ code: 'HUB_LOG_CORRUPT' }));
    }
  });
});
