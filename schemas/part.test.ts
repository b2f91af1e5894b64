import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { arbitraryOf } from '../test/support/avro-arbitrary.ts';
import { avroType } from './avro-type.ts';
import { itemType, schemaOf } from './index.ts';
import { partOf } from './part.ts';
import type { Item } from './types.ts';

const item = arbitraryOf(schemaOf('item')) as fc.Arbitrary<unknown> as fc.Arbitrary<Item>;

describe('a part of a model', () => {
  const part = partOf('item', {
    itemId: true,
    source: { system: true, recordId: true },
    subject: { name: true },
    place: true,
    reportedAt: true,
  });

  test('reads its fields as the whole model reads them', () => {
    const resolver = part.createResolver(avroType(schemaOf('item')));
    fc.assert(
      fc.property(item, (whole) => {
        const bytes = itemType.toBuffer(whole);
        const { itemId, source, subject, place, reportedAt } = itemType.fromBuffer(bytes);
        expect(part.fromBuffer(bytes, resolver)).toEqual({
          itemId,
          source: { system: source.system, recordId: source.recordId },
          subject: subject && { name: subject.name },
          place,
          reportedAt,
        });
      }),
      { numRuns: 300 },
    );
  });

  test('with a field that the model does not have is refused', () => {
    expect(() => partOf('item', { itemIdd: true })).toThrow('Item has no itemIdd');
    expect(() => partOf('item', { title: { text: true } })).toThrow(RangeError);
  });
});
