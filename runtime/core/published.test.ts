import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { exampleItem } from '../../schemas/examples.ts';
import { schemaOf, typeOf } from '../../schemas/index.ts';
import type { Item } from '../../schemas/types.ts';
import { arbitraryOf } from '../../test/support/avro-arbitrary.ts';
import type { Views } from '../processor.ts';
import { writeViews } from './published.ts';

const volatile = new Set(
  'revision lineage ingestedAt sourceUpdatedAt recordVersion rawRef rawSha256 decidedAt score parts confidence'.split(
    ' ',
  ),
);

/** What counts of an item, written out. A key of `ext` is content, whatever its name. */
function content({ ext, ...item }: Item): string {
  const signed = (value: unknown) => (Object.is(value, -0) ? '-0' : value);
  const rest = JSON.stringify(item, (key, value) => (volatile.has(key) ? undefined : signed(value)));
  return `${rest}${JSON.stringify(ext)}`;
}

const item = arbitraryOf(schemaOf('item')) as fc.Arbitrary<unknown> as fc.Arbitrary<Item>;
const names = schemaOf('item').fields.map(({ name }) => name) as (keyof Item)[];
const alone = (unified: Item): Views => ({ unified, departments: new Map() });
const publishedDigest = (views: Views): string => writeViews(views).digest;

/** An item, and the same with fields of another, or with the volatile fields of another's parts. */
const pair = fc
  .tuple(item, item, fc.subarray(names, { maxLength: 3 }), fc.boolean())
  .map(([one, other, taken, deep]): readonly [Item, Item] => {
    const changed: Record<string, unknown> = { ...one };
    for (const name of taken) {
      const [mine, its] = [one[name], other[name]];
      const isPart = typeof mine === 'object' && typeof its === 'object' && mine !== null && its !== null;
      changed[name] =
        deep && isPart && !Array.isArray(mine)
          ? { ...mine, ...Object.fromEntries(Object.entries(its).filter(([key]) => volatile.has(key))) }
          : its;
    }
    return [one, changed as unknown as Item];
  });

describe('the digest of what is published', () => {
  test('is the same for two items exactly where they differ in volatile fields alone', () => {
    fc.assert(
      fc.property(pair, ([one, other]) => {
        const same = content(one) === content(other);
        expect(publishedDigest(alone(one)) === publishedDigest(alone(other))).toBe(same);
      }),
      { numRuns: 2_000 },
    );
  });

  test('tells which organisation sees what, in whatever order they are listed', () => {
    fc.assert(
      fc.property(item, item, (one, other) => {
        fc.pre(content(one) !== content(other));
        const digest = (...departments: [string, Item][]) =>
          publishedDigest({ unified: one, departments: new Map(departments) });
        expect(digest(['a', one], ['b', other])).toBe(digest(['b', other], ['a', one]));
        expect(digest(['a', one], ['b', other])).not.toBe(digest(['a', other], ['b', one]));
        expect(digest(['a', one])).not.toBe(digest());
      }),
      { numRuns: 100 },
    );
  });

  test('does not depend on how long an item is', () => {
    const long = { body: '很长的正文'.repeat(20_000) };
    fc.assert(
      fc.property(item, (one) => {
        const written = publishedDigest(alone({ ...one, ...long }));
        expect(publishedDigest(alone({ ...one, ...long, revision: one.revision ^ 1 }))).toBe(written);
        expect(publishedDigest(alone({ ...one, body: `${long.body}。` }))).not.toBe(written);
      }),
      { numRuns: 10 },
    );
  });

  test('is the one that data of earlier versions hold', () => {
    const departments = new Map([['police', { ...exampleItem, title: 'x' }]]);
    expect(publishedDigest({ unified: exampleItem, departments })).toBe('XbJcWUo-FT3xv7w6tIIXzT1dwcs');
  });
});

describe('written views', () => {
  test('are each in Avro once', () => {
    fc.assert(
      fc.property(item, item, (one, other) => {
        const departments = new Map([
          ['a', one],
          ['b', other],
        ]);
        const { bytes } = writeViews({ unified: one, departments });
        expect([...bytes.keys()]).toEqual([one, other]);
        for (const [view, body] of bytes) expect(typeOf('item').toBuffer(view).equals(body)).toBe(true);
      }),
      { numRuns: 100 },
    );
  });
});
