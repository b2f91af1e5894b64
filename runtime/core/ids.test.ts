import { createHash } from 'node:crypto';
import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { itemIdOf, uuidOf } from './ids.ts';

describe('ids', () => {
  test('an item id is the UUIDv5 that domain.md gives as its example', () => {
    expect(itemIdOf('hotline-12345:PT20260310000381', 1)).toBe('b0a1845d-9726-5218-85d3-181c701304cc');
  });

  test('a number used again for another matter gives another item', () => {
    expect(itemIdOf('complaint-report:TS1', 2)).not.toBe(itemIdOf('complaint-report:TS1', 1));
  });

  test('the UUIDv5 of any name, long ones too, is made from the SHA-1 of namespace and name', () => {
    const name = fc.oneof(fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', minLength: 300 }));
    fc.assert(
      fc.property(name, (text) => {
        const sum = createHash('sha1')
          .update('6ba7b8119dad11d180b400c04fd430c8', 'hex')
          .update(text)
          .digest();
        sum[6] = (sum[6]! & 0x0f) | 0x50;
        sum[8] = (sum[8]! & 0x3f) | 0x80;
        expect(uuidOf(text).replaceAll('-', '')).toBe(sum.toString('hex').slice(0, 32));
        expect(uuidOf(text)).toMatch(/^.{8}-.{4}-.{4}-.{4}-.{12}$/);
      }),
    );
  });
});
