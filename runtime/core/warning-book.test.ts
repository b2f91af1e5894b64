import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import type { Warning } from '../../schemas/types.ts';
import { foldWarnings, inForce } from './warning-book.ts';

const said = (over: Partial<Warning>): Warning => ({
  warningId: 'w-a',
  status: 'SET',
  type: 'TYPHOON',
  level: 'RED',
  areas: ['putuo'],
  from: 100,
  until: null,
  issuedAt: 1,
  issuer: 'duty',
  reference: null,
  text: '',
  at: 0,
  ...over,
});
const fold = (...records: readonly Warning[]) => foldWarnings(records, records.length).known;

describe('the book of warnings', () => {
  test('a warning stands as its newest record sets it, until it is cleared', () => {
    expect(fold(said({}), said({ level: 'BLUE', issuedAt: 2 }))).toMatchObject([
      { level: 'BLUE', until: null },
    ]);
    const cleared = said({ status: 'CLEARED', issuedAt: 3, until: 150 });
    expect(fold(said({}), cleared)).toMatchObject([{ level: 'RED', from: 100, until: 150 }]);
  });

  test('a clearing does not prolong a warning that ends before it', () => {
    const cleared = said({ status: 'CLEARED', issuedAt: 3, until: 900 });
    expect(fold(said({ until: 200 }), cleared)).toMatchObject([{ until: 200 }]);
  });

  test('what is set anew after it was cleared is in force again', () => {
    const cleared = said({ status: 'CLEARED', issuedAt: 2, until: 150 });
    expect(fold(said({}), cleared, said({ from: 300, issuedAt: 3 }))).toMatchObject([
      { from: 300, until: null },
    ]);
  });

  test('a clearing of what nobody has set is no warning', () => {
    expect(fold(said({ status: 'CLEARED' }))).toEqual([]);
  });

  test('records in whatever order, and twice, make the same book', () => {
    const record = fc
      .record({
        warningId: fc.constantFrom('w-a', 'w-b'),
        status: fc.constantFrom('SET' as const, 'CLEARED' as const),
        from: fc.nat(50),
        until: fc.option(fc.nat(100)),
      })
      .map(said);
    const records = fc
      .array(record, { maxLength: 7 })
      .map((list) => list.map((one, issuedAt) => ({ ...one, issuedAt })));
    fc.assert(
      fc.property(
        records.chain((list) =>
          fc.tuple(
            fc.constant(list),
            fc.shuffledSubarray([...list, ...list], { minLength: 2 * list.length }),
          ),
        ),
        ([list, shuffled]) => expect(fold(...shuffled)).toEqual(fold(...list)),
      ),
    );
  });

  test('those that end last come first', () => {
    const ends = fold(
      said({ warningId: 'w-a', until: 200 }),
      said({ warningId: 'w-b', until: null }),
      said({ warningId: 'w-c', until: 300 }),
    );
    expect(ends.map(({ warningId }) => warningId)).toEqual(['w-b', 'w-c', 'w-a']);
  });
});

test.each([
  ['from its first moment', 100, 100, true],
  ['not before', 0, 99, false],
  ['to the moment before its end', 199, 199, true],
  ['not at its end', 200, 250, false],
  ['where a span reaches into it', 0, 150, true],
  ['where a span lies around it', 0, 900, true],
])('a warning is in force %s', (_, from, to, expected) => {
  expect(inForce({ from: 100, until: 200 }, from, to)).toBe(expected);
});

test('a warning that was taken back before it began never was in force', () => {
  expect(inForce({ from: 100, until: 50 }, 0, 900)).toBe(false);
});
