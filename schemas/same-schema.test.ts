import { describe, expect, test } from '@jest/globals';
import { schemaNames, schemaText } from './index.ts';
import { sameSchema } from './same-schema.ts';

const record = (over: object) =>
  JSON.stringify({
    type: 'record',
    name: 'Note',
    namespace: 'hub',
    fields: [
      { name: 'by', type: { type: 'enum', name: 'By', symbols: ['A'] }, default: 'A' },
      { name: 'then', type: ['null', 'By'] },
    ],
    ...over,
  });

describe('the same schema', () => {
  test('may be printed in another order, with names in full or not', () => {
    const printed = JSON.stringify({
      name: 'hub.Note',
      fields: [
        { default: 'A', type: { symbols: ['A'], type: 'enum', name: 'By', namespace: 'hub' }, name: 'by' },
        { name: 'then', type: [{ type: 'null' }, 'hub.By'] },
      ],
      type: 'record',
    });
    expect(sameSchema(record({}), printed)).toBe(true);
  });

  test.each([
    ['of another name', record({ name: 'Remark' })],
    ['of another namespace', record({ namespace: 'other' })],
    ['with documentation', record({ doc: 'Words.' })],
    ['without a field', record({ fields: [] })],
    ['that is no JSON', '{'],
  ])('is not one %s', (_what, other) => {
    expect(sameSchema(record({}), other)).toBe(false);
  });

  test('is every model only to itself', () => {
    for (const one of schemaNames) {
      const same = schemaNames.filter((other) =>
        sameSchema(schemaText(one), JSON.stringify(JSON.parse(schemaText(other)), null, 1)),
      );
      expect(same).toEqual([one]);
    }
  });
});
