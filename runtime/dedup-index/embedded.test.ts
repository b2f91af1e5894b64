import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { copyOfAll, day, entry, minute, now, queryOf } from '../../test/contract/dedup-index/fixture.ts';
import { NaiveDedupIndex } from '../../test/contract/dedup-index/model.ts';
import { dedupIndexContract } from '../../test/contract/dedup-index.ts';
import { seededRandom } from '../../test/simulation/random.ts';
import { exampleEntries } from '../../test/support/index-entries.ts';
import { type EmbeddedDedupIndex, openEmbeddedDedupIndex } from './embedded.ts';
import { type IndexEntry, maxFeatureBytes, maxKeys } from './index.ts';

dedupIndexContract('The embedded dedup index', async ({ k }) => ({
  index: openEmbeddedDedupIndex({ k }),
  close: async () => {},
}));

const idsOf = (index: EmbeddedDedupIndex) => [...index.held()].map(({ itemId }) => itemId).sort();

describe('The embedded dedup index', () => {
  test('needs at most 300 bytes an item, of 12 keys and 112 bytes of features, all counted', async () => {
    const index = openEmbeddedDedupIndex();
    const example = exampleEntries(1);
    for (let from = 0; from < 100_000; from += 1_000)
      await index.put(Array.from({ length: 1_000 }, (_, i) => example(from + i)));
    expect(index.size).toBe(100_000);
    expect(example(99_999).keys).toHaveLength(maxKeys);
    expect(example(99_999).features).toHaveLength(maxFeatureBytes);
    expect(index.memoryBytes / index.size).toBeLessThanOrEqual(300);
    // The bytes of the fields alone: the count above leaves none of them out.
    const fields = 16 + 3 * 6 + maxKeys * 4 + maxKeys * 4 + maxFeatureBytes + 16;
    expect(index.memoryBytes / index.size).toBeGreaterThan(fields);
  });

  test('gives back the room of what has gone: a window that moves on needs no more', async () => {
    const index = openEmbeddedDedupIndex({ maxEntries: 3_000 });
    const example = exampleEntries(2);
    const fill = async (from: number, to: number) => {
      for (let n = from; n < to; n += 100)
        await index.put(Array.from({ length: 100 }, (_, i) => example(n + i)));
    };
    await fill(0, 6_000);
    const bytes = index.memoryBytes;
    await fill(6_000, 18_000);
    expect(index.size).toBe(3_000);
    expect(index.memoryBytes).toBeLessThan(bytes * 1.1);
  });

  test('lets what was read longest ago give way at its cap, by the hour, and counts it', async () => {
    const index = openEmbeddedDedupIndex({ maxEntries: 3 });
    const read = (name: string, ago: number) => entry(name, [1], { at: now, ingestedAt: now - ago });
    const [young, old, older, oldest, newest] = [
      read('young', 60 * minute),
      read('old', 200 * minute),
      read('older', 300 * minute),
      read('oldest', 9 * day),
      read('newest', 0),
    ];
    await index.put([old!, oldest!, young!, older!]);
    expect(idsOf(index)).toEqual([old, young, older].map((each) => each!.itemId).sort());
    await index.put([newest!]);
    expect(idsOf(index)).toEqual([old, young, newest].map((each) => each!.itemId).sort());
    await index.put([{ ...young!, version: 2 }]);
    expect(index.lost).toEqual({ expired: 0, crowdedOut: 2, refused: 0 });
  });

  test('drops what lies 67 days behind, a few with each put, and counts it', async () => {
    const index = openEmbeddedDedupIndex();
    await index.put(Array.from({ length: 100 }, (_, n) => entry(`${n}`, [n % 3], { at: now + n })));
    await index.put([entry('in time', [1], { at: now + 67 * day - 60 * minute })]);
    expect(index.lost.expired).toBe(0);
    for (let n = 0; n < 10; n += 1) {
      await index.put([entry(`late ${n}`, [1], { at: now + 68 * day + n })]);
      expect(index.lost.expired).toBe(2 * (n + 1));
    }
    const rest = Array.from({ length: 60 }, (_, n) => entry(`rest ${n}`, [1], { at: now + 69 * day + n }));
    await index.put(rest);
    expect(index.lost).toEqual({ expired: 100, crowdedOut: 0, refused: 0 });
    expect(index.size).toBe(71);
  });

  test('keeps an entry that was read later than it first said', async () => {
    const index = openEmbeddedDedupIndex();
    const corrected = entry('corrected', [1], { at: now });
    await index.put([corrected, entry('other', [1])]);
    await index.put([{ ...corrected, version: 2, ingestedAt: now + 40 * day }]);
    const later = Array.from({ length: 5 }, (_, n) => entry(`${n}`, [1], { at: now + 70 * day + n }));
    await index.put(later);
    expect(idsOf(index)).toEqual([corrected, ...later].map(({ itemId }) => itemId).sort());
  });

  test('does not take in an item whose base id is longer than 4,095 bytes, and counts it', async () => {
    const index = openEmbeddedDedupIndex();
    const [longest, tooLong] = ['x'.repeat(4_090), '长'.repeat(1_364)].map((name) => entry(name, [1]));
    await index.put([longest!, tooLong!]);
    expect(idsOf(index)).toEqual([longest!.itemId]);
    expect(index.lost.refused).toBe(1);
  });

  test.each<[string, Partial<IndexEntry>]>([
    ['an item id that is no UUID', { itemId: 'item-1' }],
    ['one in capitals', { itemId: 'A5D7FAFD-9695-5FDB-AF69-50D46B1D51A1' }],
    ['a time that is no whole number', { orderKeyAt: 1.5 }],
    ['a negative time', { ingestedAt: -1 }],
    ['a version above 48 bits', { version: 2 ** 48 }],
    ['a key above 32 bits', { keys: [2 ** 32] }],
    ['a negative key', { keys: [-1] }],
    ['equal keys', { keys: [1, 1] }],
    ['thirteen keys', { keys: Array.from({ length: 13 }, (_, n) => n) }],
    ['113 bytes of features', { features: new Uint8Array(113) }],
  ])('refuses %s, and stays as it was', async (_, wrong) => {
    const index = openEmbeddedDedupIndex();
    const good = entry('good', [1]);
    await index.put([good]);
    const refused = expect.objectContaining({ code: 'HUB_INTERNAL' });
    await expect(index.put([{ ...good, ...wrong }])).rejects.toEqual(refused);
    expect(idsOf(index)).toEqual([good.itemId]);
    const [found] = await index.neighbours([queryOf(entry('asking', [1], { at: now + 1 }))]);
    expect(found!.earlier).toHaveLength(1);
  });

  test('lets nobody read what it answered after a later put', async () => {
    const index = openEmbeddedDedupIndex();
    await index.put([entry('a', [1])]);
    const [found] = await index.neighbours([queryOf(entry('b', [1], { at: now + 1 }))]);
    expect(found!.earlier[0]!.baseId).toBe('test:a');
    await index.put([]);
    expect(() => found!.earlier[0]!.baseId).toThrow(expect.objectContaining({ code: 'HUB_INTERNAL' }));
  });

  test('answers as the model does where blocks are long, whatever comes late, changes or goes', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.nat(),
        fc.constantFrom(1, 5, 40),
        fc.constantFrom(1, 2, 60),
        async (seed, k, lateness) => {
          const random = seededRandom(seed, 'long blocks');
          const index = openEmbeddedDedupIndex({ k });
          const model = new NaiveDedupIndex(k);
          const standing: IndexEntry[] = [];
          for (let step = 0; step < 700; step += 1) {
            const isChange = standing.length > 0 && random.chance(0.3);
            const keys = [1, 2, 3].filter(() => random.chance(0.5));
            const place = isChange ? random.below(standing.length) : standing.length;
            // Reports of 140 days, so that the first go while the last come.
            const at = now + step * 0.2 * day - random.below(lateness) * minute * 30;
            const before = standing[place];
            standing[place] =
              before === undefined
                ? entry(`${step}`, keys, { at, ingestedAt: now + step * 0.2 * day })
                : { ...before, keys, version: before.version + 1 };
            await index.put([standing[place]!]);
            await model.put([standing[place]!]);
            if (step % 60 !== 0) continue;
            const asking = [place, random.below(standing.length)].map((each) =>
              queryOf(standing[each]!, { askedAt: now + step * 0.2 * day, laterKeys: [1, 2, 3] }),
            );
            const found = (await index.neighbours(asking)).map(copyOfAll);
            expect(found).toEqual((await model.neighbours(asking)).map(copyOfAll));
          }
          expect(index.lost.expired).toBeGreaterThan(100);
        },
      ),
      { numRuns: 6 },
    );
  });
});
