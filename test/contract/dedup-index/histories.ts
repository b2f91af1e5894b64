import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { itemIdOf } from '../../../runtime/core/ids.ts';
import {
  type IndexEntry,
  ingestedWindowMs,
  lagMs,
  maxFeatureBytes,
  reportedWindowMs,
} from '../../../runtime/dedup-index/index.ts';
import { copyOfAll, day, now, type OpenDedupIndex, queryOf } from './fixture.ts';
import { NaiveDedupIndex } from './model.ts';

const items = 16;

/** What is fixed of an item for its life. */
interface Origin {
  /** Few, so that some items are generations of one base record. */
  readonly base: number;
  /** How long before the hub's time at its first arrival it was reported, and read: ms. */
  readonly reportedAgo: number;
  readonly readAgo: number;
}

type Step =
  | { readonly do: 'put'; readonly items: readonly Put[]; readonly looks: boolean }
  | { readonly do: 'look'; readonly item: number; readonly askedAgo: number }
  | { readonly do: 'wait'; readonly ms: number };

interface Put {
  readonly item: number;
  readonly keys: readonly number[];
  readonly features: Uint8Array;
  /** Lower than the one that stands: it must change nothing. */
  readonly stale: boolean;
}

const around = (ms: number): fc.Arbitrary<number> => fc.constantFrom(ms - 1, ms, ms + 1);
const origin: fc.Arbitrary<Origin> = fc.record({
  base: fc.nat({ max: items - 3 }),
  reportedAgo: fc.oneof(
    fc.integer({ min: -5, max: 5 }),
    around(reportedWindowMs),
    fc.integer({ min: 0, max: 70 }).map((days) => days * day),
  ),
  readAgo: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: lagMs })),
});
/** Few keys, so that blocks overflow. */
const keys = fc.uniqueArray(fc.constantFrom(0, 1, 0x8000_0001, 0xffff_ffff), { maxLength: 3 });
const put: fc.Arbitrary<Put> = fc.record({
  item: fc.nat({ max: items - 1 }),
  keys,
  features: fc.uint8Array({ maxLength: maxFeatureBytes }),
  stale: fc.nat({ max: 7 }).map((n) => n === 0),
});
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 10,
    arbitrary: fc.record({
      do: fc.constant('put'),
      items: fc.array(put, { minLength: 1, maxLength: 4 }),
      looks: fc.boolean(),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      do: fc.constant('look'),
      item: fc.nat({ max: items - 1 }),
      askedAgo: fc.oneof(fc.constant(0), fc.integer({ min: 0, max: lagMs })),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      do: fc.constant('wait'),
      ms: fc.oneof(
        fc.constantFrom(1, day, 20 * day),
        around(ingestedWindowMs),
        around(ingestedWindowMs + lagMs),
      ),
    }),
  },
);

export function historyContract(open: OpenDedupIndex, numRuns: number): void {
  describe('any history', () => {
    test('of puts, changed keys, questions and waiting gives the answers of a plain sort and filter', async () => {
      const history = fc.record({
        k: fc.integer({ min: 1, max: 4 }),
        origins: fc.array(origin, { minLength: items, maxLength: items }),
        steps: fc.array(step, { minLength: 10, maxLength: 60, size: 'max' }),
      });
      await fc.assert(
        fc.asyncProperty(history, async ({ k, origins, steps }) => {
          const opened = await open({ k });
          const model = new NaiveDedupIndex(k);
          const standing = new Map<number, IndexEntry>();
          let clock = now;
          const compare = async (
            about: readonly number[],
            askedAt: number,
            formerKeys: readonly number[],
          ) => {
            const queries = about.map((item) => {
              const entry = standing.get(item)!;
              return queryOf(entry, { askedAt, laterKeys: [...new Set([...entry.keys, ...formerKeys])] });
            });
            const found = (await opened.index.neighbours(queries)).map(copyOfAll);
            expect(found).toEqual((await model.neighbours(queries)).map(copyOfAll));
          };
          for (const each of steps) {
            if (each.do === 'wait') clock += each.ms;
            else if (each.do === 'look') {
              if (standing.has(each.item)) await compare([each.item], clock - each.askedAgo, []);
            } else {
              const former = each.items.flatMap(({ item }) => standing.get(item)?.keys ?? []);
              const entries = each.items.map((change) => {
                const last = standing.get(change.item);
                const entry = entryOf(change, origins[change.item]!, last, clock);
                if (last === undefined || entry.version >= last.version) standing.set(change.item, entry);
                return entry;
              });
              await opened.index.put(entries);
              await model.put(entries);
              if (each.looks)
                await compare(
                  each.items.map(({ item }) => item),
                  clock,
                  former,
                );
            }
          }
          await opened.close();
        }),
        { numRuns },
      );
    });
  });
}

function entryOf(
  { item, keys, features, stale }: Put,
  { base, reportedAgo, readAgo }: Origin,
  last: IndexEntry | undefined,
  clock: number,
): IndexEntry {
  const baseId = `test:${base}`;
  const origin = last ?? {
    itemId: itemIdOf(baseId, 1 + item),
    baseId,
    orderKeyAt: clock - reportedAgo,
    ingestedAt: clock - readAgo,
    version: 0,
  };
  return { ...origin, version: last === undefined ? 5 : last.version + (stale ? -1 : 1), keys, features };
}
